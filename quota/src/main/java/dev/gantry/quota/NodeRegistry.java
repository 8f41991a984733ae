package dev.gantry.quota;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The nodes on one database. Each raises a number of its own there every two seconds; a node whose number has not risen
 * for ten seconds, by the observer's monotonic clock, counts no more. So no clock that is set makes a node come or go.
 * While the database is away, what was known last holds. Thread-safe.
 */
public final class NodeRegistry implements Nodes, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(NodeRegistry.class);
    private static final Duration BEAT = Duration.ofSeconds(2);
    private static final long SILENCE_NANOS = Duration.ofSeconds(10).toNanos();
    private static final long FORGET_NANOS = Duration.ofMinutes(5).toNanos();
    private static final int NODES_MAX = 10_000;

    private final Database database;
    private final LongSupplier now;
    private final UUID self = Ids.next();
    private final Map<UUID, Seen> others = new HashMap<>();
    private final Thread keeper;
    private volatile Place place = Nodes.ALONE.place();

    /** A node's number and when it was seen to rise. */
    private record Seen(long beats, long at) {}

    private record Row(UUID node, long beats) {}

    NodeRegistry(Database database, LongSupplier now) {
        this.database = database;
        this.now = now;
        this.keeper = Thread.ofVirtual().name("nodes").unstarted(this::keep);
    }

    /**
     * Joins the nodes on a database, and leaves them when it is closed.
     *
     * @param alone whether no other node can be on this database: what an earlier one left behind is removed
     * @throws GantryException if the database cannot be reached
     */
    public static NodeRegistry join(Database database, boolean alone) {
        NodeRegistry registry = new NodeRegistry(database, System::nanoTime);
        if (alone) {
            database.unscoped(handle -> handle.execute("DELETE FROM quota_nodes"));
        }
        registry.beat();
        registry.keeper.start();
        return registry;
    }

    @Override
    public Place place() {
        return place;
    }

    private void keep() {
        try {
            while (true) {
                Thread.sleep(BEAT);
                try {
                    beat();
                } catch (GantryException away) {
                    LOG.debug("The nodes are not known anew: {}", away.getMessage());
                }
            }
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        }
    }

    /** Raises this node's number and looks at those of the others. */
    synchronized void beat() {
        List<Row> rows = database.unscoped(handle -> {
            handle.createUpdate("""
                            INSERT INTO quota_nodes (node, beats) VALUES (:node, 1)
                            ON CONFLICT (node) DO UPDATE SET beats = quota_nodes.beats + 1
                            """).bind("node", self).execute();
            return handle.createQuery("SELECT node, beats FROM quota_nodes ORDER BY node LIMIT :max")
                    .bind("max", NODES_MAX)
                    .map((row, _) -> new Row(row.getObject("node", UUID.class), row.getLong("beats")))
                    .list();
        });
        long at = now.getAsLong();
        List<UUID> gone = new ArrayList<>();
        int rank = 0;
        int count = 1;
        others.keySet()
                .removeIf(node -> rows.stream().noneMatch(row -> row.node().equals(node)));
        for (Row row : rows) {
            if (row.node().equals(self)) {
                continue;
            }
            Seen before = others.get(row.node());
            // A node that is seen for the first time counts until it has been silent for long enough.
            if (before == null || before.beats() != row.beats()) {
                before = new Seen(row.beats(), at);
                others.put(row.node(), before);
            }
            long silence = at - before.at();
            if (silence < SILENCE_NANOS) {
                count++;
                rank += row.node().compareTo(self) < 0 ? 1 : 0;
            } else if (silence > FORGET_NANOS) {
                gone.add(row.node());
            }
        }
        Place next = new Place(rank, count);
        if (next.count() != place.count()) {
            LOG.info("{} nodes share the limits", next.count());
        }
        place = next;
        gone.forEach(this::remove);
    }

    private void remove(UUID node) {
        database.unscoped(handle -> handle.createUpdate("DELETE FROM quota_nodes WHERE node = :node")
                .bind("node", node)
                .execute());
    }

    /** Tells the others at once that this node is gone. */
    @Override
    public void close() {
        keeper.interrupt();
        try {
            remove(self);
        } catch (GantryException away) {
            LOG.debug("The other nodes will notice: {}", away.getMessage());
        }
    }
}
