package dev.gantry.database;

import dev.gantry.database.GroupCommit.Entry;
import dev.gantry.database.GroupCommit.GroupLane;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;

/** The connection of the batched writer; opened when needed, dropped when it breaks. Used by one thread. */
final class GroupCommitConnection implements AutoCloseable {
    private static final Duration SILENCE_MAX = Duration.ofSeconds(30);

    private final Connections connections;
    private @Nullable Connection connection;
    private @Nullable Statements statements;

    /** The organization that the session is in; null when that is unknown. */
    private @Nullable UUID entered;

    GroupCommitConnection(Connections connections) {
        this.connections = connections;
    }

    /** A statement or the connection failed. */
    static class WriteFailure extends RuntimeException {
        WriteFailure(SQLException cause) {
            super(cause.getMessage(), cause);
        }
    }

    /** The connection broke while the commit was on its way: it may or may not have happened. */
    static final class UnconfirmedCommit extends WriteFailure {
        UnconfirmedCommit(SQLException cause) {
            super(cause);
        }
    }

    /**
     * Writes all rows in one transaction; returns when it is durable.
     *
     * @param unconfirmed whether an earlier commit of the same rows may have happened
     */
    void write(List<Entry<?>> batch, boolean unconfirmed) {
        try {
            Statements open = open();
            Connection current = open.handle().getConnection();
            if (unconfirmed && wasCommitted(open.handle(), batch)) {
                commit(open);
                return;
            }
            for (Map.Entry<UUID, Map<GroupLane<?>, List<Entry<?>>>> group :
                    group(batch).entrySet()) {
                // of the organization before; those of the last one are sent with the commit
                open.send();
                enter(current, group.getKey());
                for (Map.Entry<GroupLane<?>, List<Entry<?>>> rows :
                        group.getValue().entrySet()) {
                    insert(rows.getKey(), open, group.getKey(), rows.getValue());
                }
            }
            commit(open);
            tell(batch, true);
        } catch (SQLException failure) {
            undo(batch);
            throw new WriteFailure(failure);
        } catch (RuntimeException | LinkageError failure) {
            undo(batch);
            throw failure;
        }
    }

    private static boolean wasCommitted(Handle open, List<Entry<?>> batch) throws SQLException {
        for (GroupLane<?> lane : lanes(batch)) {
            if (lane.insert().wasCommitted(open)) {
                return true;
            }
        }
        return false;
    }

    private static void tell(List<Entry<?>> batch, boolean committed) {
        lanes(batch).forEach(lane -> lane.insert().ended(committed));
    }

    private static Set<GroupLane<?>> lanes(List<Entry<?>> batch) {
        Set<GroupLane<?>> lanes = Collections.newSetFromMap(new IdentityHashMap<>());
        batch.forEach(entry -> lanes.add(entry.lane));
        return lanes;
    }

    /** Leaves the connection clean, or none. */
    private void undo(List<Entry<?>> batch) {
        entered = null;
        tell(batch, false);
        Connection current = connection;
        if (current != null) {
            try {
                if (statements != null) {
                    statements.clear();
                }
                current.rollback();
            } catch (SQLException broken) {
                close();
            }
        }
    }

    private static void commit(Statements open) throws SQLException {
        try {
            open.sendAndCommit();
        } catch (SQLException failure) {
            throw SqlErrors.isUnavailability(failure) ? new UnconfirmedCommit(failure) : new WriteFailure(failure);
        }
    }

    @SuppressWarnings("unchecked") // an entry was made by the lane it names
    private static <R> void insert(GroupLane<R> lane, Statements open, UUID organization, List<Entry<?>> entries)
            throws SQLException {
        List<R> rows = new ArrayList<>(entries.size());
        for (Entry<?> entry : entries) {
            rows.add((R) entry.row);
        }
        lane.insert().insert(open, organization, rows);
    }

    /** In one order of organizations on all nodes, so that writers never wait for each other in a circle. */
    private static Map<UUID, Map<GroupLane<?>, List<Entry<?>>>> group(List<Entry<?>> batch) {
        Map<UUID, Map<GroupLane<?>, List<Entry<?>>>> groups = new TreeMap<>();
        for (Entry<?> entry : batch) {
            groups.computeIfAbsent(entry.organization, _ -> new LinkedHashMap<>())
                    .computeIfAbsent(entry.lane, _ -> new ArrayList<>())
                    .add(entry);
        }
        return groups;
    }

    /**
     * Enters an organization until the next one, over the ends of transactions: this connection serves no one else, and
     * most batches are of the organization before, which saves them a round trip. A rollback would undo it.
     */
    private void enter(Connection current, UUID organization) throws SQLException {
        if (organization.equals(entered)) {
            return;
        }
        try (PreparedStatement statement =
                current.prepareStatement("SELECT set_config('gantry.organization', ?, false)")) {
            statement.setString(1, organization.toString());
            try (ResultSet rows = statement.executeQuery()) {
                rows.next();
            }
        }
        entered = organization;
    }

    private Statements open() throws SQLException {
        Statements current = statements;
        if (current == null) {
            Connection opened = connections.asApplication(SILENCE_MAX);
            connection = opened;
            opened.setAutoCommit(false);
            current = new Statements(Connections.discreet(Jdbi.create(opened)).open());
            statements = current;
        }
        return current;
    }

    @Override
    public void close() {
        Connection current = connection;
        connection = null;
        statements = null;
        entered = null;
        if (current != null) {
            try {
                current.close();
            } catch (SQLException alreadyBroken) {
                // It is dropped because it is broken; there is nothing more to do.
            }
        }
    }
}
