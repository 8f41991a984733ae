package dev.gantry.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One embedded server for the tests of this module that do not harm it. */
final class SharedPostgres {
    /** Where all tests find the unpacked programs. */
    static final Path BINARIES =
            Path.of(System.getProperty("java.io.tmpdir"), "gantry-testing-" + System.getProperty("user.name"));

    private static final AtomicInteger COUNTER = new AtomicInteger();
    private static final EmbeddedPostgres SERVER = start();

    private SharedPostgres() {}

    /** Returns a new, empty database of the owner. */
    static ConnectionTarget newDatabase() {
        String name = "testing_" + COUNTER.incrementAndGet();
        execute("CREATE DATABASE " + name + " OWNER gantry_owner");
        return SERVER.target(name)
                .withPool(new ConnectionTarget.Pool(0, 10, Duration.ofSeconds(30), Duration.ofHours(1)));
    }

    /** Returns a new database with the table {@code samples}. */
    static ConnectionTarget newSampleDatabase() {
        ConnectionTarget target = newDatabase();
        try (Database database = Database.open(target)) {
            database.migrate(List.of("database", "sample"));
        }
        return target;
    }

    static EmbeddedPostgres server() {
        return SERVER;
    }

    /** Runs a statement as superuser, outside of any test's database. */
    static void execute(String statement) {
        execute(SERVER.jdbcUrl("postgres"), SERVER.superuser(), statement);
    }

    static void execute(String url, ConnectionTarget.Login login, String statement) {
        try (Connection connection = DriverManager.getConnection(
                        url, login.user(), login.password().reveal());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        } catch (SQLException failure) {
            throw new IllegalStateException(failure);
        }
    }

    /** Makes a folder that every user can enter, as a data directory of a server is. */
    static Path newDirectory() throws IOException {
        Path directory = Files.createTempDirectory("gantry-postgres-");
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        return directory;
    }

    /** Puts a cluster into a data directory as if it had been set up there and stopped. */
    static void copyCluster(Path directory) throws IOException {
        Path template = TemplateCluster.DIRECTORY;
        try (Stream<Path> files = Files.walk(template)) {
            for (Path file : files.skip(1).toList()) {
                Files.copy(
                        file,
                        directory.resolve(template.relativize(file).toString()),
                        StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
    }

    /** A stopped cluster, made when it is first needed. */
    private static final class TemplateCluster {
        static final Path DIRECTORY = make();

        private static Path make() {
            try {
                Path directory = newDirectory();
                EmbeddedPostgres.start(directory, BINARIES, Map.of("fsync", "off"))
                        .close();
                Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(directory)));
                return directory;
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        }
    }

    private static EmbeddedPostgres start() {
        try {
            Path directory = newDirectory();
            EmbeddedPostgres server =
                    EmbeddedPostgres.start(directory, BINARIES, Map.of("fsync", "off", "full_page_writes", "off"));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> {
                server.close();
                deleteQuietly(directory);
            }));
            return server;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static void deleteQuietly(Path directory) {
        try {
            Directories.delete(directory);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
