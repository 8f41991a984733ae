package dev.gantry.database;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;

/**
 * One transaction that sees the rows of one organization, and that costs as few round trips as it can: it takes a connection
 * when something is read, and statements whose results nobody waits for travel together, the last of them with the commit. A
 * transaction that reads nothing is a single round trip, and keeps no connection while its work is done. For one thread.
 */
public final class Transaction {
    private static final String ENTER = "SELECT set_config('gantry.organization', ?, true)";

    private final Jdbi jdbi;
    private final UUID organization;
    private final List<Deferred> deferred = new ArrayList<>();
    private @Nullable Handle handle;

    private record Deferred(String sql, List<?> values) {}

    Transaction(Jdbi jdbi, UUID organization) {
        this.jdbi = jdbi;
        this.organization = organization;
    }

    /**
     * A part of a transaction that somebody else began and ends. What is added has to be executed by {@link #handle} before that.
     *
     * @param handle of the transaction, which sees the organization
     */
    public static Transaction within(Handle handle, UUID organization) {
        return new Transaction(handle, organization);
    }

    private Transaction(Handle handle, UUID organization) {
        this.jdbi = handle.getJdbi();
        this.organization = organization;
        this.handle = handle;
    }

    /** Returns the organization whose rows are seen. */
    public UUID organization() {
        return organization;
    }

    /**
     * Adds a statement without a result, which is executed after all that was added before, and at the latest with the commit:
     * until then its failure does not show.
     *
     * @param sql with one {@code ?} a parameter
     * @param values of the parameters, as {@link Statements#add} takes them
     */
    public void add(String sql, List<?> values) {
        deferred.add(new Deferred(sql, values));
    }

    /** Returns the transaction for statements whose results matter; all that was added is executed first. */
    public Handle handle() {
        Handle open = open();
        if (!deferred.isEmpty()) {
            try {
                statements(open).send();
            } catch (SQLException failure) {
                throw new TransactionException(failure.getMessage(), failure);
            }
        }
        return open;
    }

    private Handle open() {
        Handle open = handle;
        if (open == null) {
            open = jdbi.open();
            handle = open;
            open.begin();
            deferred.addFirst(new Deferred(ENTER, List.of(organization.toString())));
        }
        return open;
    }

    void commit() throws SQLException {
        if (handle == null && deferred.isEmpty()) {
            return;
        }
        Handle open = open();
        if (!deferred.isEmpty()) {
            statements(open).sendAndCommit();
        }
        // Says nothing more to the server when the statements took the commit with them.
        open.commit();
    }

    /** Gives the connection back; what was not committed did not happen. */
    void end() {
        Handle open = handle;
        handle = null;
        deferred.clear();
        if (open != null) {
            try (open) {
                if (open.isInTransaction()) {
                    open.rollback();
                }
            }
        }
    }

    private Statements statements(Handle open) {
        Statements statements = new Statements(open);
        deferred.forEach(statement -> statements.add(statement.sql(), statement.values()));
        deferred.clear();
        return statements;
    }
}
