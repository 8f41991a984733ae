package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/**
 * Runs the modules' migrations by Flyway, each module with a history of its own, one node at a time.
 *
 * <p>Beside the histories lies the fingerprint of the files that were last brought in. Where it still fits, there is
 * nothing to do, and Flyway, which takes longer to find that out than PostgreSQL takes to start, is not asked.
 */
final class Migrations {
    /** An arbitrary number that means "Gantry migrates" among the advisory locks of the database. */
    private static final long LOCK = 0x67616E747279L;

    private static final Duration LOCK_MAX = Duration.ofMinutes(10);
    private static final Duration LOCK_POLL = Duration.ofMillis(50);
    private static final String FINGERPRINTS = ConnectionTarget.SCHEMA + ".flyway_fingerprints";

    private final Connections connections;

    Migrations(Connections connections) {
        this.connections = connections;
    }

    void apply(List<String> modules) {
        try (Connection guard = connections.asOwner();
                Statement statement = guard.createStatement()) {
            lock(statement);
            makeSchema(statement);
            statement.execute("CREATE TABLE IF NOT EXISTS " + FINGERPRINTS
                    + " (module text PRIMARY KEY, fingerprint text NOT NULL)");
            Map<String, String> known = fingerprints(statement);
            for (String module : modules) {
                MigrationFiles files = new MigrationFiles(module);
                String fingerprint = files.fingerprint();
                if (!fingerprint.equals(known.get(module))) {
                    migrate(files);
                    protect(statement, module);
                    remember(guard, module, fingerprint);
                }
            }
        } catch (SQLException failure) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE, "The migrations cannot run: " + failure.getMessage(), failure);
        } catch (IOException failure) {
            throw new GantryException(ErrorCode.INTERNAL, "The migrations cannot be read.", failure);
        }
    }

    /**
     * Waits until no other node migrates. It asks again and again: a session that waits inside the database would hold up
     * the other node's CREATE INDEX CONCURRENTLY for ever.
     */
    private static void lock(Statement statement) throws SQLException {
        long deadline = System.nanoTime() + LOCK_MAX.toNanos();
        while (true) {
            try (ResultSet locked = statement.executeQuery("SELECT pg_try_advisory_lock(" + LOCK + ")")) {
                locked.next();
                if (locked.getBoolean(1)) {
                    return;
                }
            }
            if (System.nanoTime() > deadline) {
                throw new GantryException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "Another node has been changing the tables for " + LOCK_MAX.toMinutes()
                                + " minutes. Look for its session in pg_stat_activity.");
            }
            try {
                Thread.sleep(LOCK_POLL);
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while another node migrates.");
            }
        }
    }

    private static Map<String, String> fingerprints(Statement statement) throws SQLException {
        Map<String, String> fingerprints = new HashMap<>();
        try (ResultSet rows = statement.executeQuery("SELECT module, fingerprint FROM " + FINGERPRINTS)) {
            while (rows.next()) {
                fingerprints.put(rows.getString(1), rows.getString(2));
            }
        }
        return fingerprints;
    }

    private static void remember(Connection connection, String module, String fingerprint) throws SQLException {
        try (PreparedStatement upsert = connection.prepareStatement("INSERT INTO " + FINGERPRINTS
                + " VALUES (?, ?) ON CONFLICT (module) DO UPDATE SET fingerprint = excluded.fingerprint")) {
            upsert.setString(1, module);
            upsert.setString(2, fingerprint);
            upsert.executeUpdate();
        }
    }

    /** The histories are no business of the application, though its default privileges would open them to it. */
    private static void protect(Statement statement, String module) throws SQLException {
        statement.execute("REVOKE ALL ON " + FINGERPRINTS + ", " + ConnectionTarget.SCHEMA + "."
                + statement.enquoteIdentifier("flyway_" + module, true) + " FROM " + ConnectionTarget.APPLICATION_ROLE);
    }

    /** Asks first: even IF NOT EXISTS needs the right to make one, which the owner may lack where it exists. */
    private static void makeSchema(Statement statement) throws SQLException {
        try (ResultSet found = statement.executeQuery(
                "SELECT 1 FROM pg_namespace WHERE nspname = '" + ConnectionTarget.SCHEMA + "'")) {
            if (found.next()) {
                return;
            }
        }
        statement.execute("CREATE SCHEMA " + ConnectionTarget.SCHEMA);
    }

    private void migrate(MigrationFiles files) {
        try {
            Flyway.configure()
                    .dataSource(new OwnerDataSource(connections))
                    .locations("classpath:" + files.location())
                    .failOnMissingLocations(true)
                    .defaultSchema(ConnectionTarget.SCHEMA)
                    .createSchemas(false)
                    .table("flyway_" + files.module())
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException failure) {
            throw new GantryException(
                    SqlErrors.isUnavailability(failure) ? ErrorCode.DATABASE_UNAVAILABLE : ErrorCode.INTERNAL,
                    "The tables of module '" + files.module() + "' cannot be brought up to date: "
                            + failure.getMessage(),
                    failure);
        }
    }

    /** What Flyway needs of a data source: connections of the owner. */
    private record OwnerDataSource(Connections connections) implements DataSource {
        @Override
        public Connection getConnection() throws SQLException {
            return connections.asOwner();
        }

        @Override
        public Connection getConnection(String username, String password) throws SQLException {
            throw new SQLFeatureNotSupportedException("one login only");
        }

        @Override
        public @Nullable PrintWriter getLogWriter() {
            return null;
        }

        @Override
        public void setLogWriter(@Nullable PrintWriter out) {}

        @Override
        public void setLoginTimeout(int seconds) {}

        @Override
        public int getLoginTimeout() {
            return 0;
        }

        @Override
        public Logger getParentLogger() throws SQLFeatureNotSupportedException {
            throw new SQLFeatureNotSupportedException("no java.util.logging");
        }

        @Override
        public <T> T unwrap(Class<T> type) throws SQLException {
            throw new SQLException("wraps nothing");
        }

        @Override
        public boolean isWrapperFor(Class<?> type) {
            return false;
        }
    }
}
