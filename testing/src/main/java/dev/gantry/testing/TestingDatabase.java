package dev.gantry.testing;

import dev.gantry.database.ConnectionTarget;
import dev.gantry.database.Database;
import dev.gantry.database.EmbeddedPostgres;
import dev.gantry.kernel.Ids;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A fresh, migrated database on a PostgreSQL server that all tests of a JVM share. Databases of the same modules are
 * copies of one template, which makes them cheap. Close it to drop the database.
 */
public final class TestingDatabase implements AutoCloseable {
    /** Where all tests of a user find the unpacked programs of the embedded PostgreSQL, or leave them. */
    public static final Path BINARIES =
            Path.of(System.getProperty("java.io.tmpdir"), "gantry-testing-" + System.getProperty("user.name"));

    private static final Object LOCK = new Object();
    private static final Map<List<String>, String> TEMPLATES = new HashMap<>();
    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static @Nullable EmbeddedPostgres server;

    private final String name;
    private final ConnectionTarget target;
    private final Database database;

    private TestingDatabase(String name, ConnectionTarget target) {
        this.name = name;
        this.target = target;
        this.database = Database.open(target);
    }

    /**
     * Makes a database with the tables of the modules.
     *
     * @param modules in the order in which they migrate; {@code database} goes first and need not be named
     */
    public static TestingDatabase open(String... modules) {
        List<String> all = modules.length > 0 && modules[0].equals("database")
                ? List.of(modules)
                : java.util.stream.Stream.concat(
                                java.util.stream.Stream.of("database"), java.util.Arrays.stream(modules))
                        .toList();
        synchronized (LOCK) {
            EmbeddedPostgres postgres = server();
            String template = TEMPLATES.computeIfAbsent(all, TestingDatabase::makeTemplate);
            String name = "testing_" + COUNTER.incrementAndGet();
            execute("CREATE DATABASE " + name + " TEMPLATE " + template + " OWNER gantry_owner");
            return new TestingDatabase(name, target(postgres, name));
        }
    }

    /** Returns the identifier of an organization that no test used before. */
    public static UUID newOrganization() {
        return Ids.next();
    }

    /** Returns the database. */
    public Database database() {
        return database;
    }

    /** Returns how to reach the database. */
    public ConnectionTarget target() {
        return target;
    }

    /** Returns an address with the credentials of the owner of all tables, for looking behind the scenes. */
    public String ownerJdbcUrl() {
        return url(target.owner());
    }

    /** Returns an address with the credentials of the superuser, whom row-level security does not bind. */
    public String superuserJdbcUrl() {
        synchronized (LOCK) {
            return url(server().superuser());
        }
    }

    /** Runs statements as the owner of all tables, whom row-level security binds too. */
    public void asOwner(String statements) {
        run(ownerJdbcUrl(), statements);
    }

    /** Runs statements as the superuser, whom row-level security does not bind. */
    public void asSuperuser(String statements) {
        run(superuserJdbcUrl(), statements);
    }

    private static void run(String url, String statements) {
        try (Connection connection = DriverManager.getConnection(url);
                Statement sql = connection.createStatement()) {
            sql.execute(statements);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    @Override
    public void close() {
        database.close();
        synchronized (LOCK) {
            execute("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)");
        }
    }

    private String url(ConnectionTarget.Login login) {
        return target.jdbcUrl() + "&user=" + login.user() + "&password="
                + login.password().reveal();
    }

    private static String makeTemplate(List<String> modules) {
        String name = "template_" + COUNTER.incrementAndGet();
        execute("CREATE DATABASE " + name + " OWNER gantry_owner");
        try (Database database = Database.open(target(server(), name))) {
            database.migrate(modules);
        }
        return name;
    }

    private static ConnectionTarget target(EmbeddedPostgres postgres, String name) {
        return postgres.target(name)
                .withPool(new ConnectionTarget.Pool(0, 10, Duration.ofSeconds(30), Duration.ofHours(1)));
    }

    private static void execute(String statement) {
        EmbeddedPostgres postgres = server();
        ConnectionTarget.Login superuser = postgres.superuser();
        try (Connection connection = DriverManager.getConnection(
                        postgres.jdbcUrl("postgres"),
                        superuser.user(),
                        superuser.password().reveal());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    private static EmbeddedPostgres server() {
        EmbeddedPostgres current = server;
        if (current == null) {
            current = startServer();
            server = current;
        }
        return current;
    }

    private static EmbeddedPostgres startServer() {
        try {
            TestingFolder folder = TestingFolder.create("gantry-postgres-");
            Files.setPosixFilePermissions(folder.path(), PosixFilePermissions.fromString("rwxr-xr-x"));
            // Durability is tested in module database; here it would only cost time.
            EmbeddedPostgres postgres = EmbeddedPostgres.start(
                    folder.path(),
                    BINARIES,
                    Map.of("fsync", "off", "synchronous_commit", "off", "full_page_writes", "off"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                postgres.close();
                folder.close();
            }));
            return postgres;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
