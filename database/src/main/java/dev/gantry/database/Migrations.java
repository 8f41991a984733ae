package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.List;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;

/** Runs the modules' migrations, each module with a history of its own, one node at a time. */
final class Migrations {
    /** An arbitrary number that means "Gantry migrates" among the advisory locks of the database. */
    private static final long LOCK = 0x67616E747279L;

    private final Connections connections;

    Migrations(Connections connections) {
        this.connections = connections;
    }

    void apply(List<String> modules) {
        try (Connection guard = connections.asOwner();
                Statement statement = guard.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + LOCK + ")");
            makeSchema(statement);
            for (String module : modules) {
                migrate(module);
            }
        } catch (SQLException failure) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE, "The migrations cannot run: " + failure.getMessage(), failure);
        }
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

    private void migrate(String module) {
        try {
            Flyway.configure()
                    .dataSource(new OwnerDataSource(connections))
                    .locations("classpath:db/migration/" + module)
                    .failOnMissingLocations(true)
                    .defaultSchema(ConnectionTarget.SCHEMA)
                    .createSchemas(false)
                    .table("flyway_" + module)
                    .baselineOnMigrate(true)
                    .baselineVersion("0")
                    .load()
                    .migrate();
        } catch (FlywayException failure) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The tables of module '" + module + "' cannot be brought up to date: " + failure.getMessage(),
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
