package dev.gantry.jobs;

import dev.gantry.database.Database;
import dev.gantry.kernel.GantryException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.TreeSet;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets a node look for work exactly when there may be some: when a task that this node knows of becomes due, and when another
 * node that has its hands full says that there is more. Now and then it asks the database what becomes due next, and what
 * time it is. Thread-safe.
 */
final class Waker implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Waker.class);
    private static final String CHANNEL = "gantry_jobs";
    private static final Duration LOOK = Duration.ofSeconds(30);

    /** Least time between two calls for help: each is a commit of its own. */
    private static final long CALL_NANOS = Duration.ofMillis(200).toNanos();

    /** Times that are kept; when these have passed, the database is asked for more. */
    private static final int UPCOMING_MAX = 256;

    private record Outlook(Instant now, @Nullable Instant next, boolean manyLanes) {}

    private final Database database;
    private final DatabaseClock clock;
    private final FairPick pick;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread thread;
    private Runnable check = () -> {};
    private final TreeSet<Instant> upcoming = new TreeSet<>();
    private boolean dueNow;
    private boolean found;
    private boolean forgot;
    private boolean callForHelp;
    private boolean closed;

    Waker(Database database, DatabaseClock clock, FairPick pick) {
        this.database = database;
        this.clock = clock;
        this.pick = pick;
        this.thread = Thread.ofVirtual().name("task-waker").unstarted(this::run);
    }

    /** Begins, with what looks for due tasks. */
    void start(Runnable check) {
        this.check = check;
        database.notifications().listen(CHANNEL, _ -> check.run(), check);
        thread.start();
    }

    /**
     * Takes note of a task that becomes due.
     *
     * @param others whether other nodes should look as well, since this one is busy
     */
    void dueAt(Instant due, boolean others) {
        lock.lock();
        try {
            callForHelp |= others;
            if (!due.isAfter(clock.now())) {
                dueNow = true;
            } else {
                upcoming.add(due);
                if (upcoming.size() > UPCOMING_MAX) {
                    upcoming.pollLast();
                    forgot = true;
                }
            }
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the database for its time. */
    void readClock() {
        look();
    }

    private void run() {
        long lookAt = System.nanoTime();
        long callAt = System.nanoTime();
        try {
            while (true) {
                if (System.nanoTime() - lookAt >= 0) {
                    lookAt = System.nanoTime() + LOOK.toNanos();
                    look();
                }
                boolean due = await(lookAt - System.nanoTime());
                if (closed) {
                    return;
                }
                if (due) {
                    check.run();
                }
                if (hasForgotten()) {
                    lookAt = System.nanoTime();
                }
                if (System.nanoTime() - callAt >= 0 && takeCall()) {
                    callAt = System.nanoTime() + CALL_NANOS;
                    call();
                }
            }
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits until a task is due, help is called for, or the time is over; returns whether a task is due. */
    private boolean await(long nanos) throws InterruptedException {
        lock.lock();
        try {
            long left = nanos;
            while (!closed && !takeDue() && left > 0) {
                long wait = upcoming.isEmpty()
                        ? left
                        : Math.min(
                                left,
                                Duration.between(clock.now(), upcoming.first()).toNanos());
                if (callForHelp) {
                    changed.awaitNanos(Math.min(wait, CALL_NANOS / 4));
                    takeDue();
                    return found;
                }
                left -= wait - changed.awaitNanos(Math.max(1, wait));
            }
            return found;
        } finally {
            found = false;
            lock.unlock();
        }
    }

    /** Forgets what is due, and says whether there was something. */
    private boolean takeDue() {
        Instant now = clock.now();
        found |= dueNow;
        dueNow = false;
        while (!upcoming.isEmpty() && !upcoming.first().isAfter(now)) {
            upcoming.pollFirst();
            found = true;
        }
        return found;
    }

    /** Returns whether the times that were too many to keep are the next ones now. */
    private boolean hasForgotten() {
        lock.lock();
        try {
            boolean empty = forgot && upcoming.isEmpty();
            forgot &= !empty;
            return empty;
        } finally {
            lock.unlock();
        }
    }

    private boolean takeCall() {
        lock.lock();
        try {
            boolean called = callForHelp;
            callForHelp = false;
            return called;
        } finally {
            lock.unlock();
        }
    }

    private void call() {
        try {
            database.unscoped(handle -> handle.execute("NOTIFY " + CHANNEL));
        } catch (GantryException away) {
            LOG.debug("Other nodes will find the tasks by themselves: {}", away.getMessage());
        }
    }

    private void look() {
        Instant before = clock.local();
        try {
            Outlook outlook = database.unscoped(handle -> handle.createQuery("SELECT clock_timestamp() AS now,"
                            + " (SELECT min(execution_time) FROM job_tasks WHERE NOT picked AND execution_time > clock_timestamp()) AS next,"
                            + " (" + FairPick.COUNT_LANES + ") AS many")
                    .map((row, _) -> new Outlook(
                            instant(row, "now"),
                            row.getTimestamp("next") == null ? null : instant(row, "next"),
                            row.getBoolean("many")))
                    .one());
            clock.adjust(before, outlook.now(), clock.local());
            pick.manyLanes(outlook.manyLanes());
            Instant coming = outlook.next();
            if (coming != null) {
                dueAt(coming, false);
            }
        } catch (GantryException away) {
            LOG.debug("What becomes due next is not known: {}", away.getMessage());
        }
    }

    private static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getTimestamp(column).toInstant();
    }

    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }
}
