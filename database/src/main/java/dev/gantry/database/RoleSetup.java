package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** Makes the two roles and the database of an embedded server; what exists is left as it is. */
record RoleSetup(String jdbcUrl, PostgresDirectory.Passwords passwords) {
    /** Owns the tables and runs the migrations; no superuser. */
    static final String OWNER = "gantry_owner";

    void apply(String database) {
        try (Connection connection = DriverManager.getConnection(
                jdbcUrl, PostgresInstaller.SUPERUSER, passwords.superuser().reveal())) {
            if (exists(connection, "SELECT 1 FROM pg_database WHERE datname = ?", database)) {
                return;
            }
            role(connection, OWNER, passwords.owner().reveal());
            role(
                    connection,
                    ConnectionTarget.APPLICATION_ROLE,
                    passwords.application().reveal());
            try (Statement statement = connection.createStatement()) {
                statement.execute("CREATE DATABASE " + database + " OWNER " + OWNER);
            }
        } catch (SQLException failure) {
            throw new GantryException(
                    ErrorCode.DATABASE_UNAVAILABLE,
                    "The embedded PostgreSQL does not let its own administrator in: " + failure.getMessage(),
                    failure);
        }
    }

    private static void role(Connection connection, String name, String password) throws SQLException {
        if (exists(connection, "SELECT 1 FROM pg_roles WHERE rolname = ?", name)) {
            return;
        }
        try (Statement statement = connection.createStatement()) {
            // The password is hexadecimal and ours: there is nothing to quote, and DDL takes no parameters.
            statement.execute("CREATE ROLE " + name
                    + " LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS PASSWORD '" + password + "'");
        }
    }

    private static boolean exists(Connection connection, String query, String name) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(query)) {
            statement.setString(1, name);
            try (ResultSet rows = statement.executeQuery()) {
                return rows.next();
            }
        }
    }
}
