package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.SQLException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** What a failure of a statement means. */
public final class SqlErrors {
    private static final String UNIQUE_VIOLATION = "23505";
    private static final String CANNOT_CONNECT_NOW = "57P03";
    private static final String READ_ONLY_TRANSACTION = "25006";

    private SqlErrors() {}

    /**
     * Returns the name of the unique index or constraint that a statement would have violated; empty for every other
     * failure.
     */
    public static Optional<String> violatedUniqueConstraint(Throwable failure) {
        SQLException sql = find(failure);
        if (sql instanceof PSQLException postgres && UNIQUE_VIOLATION.equals(postgres.getSQLState())) {
            ServerErrorMessage message = postgres.getServerErrorMessage();
            return Optional.ofNullable(message == null ? null : message.getConstraint());
        }
        return Optional.empty();
    }

    /** Returns whether the database was unreachable or not able to work, so that the same may succeed later. */
    static boolean isUnavailability(Throwable failure) {
        SQLException sql = find(failure);
        return sql != null && isUnavailability(String.valueOf(sql.getSQLState()));
    }

    /** Returns whether the server takes no connections yet, since it starts or recovers. */
    static boolean isStartingUp(SQLException failure) {
        return CANNOT_CONNECT_NOW.equals(failure.getSQLState());
    }

    // https://www.postgresql.org/docs/current/errcodes-appendix.html
    private static boolean isUnavailability(String state) {
        return state.equals("null") // HikariCP's timeout and a closed data source carry no state
                || state.startsWith("08") // connection
                || state.startsWith("53") // out of disk, memory or connections
                || state.startsWith("57") // shutdown, crash, cancelled
                || state.startsWith("58") // input or output error of the server
                || state.startsWith("28") // not let in
                || state.startsWith("40") // deadlock, serialisation
                || state.equals("3D000") // the database is not there, as while it is restored
                || state.equals("55000") // it takes no connections, as during maintenance
                || state.equals("55P03") // lock not available
                || state.equals(READ_ONLY_TRANSACTION);
    }

    /** Returns an error for the caller if the database was unavailable; null for every other failure. */
    static @Nullable GantryException unavailable(Throwable failure) {
        if (!isUnavailability(failure)) {
            return null;
        }
        SQLException sql = find(failure);
        String state = sql == null ? "" : String.valueOf(sql.getSQLState());
        String message = state.equals("53100")
                ? "The disk of the database is full."
                : "The database cannot be reached or does not take part at the moment.";
        return new GantryException(ErrorCode.DATABASE_UNAVAILABLE, message, failure);
    }

    static @Nullable SQLException find(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }
}
