package dev.gantry.crypto;

import dev.gantry.crypto.KeyRing.SqlWork;
import dev.gantry.crypto.MasterKeyStatus.State;
import dev.gantry.crypto.MasterKeys.MasterKey;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the master keys of all nodes in step, and replaces them while everything runs.
 *
 * <p>The database says which master keys may wrap and which one does, by fingerprint; each node has the keys in a file of
 * its own. A rotation goes through states that the database holds, each step of which may be done twice: so it goes on
 * wherever it was when a process died.
 *
 * <ol>
 *   <li>A node makes a key, writes it into its file and offers it in the database, sealed by the current key. Every node
 *       that finds an offer writes the key into its own file.
 *   <li>When all running nodes have it, it becomes the current key. Every node wraps by it from then on.
 *   <li>One node wraps every data key anew. Until that is done the old key stays on every node.
 *   <li>The old key is retired when somebody says so: it leaves the database, which refuses while it wraps anything, and
 *       then the files. Whatever would still wrap by it fails.
 * </ol>
 *
 * <p>Thread-safe.
 */
public final class MasterKeyRotation implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MasterKeyRotation.class);
    private static final Duration PERIOD = Duration.ofSeconds(5);
    private static final String FOREIGN_KEY_VIOLATION = "23503";

    private final MasterKeyFile file;
    private final String nodeName;
    private final Consumer<SqlWork> transactions;
    private final SqlKeyStore dataKeys;
    private final KeyRing keyRing;
    private final UUID node = UUID.randomUUID();
    private final CountDownLatch closed = new CountDownLatch(1);
    private Consumer<Consumer<UUID>> organizations = each -> {};
    private MasterKeys masterKeys;

    private MasterKeyRotation(
            MasterKeyFile file, String nodeName, Consumer<SqlWork> transactions, KeyRing.Transactions scoped) {
        this.file = file;
        this.nodeName = nodeName;
        this.transactions = transactions;
        this.dataKeys = new SqlKeyStore(scoped);
        this.masterKeys = begin();
        this.keyRing = new KeyRing(masterKeys, dataKeys);
    }

    /**
     * Reads the node's file and compares it with the database. The first node of an installation makes a key.
     *
     * @param nodeName for people
     * @param transactions runs statements in one transaction without an organization
     * @param scoped runs statements in one transaction of an organization
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be used, or lacks the key by which
     *     the database's secrets are encrypted
     */
    public static MasterKeyRotation open(
            MasterKeyFile file, String nodeName, Consumer<SqlWork> transactions, KeyRing.Transactions scoped) {
        return new MasterKeyRotation(file, nodeName, transactions, scoped);
    }

    private MasterKeys begin() {
        return inTransaction(table -> {
            table.lock();
            List<MasterKeyTable.Row> rows = table.keys();
            if (rows.isEmpty()) {
                MasterKeys made = file.load();
                table.registerFirst(made.current().id());
                return made;
            }
            if (!file.exists()) {
                throw lacking(rows.getFirst().id());
            }
            MasterKeys present = file.load();
            if (!rows.getFirst().current()) {
                table.registerFirst(present.current().id());
                rows = table.keys();
            }
            return follow(present, rows);
        });
    }

    /**
     * Begins to follow what other nodes do.
     *
     * @param organizations hands every organization of the installation to what it is given
     */
    public MasterKeyRotation start(Consumer<Consumer<UUID>> organizations) {
        over(organizations);
        Thread.ofVirtual().name("gantry-master-keys").start(this::run);
        return this;
    }

    synchronized MasterKeyRotation over(Consumer<Consumer<UUID>> all) {
        this.organizations = all;
        return this;
    }

    /** Returns what seals by the data keys that these master keys wrap. */
    public KeyRing keyRing() {
        return keyRing;
    }

    /** Returns how things stand now. */
    public synchronized MasterKeyStatus status() {
        Map<String, Long> counts = new HashMap<>();
        organizations.accept(organization ->
                dataKeys.find(organization).forEach(key -> counts.merge(key.masterKeyId(), 1L, Long::sum)));
        return inTransaction(table -> {
            List<MasterKeyStatus.Key> keys = table.keys().stream()
                    .map(row -> new MasterKeyStatus.Key(
                            row.id(), row.current(), counts.getOrDefault(row.id(), 0L), row.createdAt()))
                    .toList();
            List<MasterKeyStatus.Node> nodes = table.nodes().stream()
                    .map(each -> new MasterKeyStatus.Node(each.name(), each.current(), each.known(), each.seenAt()))
                    .toList();
            return new MasterKeyStatus(state(table.keys(), keys), keys, nodes);
        });
    }

    private static State state(List<MasterKeyTable.Row> rows, List<MasterKeyStatus.Key> keys) {
        if (rows.size() == 1) {
            return State.STEADY;
        }
        if (offered(rows) != null) {
            return State.SPREADING;
        }
        boolean old = keys.stream().anyMatch(key -> !key.current() && key.dataKeys() > 0);
        return old ? State.REWRAPPING : State.REWRAPPED;
    }

    /**
     * Begins a rotation; it goes on by itself, within seconds where all nodes run.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if the one before has not ended with {@link #retire}
     */
    public synchronized MasterKeyStatus rotate() {
        inTransaction(table -> {
            table.lock();
            List<MasterKeyTable.Row> rows = table.keys();
            if (rows.size() > 1) {
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "There are " + rows.size()
                                + " master keys already; end the rotation before by retiring the old one");
            }
            MasterKeys now = follow(masterKeys, rows);
            MasterKey made = MasterKey.generate();
            // Before it is offered: a key that wraps and is in no file is lost.
            masterKeys = now.with(made);
            file.store(masterKeys);
            table.offer(made.id(), now.current().id(), now.current().offer(made));
            return true;
        });
        keep();
        return status();
    }

    /**
     * Ends a rotation: removes the keys that are not current, here at once and from other nodes' files within seconds.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} while one of them wraps anything, or a running node wraps by it
     */
    public synchronized MasterKeyStatus retire() {
        keep();
        inTransaction(table -> {
            table.lock();
            List<MasterKeyTable.Row> rows = table.keys();
            if (offered(rows) != null) {
                throw new GantryException(
                        ErrorCode.CONFLICT, "The new master key has not reached every node; see the status");
            }
            String current = rows.getFirst().id();
            table.nodes().stream()
                    .filter(each -> !each.current().equals(current))
                    .findFirst()
                    .ifPresent(behind -> {
                        throw new GantryException(
                                ErrorCode.CONFLICT,
                                "Node " + behind.name()
                                        + " does not wrap by the new master key yet; try again in a moment");
                    });
            retireOthers(table);
            return true;
        });
        keep();
        return status();
    }

    private static void retireOthers(MasterKeyTable table) throws SQLException {
        try {
            table.retireOthers();
        } catch (SQLException refused) {
            if (FOREIGN_KEY_VIOLATION.equals(refused.getSQLState())) {
                throw new GantryException(
                        ErrorCode.CONFLICT,
                        "The old master key still wraps data keys; they are being wrapped anew, see the status",
                        refused);
            }
            throw refused;
        }
    }

    /** Does what is to be done at the moment; what fails is tried again the next time. */
    public synchronized void keep() {
        List<MasterKeyTable.Row> rows = inTransaction(table -> {
            List<MasterKeyTable.Row> found = table.keys();
            masterKeys = follow(masterKeys, found);
            keyRing.use(masterKeys);
            table.see(node, nodeName, masterKeys.current().id(), masterKeys.ids());
            MasterKeyTable.Row offered = offered(found);
            if (offered == null
                    || !table.nodes().stream().allMatch(each -> each.known().contains(offered.id()))) {
                return found;
            }
            table.lock();
            table.makeCurrent(offered.id());
            List<MasterKeyTable.Row> changed = table.keys();
            masterKeys = follow(masterKeys, changed);
            table.see(node, nodeName, masterKeys.current().id(), masterKeys.ids());
            return changed;
        });
        keyRing.use(masterKeys);
        if (rows.size() > 1 && offered(rows) == null && isFirst()) {
            organizations.accept(keyRing::rewrap);
        }
    }

    /** Of several nodes the first wraps data keys anew; when it is gone, the next one is the first. */
    private boolean isFirst() {
        return inTransaction(table -> {
            List<MasterKeyTable.NodeRow> nodes = table.nodes();
            return nodes.isEmpty() || nodes.getFirst().node().equals(node);
        });
    }

    /**
     * Brings a node's keys in line with the database: takes what is offered, puts the current key first, drops what was
     * retired. The file is written before anybody learns of it.
     */
    private MasterKeys follow(MasterKeys present, List<MasterKeyTable.Row> rows) {
        MasterKeys keys = present;
        for (MasterKeyTable.Row row : rows) {
            Sealed offered = row.offered();
            MasterKey by =
                    row.offeredBy() == null ? null : keys.find(row.offeredBy()).orElse(null);
            if (keys.find(row.id()).isEmpty() && offered != null && by != null) {
                keys = keys.with(by.take(row.id(), offered));
            }
        }
        String current = rows.getFirst().id();
        if (keys.find(current).isEmpty()) {
            throw lacking(current);
        }
        Set<String> registered = new HashSet<>();
        rows.forEach(row -> registered.add(row.id()));
        keys = keys.inOrder(current, registered);
        if (!keys.ids().equals(present.ids())) {
            file.store(keys);
            LOG.info("The file {} holds the master keys {} now", file.path(), keys.ids());
        }
        return keys;
    }

    private static MasterKeyTable.@Nullable Row offered(List<MasterKeyTable.Row> rows) {
        boolean oldWraps = rows.size() > 1 && rows.getFirst().offered() == null;
        return oldWraps
                ? rows.stream().filter(row -> row.offered() != null).findFirst().orElse(null)
                : null;
    }

    private GantryException lacking(String id) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "Secrets in the database are encrypted under the master key " + id + ", which " + file.path()
                        + " does not hold. Copy that file from another node, or restore it from a backup.");
    }

    private interface TableWork<T> {
        T over(MasterKeyTable table) throws SQLException;
    }

    private <T> T inTransaction(TableWork<T> work) {
        List<T> result = new ArrayList<>();
        transactions.accept(connection -> result.add(work.over(new MasterKeyTable(connection))));
        return result.getLast();
    }

    private void run() {
        boolean failing = false;
        try {
            do {
                try {
                    keep();
                    failing = false;
                } catch (RuntimeException failure) {
                    if (!failing) {
                        LOG.warn("Master keys cannot be kept in step: {}", failure.getMessage());
                    }
                    failing = true;
                }
            } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            inTransaction(table -> {
                table.forget(node);
                return true;
            });
        } catch (RuntimeException gone) {
            LOG.debug("The node stays listed for a while", gone);
        }
    }
}
