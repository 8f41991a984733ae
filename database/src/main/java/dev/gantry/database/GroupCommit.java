package dev.gantry.database;

import dev.gantry.database.GroupCommitConnection.UnconfirmedCommit;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.AbstractQueuedSynchronizer;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes rows of many callers in few transactions. One writer takes whatever has gathered while it wrote the batch
 * before, so that batches grow with the load and a lone row is written almost at once.
 *
 * <p>Nothing queued here counts as written before its {@link Commit} says so. While the database is away the rows wait
 * and are tried again; when the queue is full, whoever appends waits. A row that the database rejects fails alone.
 * Thread-safe.
 */
public final class GroupCommit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);

    /**
     * How long a lone row waits for company when nobody awaits it yet. A request writes its usage and its audit event one after
     * the other, and a second transaction for the second of them would cost twenty times as much as this; then it awaits them,
     * and they are written at once.
     */
    private static final long GATHER_NS = 50_000;

    /**
     * How long rows wait for more company when many are coming. A transaction costs as much as some twenty rows, so that
     * this makes each row cheaper by more than it makes it late.
     */
    private static final long BUSY_GATHER_NS = 1_000_000;

    /** From so many rows in the batch before, many are coming; from so many on, a batch is large enough. */
    private static final int BUSY_ROWS = 16;

    private static final int LARGE_ROWS = 512;

    private static final Duration PAUSE_MIN = Duration.ofMillis(20);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(1);

    private final Limits limits;
    private final ArrayBlockingQueue<Entry<?>> queue;
    private final LongAdder batches = new LongAdder();
    private final LongAdder rows = new LongAdder();
    private final LongAdder rejectedRows = new LongAdder();
    private final LongAdder failedAttempts = new LongAdder();
    private final GroupCommitConnection connection;
    private final Patience patience = new Patience();
    private final Thread writer;

    /** Wakes the writer up; stands for no row. */
    private final Entry<Object> stop =
            new Entry<>(new GroupLane<>("stop", (_, _, _) -> {}), new UUID(0, 0), this, this);

    /** Whether the writer waits for company, and whether somebody awaits a row; each side writes its own before it reads the other. */
    private volatile boolean gathering;

    private volatile boolean awaited;
    private volatile @Nullable String trouble;
    private volatile boolean closing;
    private volatile long closeDeadlineNs;

    /**
     * Writes rows of one kind.
     *
     * @param <R> the row
     */
    @FunctionalInterface
    public interface BatchInsert<R> {
        /**
         * Adds the statements that insert rows of one organization, best a single one over {@code unnest}. They run in a transaction
         * that may be rolled back and run again with the same rows or some of them, so it must do nothing else. Either
         * {@link #hasRowKeys} or {@link #wasCommitted} must know rows again whose commit succeeded but was not confirmed.
         *
         * @param statements of the transaction, in which the organization is set
         * @param rows in the order they were appended; never empty
         */
        void insert(Statements statements, UUID organization, List<R> rows) throws SQLException;

        /**
         * Is told how the transaction ended in which {@link #insert} was last called. False also stands for a commit that
         * was not confirmed; the next one may then be over another connection.
         */
        default void ended(boolean committed) {}

        /**
         * Returns whether each row has a key of its own under a unique index, so that a row which the index refuses is the same
         * row, written before.
         */
        default boolean hasRowKeys() {
            return true;
        }

        /**
         * Returns whether the transaction whose commit was not confirmed did happen, for rows without a key of their own.
         * Called before they would be inserted again.
         *
         * @param handle of a new transaction, without an organization
         */
        default boolean wasCommitted(Handle handle) throws SQLException {
            return false;
        }
    }

    /**
     * One kind of rows.
     *
     * @param <R> the row
     */
    public interface Lane<R> {
        /**
         * Queues a row; waits while the queue is full.
         *
         * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if the queue stays full,
         *     {@link ErrorCode#SHUTTING_DOWN} after the writer was closed; the row is then not queued
         */
        Commit append(UUID organization, R row);
    }

    /** The fate of one row. Thread-safe. */
    public interface Commit {
        /**
         * Waits until the row is durable.
         *
         * @throws GantryException {@link ErrorCode#DATABASE_UNAVAILABLE} if that takes longer than {@code timeout} (the
         *     row stays queued), {@link ErrorCode#INTERNAL} if the database rejected the row,
         *     {@link ErrorCode#SHUTTING_DOWN} if it could not be written before the end
         */
        void await(Duration timeout);

        /** Returns whether the row is durable now. */
        boolean isDurable();
    }

    /**
     * Bounds.
     *
     * @param queueRowsMax rows that wait at most
     * @param batchRowsMax rows of one transaction
     * @param appendTimeout how long an append waits for room
     * @param closeTimeout how long the end waits for the database
     */
    record Limits(int queueRowsMax, int batchRowsMax, Duration appendTimeout, Duration closeTimeout) {
        static final Limits DEFAULT = new Limits(65_536, 2_048, Duration.ofSeconds(10), Duration.ofSeconds(10));
    }

    GroupCommit(Connections connections, Limits limits) {
        this.limits = limits;
        this.queue = new ArrayBlockingQueue<>(limits.queueRowsMax());
        this.connection = new GroupCommitConnection(connections);
        this.writer = Thread.ofPlatform().name("gantry-group-commit").daemon().start(this::run);
    }

    /**
     * Makes a lane.
     *
     * @param name for the log
     */
    public <R> Lane<R> lane(String name, BatchInsert<R> insert) {
        GroupLane<R> lane = new GroupLane<>(name, insert);
        return (organization, row) -> append(new Entry<>(lane, organization, row, this));
    }

    /** Returns how many rows wait to be written. */
    public int queuedRows() {
        return queue.size();
    }

    /** Returns how many transactions were committed. */
    public long batches() {
        return batches.sum();
    }

    /** Returns how many rows were made durable. */
    public long rows() {
        return rows.sum();
    }

    /** Returns how many rows the database rejected. */
    public long rejectedRows() {
        return rejectedRows.sum();
    }

    /** Returns how many times a batch failed because the database was away. */
    public long failedAttempts() {
        return failedAttempts.sum();
    }

    /** Returns why what is queued cannot be written at the moment, such as a full disk; empty while it can. */
    public Optional<String> trouble() {
        return Optional.ofNullable(trouble);
    }

    /** Writes what is queued, as long as that takes no more than ten seconds, and stops. */
    @Override
    public void close() {
        if (closing) {
            return;
        }
        closeDeadlineNs = System.nanoTime() + limits.closeTimeout().toNanos();
        closing = true;
        try {
            // When there is no room the writer is not asleep.
            boolean queued = queue.offer(stop);
            LOG.debug("The batched writer stops; {} rows are queued", queue.size() - (queued ? 1 : 0));
            writer.join(limits.closeTimeout().plusSeconds(5));
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private Commit append(Entry<?> entry) {
        try {
            if (closing) {
                throw stopping();
            }
            if (!queue.offer(entry, limits.appendTimeout().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new GantryException(
                        ErrorCode.DATABASE_UNAVAILABLE, "The database does not keep up; nothing more can be queued.");
            }
            if (!writer.isAlive() && queue.remove(entry)) {
                throw stopping();
            }
            return entry;
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while waiting for the database.");
        }
    }

    private static GantryException stopping() {
        return new GantryException(ErrorCode.SHUTTING_DOWN, "The node is stopping and writes nothing more.");
    }

    private void run() {
        List<Entry<?>> batch = new ArrayList<>(limits.batchRowsMax());
        boolean busy = false;
        try {
            while (!closing || !queue.isEmpty()) {
                batch.add(queue.take());
                if (busy && queue.size() < LARGE_ROWS) {
                    LockSupport.parkNanos(BUSY_GATHER_NS);
                } else if (queue.isEmpty()) {
                    gather();
                }
                queue.drainTo(batch, limits.batchRowsMax() - 1);
                awaited = false;
                busy = batch.size() >= BUSY_ROWS;
                if (closing) {
                    batch.removeIf(entry -> entry == stop);
                }
                if (!batch.isEmpty()) {
                    write(batch, false);
                }
                batch.clear();
            }
        } catch (InterruptedException interruption) {
            LOG.error("The batched writer was interrupted and writes nothing more");
        } finally {
            connection.close();
            patience.close();
        }
    }

    private void gather() {
        gathering = true;
        if (!awaited) {
            LockSupport.parkNanos(GATHER_NS);
        }
        gathering = false;
    }

    /** Whoever awaits a row has written what belongs together. */
    private void push() {
        awaited = true;
        if (gathering) {
            LockSupport.unpark(writer);
        }
    }

    /**
     * Writes a batch: whole if possible, otherwise in halves until the rows that cannot be written stand alone.
     *
     * <p>When a commit is not confirmed, nobody knows whether it happened. The same batch is then written again, in the end row
     * by row, and the key of a row that is there already says that this row was written.
     *
     * @param maybeWritten whether an earlier transaction with these rows may have been committed
     */
    private void write(List<Entry<?>> batch, boolean maybeWritten) throws InterruptedException {
        Duration pause = PAUSE_MIN;
        boolean unconfirmed = false;
        while (true) {
            try {
                connection.write(batch, unconfirmed);
                complete(batch);
                return;
            } catch (RuntimeException | LinkageError failure) {
                if (!SqlErrors.isUnavailability(failure)) {
                    separate(batch, failure, maybeWritten || unconfirmed);
                    return;
                }
                unconfirmed |= failure instanceof UnconfirmedCommit;
                failedAttempts.increment();
                GantryException unavailable = SqlErrors.unavailable(failure);
                trouble = unavailable == null ? failure.getMessage() : unavailable.getMessage();
                if (closing && System.nanoTime() - closeDeadlineNs > 0) {
                    LOG.error("{} rows could not be written before the end", batch.size());
                    batch.forEach(entry -> entry.fail(stopping()));
                    return;
                }
                if (pause.equals(PAUSE_MIN)) {
                    LOG.warn("{} rows wait for the database: {}", batch.size(), failure.getMessage());
                }
                Thread.sleep(pause);
                pause = pause.multipliedBy(2).compareTo(PAUSE_MAX) < 0 ? pause.multipliedBy(2) : PAUSE_MAX;
            }
        }
    }

    private void complete(List<Entry<?>> batch) {
        if (trouble != null) {
            trouble = null;
        }
        batches.increment();
        rows.add(batch.size());
        batch.forEach(Entry::complete);
    }

    private void separate(List<Entry<?>> batch, Throwable failure, boolean maybeWritten) throws InterruptedException {
        if (batch.size() == 1) {
            GroupLane<?> lane = batch.getFirst().lane;
            Optional<String> taken = SqlErrors.violatedUniqueConstraint(failure);
            boolean isThere = lane.insert().hasRowKeys() && taken.isPresent();
            if (isThere && maybeWritten) {
                complete(batch);
                return;
            }
            rejectedRows.increment();
            if (isThere) {
                // Work that is done again after a crash writes its rows again: nothing is wrong.
                LOG.info("A row of '{}' is there already, by {}", lane.name(), taken.get());
            } else {
                LOG.error("The database rejected a row of '{}'", lane.name(), failure);
            }
            batch.getFirst().fail(new GantryException(ErrorCode.INTERNAL, "A record could not be written.", failure));
            return;
        }
        int middle = batch.size() / 2;
        write(batch.subList(0, middle), maybeWritten);
        write(batch.subList(middle, batch.size()), maybeWritten);
    }

    /** How rows of one kind are written. */
    record GroupLane<R>(String name, BatchInsert<R> insert) {}

    /** One queued row; the state goes once from waiting to durable or failed, and releases whoever waits. */
    static final class Entry<R> extends AbstractQueuedSynchronizer implements Commit {
        private static final int WAITING = 0;
        private static final int DURABLE = 1;
        private static final int FAILED = 2;

        /** Releases whoever waits, but decides nothing. */
        private static final int OVERDUE = 3;

        final transient GroupLane<R> lane;
        final UUID organization;
        final transient R row;
        private final transient GroupCommit group;
        private transient @Nullable GantryException failure;

        Entry(GroupLane<R> lane, UUID organization, R row, GroupCommit group) {
            this.lane = lane;
            this.organization = organization;
            this.row = row;
            this.group = group;
        }

        void complete() {
            releaseShared(DURABLE);
        }

        void fail(GantryException reason) {
            failure = reason;
            releaseShared(FAILED);
        }

        @Override
        protected int tryAcquireShared(int ignored) {
            return getState() == WAITING ? -1 : 1;
        }

        @Override
        protected boolean tryReleaseShared(int state) {
            if (state == OVERDUE) {
                return compareAndSetState(WAITING, OVERDUE);
            }
            setState(state);
            return true;
        }

        @Override
        public boolean isDurable() {
            return getState() == DURABLE;
        }

        @Override
        public void await(Duration timeout) {
            compareAndSetState(OVERDUE, WAITING);
            if (getState() == WAITING) {
                wait(timeout);
            }
            GantryException reason = failure;
            if (reason != null) {
                throw new GantryException(reason.code(), reason.getMessage(), reason);
            }
        }

        private void wait(Duration timeout) {
            group.push();
            Patience.Wait wait = group.patience.enter(timeout, () -> releaseShared(OVERDUE));
            try {
                acquireSharedInterruptibly(0);
            } catch (InterruptedException interruption) {
                Thread.currentThread().interrupt();
                throw new GantryException(ErrorCode.SHUTTING_DOWN, "Interrupted while waiting for the database.");
            } finally {
                group.patience.leave(wait);
            }
            if (getState() == OVERDUE) {
                throw new GantryException(
                        ErrorCode.DATABASE_UNAVAILABLE,
                        "The database did not confirm a write within " + timeout.toMillis() + " ms.");
            }
        }
    }
}
