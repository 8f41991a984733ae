package dev.gantry.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Ids;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DurableTasksTest {
    private static final UUID ORGANIZATION = Ids.next();

    private TestingDatabase database;
    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeEach
    void open() {
        database = TestingDatabase.open("jobs");
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable part : opened.reversed()) {
            part.close();
        }
        database.close();
    }

    @Test
    void shouldRunATaskOnceItsTransactionHasCommitted() throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        DurableTasks tasks = node(20, task -> {
            task.transaction(transaction -> {
                transaction.finish();
                return null;
            });
            done.countDown();
        });

        assertThatThrownBy(() -> tasks.transaction(ORGANIZATION, transaction -> {
                    transaction.schedule(task(), JobPriority.NORMAL);
                    throw new IllegalStateException("rolled back");
                }))
                .hasMessageContaining("rolled back");
        assertThat(count()).isZero();
        tasks.transaction(ORGANIZATION, transaction -> {
            transaction.schedule(task(), JobPriority.NORMAL);
            return null;
        });

        Eventually.await(done);
        Eventually.holds("the task is gone", () -> count() == 0);
    }

    @Test
    void shouldLetOrganizationsTakeTurnsWhateverWaitsInFront() throws Exception {
        UUID flooding = UUID.fromString("00000000-0000-7000-8000-000000000000");
        UUID modest = Ids.next();
        List<UUID> order = Collections.synchronizedList(new ArrayList<>());
        DurableTasks tasks = prepared(1, task -> {
            order.add(task.id().organization());
            finish(task);
        });
        add(tasks, flooding, 50, JobPriority.HIGH);
        add(tasks, modest, 2, JobPriority.LOW);
        tasks.start();

        Eventually.holds("all are done", () -> order.size() == 52);

        // Between two that have as many running the dice decide, so that it may come a few turns late.
        assertThat(order.lastIndexOf(modest)).isLessThan(25);
    }

    @Test
    void shouldDoTheUrgentFirstWithinAnOrganization() throws Exception {
        List<UUID> order = Collections.synchronizedList(new ArrayList<>());
        DurableTasks tasks = prepared(1, task -> {
            order.add(task.id().id());
            finish(task);
        });
        UUID low = add(tasks, ORGANIZATION, 1, JobPriority.LOW);
        UUID normal = add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);
        UUID high = add(tasks, ORGANIZATION, 1, JobPriority.HIGH);
        tasks.start();

        Eventually.holds("all are done", () -> order.size() == 3);

        assertThat(order).containsExactly(high, normal, low);
    }

    @Test
    void shouldRunNoMoreOfAnOrganizationThanAllowedOverAllNodes() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        AtomicInteger done = new AtomicInteger();
        TaskHandler handler = task -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            Thread.sleep(5);
            now.decrementAndGet();
            finish(task);
            done.incrementAndGet();
        };
        JobSettings settings = new JobSettings(
                20, Optional.of(3), 3, Duration.ofSeconds(60), Duration.ofDays(30), JobSettings.HEARTBEAT);
        DurableTasks first = open(settings, Clock.systemUTC(), handler);
        DurableTasks second = open(settings, Clock.systemUTC(), handler);
        add(first, ORGANIZATION, 40, JobPriority.NORMAL);
        first.start();
        second.start();

        Eventually.holds("all are done", () -> done.get() == 40);

        assertThat(most.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void shouldTakeOverTheTaskOfADeadNode() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DurableTasks tasks = prepared(20, task -> {
            runs.incrementAndGet();
            finish(task);
        });
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);
        database.asSuperuser("""
                UPDATE gantry.job_tasks SET picked = true, picked_by = 'dead', version = 2,
                    last_heartbeat = now() - interval '%d seconds'
                """.formatted(JobSettings.defaults().deadAfter().toSeconds() + 1));
        tasks.start();

        Eventually.holds("it is done", () -> count() == 0);

        assertThat(runs.get()).isOne();
    }

    @Test
    void shouldLeaveATaskAloneWhoseNodeIsAlive() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DurableTasks tasks = prepared(20, task -> {
            runs.incrementAndGet();
            finish(task);
        });
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);
        database.asSuperuser(
                "UPDATE gantry.job_tasks SET picked = true, picked_by = 'alive', version = 2, last_heartbeat = now()");
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);
        tasks.start();

        Eventually.holds("the other is done", () -> runs.get() == 1 && count() == 1);
    }

    @Test
    void shouldLetNothingOfANodeTakeEffectThatLostItsTask() throws Exception {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        CountDownLatch refused = new CountDownLatch(1);
        DurableTasks tasks = node(20, task -> {
            database.asSuperuser("UPDATE gantry.job_tasks SET version = version + 1");
            try {
                task.transaction(transaction -> {
                    transaction.schedule(
                            task(), JobPriority.NORMAL, Instant.now().plusSeconds(3600));
                    transaction.finish();
                    return null;
                });
            } catch (TaskLost lost) {
                refusal.set(lost);
                refused.countDown();
                throw lost;
            }
        });
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);

        Eventually.await(refused);

        assertThat(refusal.get()).isInstanceOf(TaskLost.class);
        assertThat(count()).isOne();
    }

    @Test
    void shouldLetNothingTakeEffectOfATaskThatWasRemoved() throws Exception {
        AtomicReference<Throwable> refusal = new AtomicReference<>();
        CountDownLatch refused = new CountDownLatch(1);
        DurableTasks tasks = node(20, task -> {
            database.asSuperuser("DELETE FROM gantry.job_tasks");
            try {
                task.transaction(_ -> null);
            } catch (TaskLost lost) {
                refusal.set(lost);
                refused.countDown();
                throw lost;
            }
        });
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);

        Eventually.await(refused);
        assertThat(refusal.get()).isInstanceOf(TaskLost.class);
    }

    @Test
    void shouldTryATaskAgainWhoseWorkFailed() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        DurableTasks tasks = node(20, task -> {
            if (runs.incrementAndGet() == 1) {
                throw new IllegalStateException("once");
            }
            finish(task);
        });
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);

        Eventually.holds("it is done", () -> count() == 0);

        assertThat(runs.get()).isEqualTo(2);
    }

    @Test
    void shouldWakeForWhatBecomesDueBeforeTheNextPoll() throws Exception {
        List<UUID> order = Collections.synchronizedList(new ArrayList<>());
        DurableTasks tasks = node(20, task -> {
            order.add(task.id().id());
            finish(task);
        });
        UUID later = Ids.next();
        UUID sooner = Ids.next();
        long begun = System.nanoTime();
        tasks.transaction(ORGANIZATION, transaction -> {
            Instant now = transaction.now();
            transaction.schedule(new TaskId("work", ORGANIZATION, later), JobPriority.NORMAL, now.plusMillis(300));
            transaction.schedule(new TaskId("work", ORGANIZATION, sooner), JobPriority.NORMAL, now.plusMillis(100));
            return null;
        });

        Eventually.holds("both are done", () -> order.size() == 2);

        assertThat(order).containsExactly(sooner, later);
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isLessThan(DurableTasks.POLL.minusSeconds(1));
    }

    @Test
    void shouldGoByTheClockOfTheDatabaseAndNotByItsOwn() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Clock fast = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
        DurableTasks tasks = open(settings(20), fast, task -> {
            runs.incrementAndGet();
            finish(task);
        });
        database.asSuperuser("""
                INSERT INTO gantry.job_tasks (task_name, task_instance, execution_time, picked, version)
                VALUES ('work', '%s/%s', now() + interval '1 hour', false, 1)
                """.formatted(ORGANIZATION, Ids.next()));
        add(tasks, ORGANIZATION, 1, JobPriority.NORMAL);
        tasks.start();

        Eventually.holds("the one that is due is done", () -> runs.get() == 1 && count() == 1);
    }

    @Test
    void shouldGiveWorkBackWhenTheNodeStops() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        DurableTasks first = node(20, _ -> {
            begun.countDown();
            new CountDownLatch(1).await();
        });
        add(first, ORGANIZATION, 1, JobPriority.NORMAL);
        Eventually.await(begun);
        first.close();

        CountDownLatch done = new CountDownLatch(1);
        node(20, task -> {
            finish(task);
            done.countDown();
        });

        Eventually.await(done);
    }

    private DurableTasks node(int workers, TaskHandler handler) {
        DurableTasks tasks = prepared(workers, handler);
        tasks.start();
        return tasks;
    }

    private DurableTasks prepared(int workers, TaskHandler handler) {
        return open(settings(workers), Clock.systemUTC(), handler);
    }

    private DurableTasks open(JobSettings settings, Clock clock, TaskHandler handler) {
        DurableTasks tasks = DurableTasks.open(database.database(), settings, TaskObserver.NONE, clock);
        tasks.handle("work", handler);
        opened.add(tasks);
        return tasks;
    }

    private static JobSettings settings(int workers) {
        return new JobSettings(
                workers, Optional.empty(), 3, Duration.ofSeconds(60), Duration.ofDays(30), JobSettings.HEARTBEAT);
    }

    private static TaskId task() {
        return new TaskId("work", ORGANIZATION, Ids.next());
    }

    /** Adds tasks; returns the id of the last. */
    private static UUID add(DurableTasks tasks, UUID organization, int count, JobPriority priority) {
        return tasks.transaction(organization, transaction -> {
            UUID id = Ids.next();
            for (int nth = 0; nth < count; nth++) {
                id = Ids.next();
                transaction.schedule(new TaskId("work", organization, id), priority);
            }
            return id;
        });
    }

    private static void finish(RunningTask task) {
        task.transaction(transaction -> {
            transaction.finish();
            return null;
        });
    }

    private long count() {
        return database.database()
                .unscoped(handle -> handle.createQuery("SELECT count(*) FROM job_tasks")
                        .mapTo(Long.class)
                        .one());
    }
}
