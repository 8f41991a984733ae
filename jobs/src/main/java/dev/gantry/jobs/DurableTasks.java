package dev.gantry.jobs;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import dev.gantry.database.Database;
import dev.gantry.database.Transaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that survives the process that does it, on db-scheduler: a task is a row, one node at a time has it, and shows few seconds
 * that it is alive ({@link JobSettings#heartbeat}); after five times as long without a sign another node takes the task over.
 * What a task changes, and its end, are one transaction, which takes effect only while the node still has the task.
 *
 * <p>A node that has nothing to do asks the database every {@link #POLL}; it is woken for what becomes due before.
 * Thread-safe.
 */
public final class DurableTasks implements AutoCloseable {
    static final Duration POLL = Duration.ofSeconds(10);

    private static final String TABLE = "job_tasks";
    private static final Logger LOG = LoggerFactory.getLogger(DurableTasks.class);
    private static final Duration STOP_MAX = Duration.ofSeconds(2);
    private static final Duration RETRY_MIN = Duration.ofSeconds(1);
    private static final Duration RETRY_MAX = Duration.ofMinutes(5);

    /** Failures in a row, after which a task is buried by its handler. */
    static final int FAILURES_MAX = 6;

    /** Work of kinds that this node does not know is left alone, not deleted as db-scheduler would after two weeks. */
    private static final Duration NEVER = Duration.ofDays(36_500);

    private final Database database;
    private final JobSettings settings;
    private final TaskObserver observer;
    private final DatabaseClock clock;
    private final FairPick pick;
    private final Waker waker;
    private final Map<String, TaskHandler> handlers = new ConcurrentHashMap<>();
    private final AtomicInteger running = new AtomicInteger();
    private @Nullable Scheduler scheduler;
    private volatile boolean started;
    private volatile boolean stopping;

    private DurableTasks(Database database, JobSettings settings, TaskObserver observer, Clock clock) {
        this.database = database;
        this.settings = settings;
        this.observer = observer;
        this.clock = new DatabaseClock(clock);
        this.pick = new FairPick(
                handlers.keySet(),
                settings.maxWorkersPerTenant().map(Long::valueOf).orElse(Long.MAX_VALUE));
        this.waker = new Waker(database, this.clock, pick);
    }

    /**
     * Tasks over a migrated database. Nothing runs before {@link #start}.
     *
     * @throws dev.gantry.kernel.GantryException if the database cannot be reached
     */
    public static DurableTasks open(Database database, JobSettings settings, TaskObserver observer, Clock clock) {
        DurableTasks tasks = new DurableTasks(database, settings, observer, clock);
        tasks.waker.readClock();
        return tasks;
    }

    /** Says who does the work of a kind; before {@link #start}. Tasks of other kinds are left to other nodes. */
    public void handle(String kind, TaskHandler handler) {
        if (started) {
            throw new IllegalStateException("The tasks run already");
        }
        if (handlers.putIfAbsent(kind, handler) != null) {
            throw new IllegalArgumentException("Somebody does the work of '" + kind + "' already");
        }
    }

    /** Begins to do what is due. */
    public void start() {
        started = true;
        Scheduler begun = scheduler();
        scheduler = begun;
        begun.start();
        waker.start(begun::triggerCheckForDueExecutions);
    }

    /**
     * Runs work in one transaction that sees one organization, and in which tasks may be added and changed. What is due at
     * once begins when it has committed.
     *
     * @throws dev.gantry.kernel.GantryException if the database cannot be reached
     */
    public <T extends @Nullable Object> T transaction(UUID organization, TaskWork<T> work) {
        return transaction(organization, work, _ -> {});
    }

    <T extends @Nullable Object> T transaction(
            UUID organization, TaskWork<T> work, Consumer<TaskTransaction> committed) {
        List<TaskTransaction> done = new ArrayList<>(1);
        T result = database.together(organization, statements -> {
            TaskTransaction transaction = new TaskTransaction(statements, clock);
            T value = work.in(transaction);
            transaction.flush();
            done.add(transaction);
            return value;
        });
        TaskTransaction transaction = done.getLast();
        committed.accept(transaction);
        boolean busy = running.get() >= settings.maxWorkers();
        transaction.due().forEach(due -> waker.dueAt(due, busy));
        transaction.committed();
        return result;
    }

    /**
     * Runs work within a transaction that somebody else began and ends, and in which tasks may be added and changed then.
     *
     * @param handle of the transaction, which sees the organization
     */
    public <T extends @Nullable Object> T within(Handle handle, UUID organization, TaskWork<T> work) {
        Transaction statements = Transaction.within(handle, organization);
        TaskTransaction transaction = new TaskTransaction(statements, clock);
        try {
            T value = work.in(transaction);
            transaction.flush();
            statements.handle();
            handle.afterCommit(() -> {
                transaction.due().forEach(due -> waker.dueAt(due, false));
                transaction.committed();
            });
            return value;
        } catch (SQLException failure) {
            throw new ConnectionException(failure);
        }
    }

    /** Returns the time of the database, as this node estimates it. */
    public Instant now() {
        return clock.now();
    }

    /** Returns how many tasks this node does at the moment. */
    public int running() {
        return running.get();
    }

    Duration heartbeat() {
        return settings.heartbeat();
    }

    /** Asks the database whether a task is still that which was picked under a number. */
    boolean isHeld(TaskId task, long fence) {
        return database.unscoped(handle -> handle.createQuery("""
                                SELECT EXISTS (SELECT 1 FROM job_tasks
                                WHERE task_name = :kind AND task_instance = :instance AND version = :version)
                                """)
                .bind("kind", task.kind())
                .bind("instance", task.instance())
                .bind("version", fence)
                .mapTo(Boolean.class)
                .one());
    }

    boolean isStopping() {
        return stopping;
    }

    /** Takes no more tasks, lets those that run come to an end within a bound, interrupts the others, and gives them back. */
    @Override
    public void close() {
        stopping = true;
        waker.close();
        Scheduler begun = scheduler;
        if (begun != null && !begun.getSchedulerState().isShuttingDown()) {
            begun.stop();
        }
    }

    private Scheduler scheduler() {
        List<Task<?>> kinds = new ArrayList<>();
        handlers.forEach((kind, handler) -> kinds.add(Tasks.custom(kind, Void.class)
                .onDeadExecution((dead, operations) -> revive(kind, dead, operations))
                // All of the work is done where db-scheduler would only complete it: there are the operations that its
                // last
                // transaction needs.
                .execute((_, _) -> (execution, operations) -> run(kind, handler, execution, operations))));
        return Scheduler.create(database.dataSource(), kinds)
                .tableName(TABLE)
                .schedulerName(new SchedulerName.Fixed(Ids.next().toString()))
                .clock(clock)
                .threads(settings.maxWorkers())
                .executorService(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("task-", 0).factory()))
                .jdbcCustomization(pick)
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(POLL)
                .heartbeatInterval(settings.heartbeat())
                .missedHeartbeatsLimit(JobSettings.HEARTBEATS_MISSED_MAX)
                .deleteUnresolvedAfter(NEVER)
                .shutdownMaxWait(STOP_MAX)
                .enablePriority()
                .build();
    }

    private void revive(String kind, ExecutionComplete dead, ExecutionOperations<Void> operations) {
        LOG.warn(
                "The task {} {} is taken over from node {}, which shows no sign of life",
                kind,
                dead.getExecution().getId(),
                dead.getExecution().pickedBy);
        operations.reschedule(dead, clock.now());
        observer.takenOver(kind);
        waker.dueAt(clock.now(), false);
    }

    private void run(
            String kind, TaskHandler handler, ExecutionComplete execution, ExecutionOperations<Void> operations) {
        TaskId id = TaskId.of(kind, execution.getExecution().getId());
        RunningTask task = new RunningTask(this, id, execution);
        Instant begun = clock.now();
        observer.started(kind, Duration.between(task.due(), begun));
        running.incrementAndGet();
        String outcome = "done";
        try {
            handler.run(task);
            if (!task.hasEnded()) {
                throw new IllegalStateException("The work ended, and its task did not");
            }
            outcome = task.willRunAgain() ? "again" : "done";
        } catch (TaskLost lost) {
            LOG.info("{}", lost.getMessage());
            outcome = "lost";
        } catch (Exception | LinkageError failure) {
            outcome = isBuried(task, handler, failure) ? "dead" : giveBack(task, execution, operations, failure);
        } finally {
            running.decrementAndGet();
            observer.ended(kind, outcome, Duration.between(begun, clock.now()));
            if (settings.maxWorkersPerTenant().isPresent()) {
                // Somebody may have waited for this very place.
                waker.dueAt(clock.now(), true);
            }
        }
    }

    private boolean isBuried(RunningTask task, TaskHandler handler, Throwable failure) {
        if (task.hasEnded() || stopping || isOwnTrouble(failure) || task.failures() + 1 < FAILURES_MAX) {
            return false;
        }
        try {
            handler.bury(task, failure);
            if (task.hasEnded()) {
                LOG.error("The task {} failed again and again, and is given up", task.id(), failure);
                observer.dead(task.id().kind());
            }
            return task.hasEnded();
        } catch (Exception alsoFailed) {
            failure.addSuppressed(alsoFailed);
            return false;
        }
    }

    /** Says nothing about the task: every other would fail as well. */
    private static boolean isOwnTrouble(Throwable failure) {
        return failure instanceof InterruptedException
                || (failure instanceof GantryException known
                        && known.code().kind() == ErrorCode.Kind.INTERNAL
                        && known.code().retriable());
    }

    /** Lets the task be tried later; when that cannot be written either, it will seem dead, and be taken over. */
    private String giveBack(
            RunningTask task, ExecutionComplete execution, ExecutionOperations<Void> operations, Throwable failure) {
        boolean interrupted = Thread.interrupted() || stopping;
        Duration delay = interrupted ? Duration.ZERO : retryDelay(task.failures());
        if (!interrupted) {
            LOG.warn("The task {} failed, and will be tried again in {}", task.id(), delay, failure);
        }
        if (task.hasEnded()) {
            return "failed";
        }
        try {
            Instant due = clock.now().plus(delay);
            operations.reschedule(
                    interrupted || isOwnTrouble(failure)
                            ? execution
                            : ExecutionComplete.failure(
                                    execution.getExecution(),
                                    execution.getTimeDone(),
                                    execution.getTimeDone(),
                                    failure),
                    due);
            waker.dueAt(due, interrupted);
        } catch (RuntimeException unwritten) {
            LOG.warn("The task {} could not be given back: {}", task.id(), unwritten.getMessage());
        }
        return interrupted ? "stopped" : "failed";
    }

    private static Duration retryDelay(int failures) {
        Duration delay = RETRY_MIN.multipliedBy(1L << Math.min(failures, 10));
        return delay.compareTo(RETRY_MAX) < 0 ? delay : RETRY_MAX;
    }
}
