package dev.gantry.database;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The database of Gantry: transactions by tenant, migrations, batched writes and notifications.
 *
 * <p>Thread-safe; every call blocks, and is meant for virtual threads.
 */
public final class Database implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Database.class);
    private static final int VERSION_MIN = 14;

    /** How long a server that recovers is waited for at the start. */
    private static final Duration RECOVERY_MAX = Duration.ofMinutes(5);

    private static final Duration RECOVERY_LOOK = Duration.ofMillis(250);

    private final Connections connections;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Notifications notifications;
    private final GroupCommit groupCommit;
    private final ReadinessProbe probe;
    private final @Nullable EmbeddedPostgres embedded;

    private Database(Connections connections, HikariDataSource pool, @Nullable EmbeddedPostgres embedded) {
        this.embedded = embedded;
        this.connections = connections;
        this.pool = pool;
        this.jdbi = Connections.discreet(Jdbi.create(pool));
        this.probe = new ReadinessProbe(connections);
        this.notifications = new Notifications(connections, this::replacePooledConnections);
        this.groupCommit = new GroupCommit(connections, GroupCommit.Limits.DEFAULT);
    }

    /**
     * Opens the configured database, or starts the embedded one when none is configured.
     *
     * @param dataDirectory where the embedded one keeps its data
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if it does not start or answer,
     *     {@link ErrorCode#INVALID_CONFIGURATION} if it is too old or its roles cannot be used
     */
    public static Database open(DatabaseSettings settings, Path dataDirectory) {
        if (!settings.isEmbedded()) {
            return open(settings.target());
        }
        EmbeddedPostgres embedded =
                EmbeddedPostgres.start(dataDirectory, settings.binariesDir().orElse(null), Map.of());
        try {
            return connect(embedded.target().withPool(settings.pool()), embedded);
        } catch (RuntimeException failure) {
            embedded.close();
            throw failure;
        }
    }

    /**
     * Connects to a database.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if it does not answer,
     *     {@link ErrorCode#INVALID_CONFIGURATION} if it is too old or its roles cannot be used
     */
    public static Database open(ConnectionTarget target) {
        return connect(target, null);
    }

    private static Database connect(ConnectionTarget target, @Nullable EmbeddedPostgres embedded) {
        Connections connections = new Connections(target);
        if (embedded != null) {
            return new Database(connections, connections.pool(), embedded);
        }
        try (Connection connection = whenRecovered(connections, target)) {
            requireVersion(version(connection));
            new ApplicationRole(connections, target).ensure(connection);
        } catch (SQLException failure) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The database " + target.jdbcUrl() + " cannot be used: " + failure.getMessage(),
                    failure);
        }
        return new Database(connections, connections.pool(), null);
    }

    /** A server that starts, or recovers after a crash, is waited for: it says so itself, and will be there. */
    private static Connection whenRecovered(Connections connections, ConnectionTarget target) throws SQLException {
        long end = System.nanoTime() + RECOVERY_MAX.toNanos();
        boolean told = false;
        while (true) {
            try {
                return connections.asOwner();
            } catch (SQLException failure) {
                if (!SqlErrors.isStartingUp(failure) || System.nanoTime() - end > 0) {
                    throw failure;
                }
                if (!told) {
                    LOG.warn(
                            "The database {} is starting or recovering; the node waits for it, at most {} s",
                            target.jdbcUrl(),
                            RECOVERY_MAX.toSeconds());
                    told = true;
                }
                LockSupport.parkNanos(RECOVERY_LOOK.toNanos());
                if (Thread.currentThread().isInterrupted()) {
                    throw failure;
                }
            }
        }
    }

    /**
     * Brings the tables of the modules up to date, in the order given. Several nodes may do this at the same time.
     *
     * @param modules names of modules, whose migrations lie in {@code db/migration/<module>} on the class path
     */
    public void migrate(List<String> modules) {
        new Migrations(connections).apply(modules);
    }

    /**
     * Runs work in one transaction that sees the rows of one organization only.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public <T extends @Nullable Object> T inOrganization(UUID organization, Work<T> work) {
        return transaction(organization, work);
    }

    /**
     * Runs work in one transaction that sees the rows of one organization only, and whose statements travel together where
     * they can.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public <T extends @Nullable Object> T together(UUID organization, TransactionWork<T> work) {
        return guarded(() -> {
            Transaction transaction = new Transaction(jdbi, organization);
            try {
                T result = work.in(transaction);
                transaction.commit();
                return result;
            } finally {
                transaction.end();
            }
        });
    }

    /**
     * Runs work in one transaction without an organization: it sees what is no organization's, and nothing else.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public <T extends @Nullable Object> T unscoped(Work<T> work) {
        return transaction(null, work);
    }

    /**
     * Runs work that only reads, over the rows as they are at its first statement, however long it takes.
     *
     * @param organization whose rows are seen; null sees what is no organization's
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public <T extends @Nullable Object> T inSnapshot(@Nullable UUID organization, Work<T> work) {
        return transaction(organization, TransactionIsolationLevel.REPEATABLE_READ, work);
    }

    /**
     * Runs work in one transaction as the owner of the tables, who may also make and drop them. Row-level security binds the
     * owner too. It costs a connection of its own; nothing that a caller sent may reach it.
     *
     * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the database cannot be reached
     */
    public <T extends @Nullable Object> T asOwner(Work<T> work) {
        return guarded(() -> {
            try (Connection connection = connections.asOwner();
                    Handle handle =
                            Connections.discreet(Jdbi.create(connection)).open()) {
                return handle.inTransaction(work::in);
            }
        });
    }

    private <T extends @Nullable Object> T transaction(@Nullable UUID organization, Work<T> work) {
        return transaction(organization, TransactionIsolationLevel.UNKNOWN, work);
    }

    private <T extends @Nullable Object> T transaction(
            @Nullable UUID organization, TransactionIsolationLevel isolation, Work<T> work) {
        HandleCallback<T, SQLException> callback = handle -> {
            if (organization != null) {
                enter(handle.getConnection(), organization);
            }
            return work.in(handle);
        };
        return guarded(() -> isolation == TransactionIsolationLevel.UNKNOWN
                ? jdbi.inTransaction(callback)
                : jdbi.inTransaction(isolation, callback));
    }

    /** Lets the pool open new connections; it checks one that was used a moment ago only when its next user has failed. */
    private void replacePooledConnections() {
        HikariPoolMXBean open = pool.getHikariPoolMXBean();
        if (open != null) {
            open.softEvictConnections();
        }
    }

    /** A transaction that can fail. */
    @FunctionalInterface
    private interface Attempt<T extends @Nullable Object> {
        T run() throws SQLException;
    }

    private static <T extends @Nullable Object> T guarded(Attempt<T> attempt) {
        try {
            return attempt.run();
        } catch (JdbiException | SQLException failure) {
            GantryException unavailable = SqlErrors.unavailable(failure);
            if (unavailable != null) {
                throw unavailable;
            }
            if (failure instanceof JdbiException unexpected) {
                throw unexpected;
            }
            throw new GantryException(ErrorCode.INTERNAL, "A statement failed.", failure);
        }
    }

    private static void enter(Connection connection, UUID organization) throws SQLException {
        try (PreparedStatement statement =
                connection.prepareStatement("SELECT set_config('gantry.organization', ?, true)")) {
            statement.setString(1, organization.toString());
            statement.execute();
        }
    }

    /**
     * Returns the pool, for a library that runs statements of its own. Its connections serve as the application does, commit
     * each statement by themselves, and see no organization's rows.
     */
    public DataSource dataSource() {
        return pool;
    }

    /** Returns the subscriptions to PostgreSQL's notifications. */
    public Notifications notifications() {
        return notifications;
    }

    /** Returns the batched writer. */
    public GroupCommit groupCommit() {
        return groupCommit;
    }

    /** Returns whether the database answers now; takes at most a few seconds. */
    public boolean isReady() {
        return probe.answers();
    }

    /** Returns why the database does not answer now; empty when it does. Takes at most a few seconds. */
    public Optional<String> problem() {
        if (isReady()) {
            return Optional.empty();
        }
        Optional<String> known = embedded == null ? Optional.empty() : embedded.problem();
        return known.or(() -> Optional.of("The database does not answer."));
    }

    /** Writes what is queued, as long as the database takes it, and closes all connections. */
    @Override
    public void close() {
        groupCommit.close();
        notifications.close();
        probe.close();
        pool.close();
        if (embedded != null) {
            embedded.close();
        }
    }

    private static int version(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT current_setting('server_version_num')::int / 10000")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    static void requireVersion(int version) {
        if (version < VERSION_MIN) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The database is PostgreSQL " + version + "; Gantry needs version " + VERSION_MIN + " or newer.");
        }
    }
}
