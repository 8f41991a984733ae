package dev.gantry.database;

import static dev.gantry.database.ConnectionTarget.APPLICATION_ROLE;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

/**
 * The role that serves requests, on a server that is not ours: made where the owner may make it, and checked, since
 * row-level security binds neither superusers nor roles that are exempt from it.
 */
record ApplicationRole(Connections connections, ConnectionTarget target) {
    private static final String DUPLICATE_OBJECT = "42710";
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String INSUFFICIENT_PRIVILEGE = "42501";
    private static final String NO_SUCH_ROLE = "22023";
    private static final Duration CHECK_MAX = Duration.ofSeconds(30);

    /** Makes sure that the application can take on the role, and that the role is bound by row-level security. */
    void ensure(Connection owner) throws SQLException {
        try {
            check();
        } catch (SQLException refused) {
            String state = String.valueOf(refused.getSQLState());
            if (!state.equals(INSUFFICIENT_PRIVILEGE) && !state.equals(NO_SUCH_ROLE)) {
                throw refused;
            }
            make(owner);
            check();
        }
    }

    private void check() throws SQLException {
        try (Connection application = connections.asApplication(CHECK_MAX);
                Statement statement = application.createStatement();
                ResultSet role = statement.executeQuery(
                        "SELECT rolname, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")) {
            role.next();
            if (role.getBoolean(2)) {
                throw new GantryException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The role '" + role.getString(1)
                                + "' is a superuser or has BYPASSRLS, so that one organization could"
                                + " see another's data. Run ALTER ROLE " + role.getString(1)
                                + " NOSUPERUSER NOBYPASSRLS on the database.");
            }
        }
    }

    private void make(Connection owner) throws SQLException {
        String user = target.application().user();
        try (Statement statement = owner.createStatement()) {
            try {
                statement.execute("CREATE ROLE " + APPLICATION_ROLE + " NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE");
            } catch (SQLException failure) {
                String state = String.valueOf(failure.getSQLState());
                if (!state.equals(DUPLICATE_OBJECT) && !state.equals(UNIQUE_VIOLATION)) {
                    throw failure;
                }
            }
            statement.execute("GRANT " + APPLICATION_ROLE + " TO " + statement.enquoteIdentifier(user, true));
        } catch (SQLException failure) {
            if (!INSUFFICIENT_PRIVILEGE.equals(failure.getSQLState())) {
                throw failure;
            }
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The user '" + target.owner().user()
                            + "' may not set up the role with which Gantry serves requests."
                            + " Let an administrator of the database run: CREATE ROLE " + APPLICATION_ROLE
                            + " NOLOGIN; GRANT " + APPLICATION_ROLE + " TO \"" + user + "\";",
                    failure);
        }
    }
}
