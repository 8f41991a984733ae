package dev.gantry.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.RowLevelSecurityCheck;
import dev.gantry.testing.TestingDatabase;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class JobsTest {
    private static final UUID ORGANIZATION = Ids.next();
    private static final JobSettings SETTINGS =
            new JobSettings(20, Optional.empty(), 3, Duration.ofMillis(10), Duration.ofDays(30), JobSettings.HEARTBEAT);

    private TestingDatabase database;
    private DurableTasks tasks;
    private Jobs jobs;

    @BeforeEach
    void open() {
        database = TestingDatabase.open("jobs");
        tasks = DurableTasks.open(database.database(), SETTINGS, TaskObserver.NONE, Clock.systemUTC());
        jobs = new Jobs(tasks, SETTINGS, TaskObserver.NONE);
    }

    @AfterEach
    void close() {
        tasks.close();
        database.close();
    }

    @Test
    void shouldKeepWhatAJobLeft() throws Exception {
        UUID id = start(job -> Json.object().put("seen", job.payload().get("x").asInt() + 1), 3);

        Job job = over(id);
        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(job.result()).isEqualTo(Json.object().put("seen", 42));
        assertThat(job.progress()).isEqualTo(100);
        assertThat(job.attempts()).isOne();
    }

    @Test
    void shouldTryAJobAgainUntilItSucceeds() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        UUID id = start(
                _ -> {
                    if (runs.incrementAndGet() < 3) {
                        throw new IllegalStateException("not yet");
                    }
                    return null;
                },
                3);

        Job job = over(id);
        assertThat(job.state()).isEqualTo(JobState.DONE);
        assertThat(job.attempts()).isEqualTo(3);
    }

    @Test
    void shouldBuryAJobThatFailsForGoodWithItsReason() throws Exception {
        UUID id = start(
                _ -> {
                    throw new IllegalStateException("no disk");
                },
                2);

        Job job = over(id);
        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.attempts()).isEqualTo(3);
        assertThat(job.reason()).contains("no disk");
        assertThat(tasksLeft()).isZero();
    }

    @Test
    void shouldNotTryAgainWhatIsHopeless() throws Exception {
        UUID id = start(
                _ -> {
                    throw new JobFailed("the repository does not exist");
                },
                3);

        Job job = over(id);
        assertThat(job.attempts()).isOne();
        assertThat(job.reason()).isEqualTo("the repository does not exist");
    }

    @Test
    void shouldBuryAJobThatTakesItsProcessWithItEveryTime() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        prepare(
                _ -> {
                    runs.incrementAndGet();
                    return null;
                },
                1);
        UUID id = add();
        database.asSuperuser("UPDATE gantry.jobs SET attempts = 2, state = 'running', reason = 'exit 137'");
        tasks.start();

        Job job = over(id);
        assertThat(job.state()).isEqualTo(JobState.DEAD);
        assertThat(job.reason()).contains("exit 137");
        assertThat(runs.get()).isZero();
    }

    @Test
    void shouldReviveADeadJob() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        UUID id = start(
                _ -> {
                    if (runs.incrementAndGet() == 1) {
                        throw new JobFailed("broken");
                    }
                    return null;
                },
                0);
        assertThat(over(id).state()).isEqualTo(JobState.DEAD);

        assertThat(jobs.revive(ORGANIZATION, id)).isTrue();

        assertThat(over(id).state()).isEqualTo(JobState.DONE);
        assertThat(jobs.revive(ORGANIZATION, id)).isFalse();
    }

    @Test
    void shouldStopAJobThatWasCancelledAndKeepNothingOfIt() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch cancelled = new CountDownLatch(1);
        AtomicReference<Throwable> told = new AtomicReference<>();
        UUID id = start(
                job -> {
                    begun.countDown();
                    cancelled.await();
                    try {
                        job.progress(50);
                    } catch (TaskLost lost) {
                        told.set(lost);
                        throw lost;
                    }
                    return Json.object();
                },
                3);
        begun.await();
        assertThat(jobs.cancel(ORGANIZATION, id)).isTrue();
        cancelled.countDown();

        Eventually.holds("the work is told", () -> told.get() != null);
        Job job = over(id);
        assertThat(job.state()).isEqualTo(JobState.CANCELLED);
        assertThat(job.progress()).isZero();
        assertThat(job.result()).isNull();
        assertThat(jobs.cancel(ORGANIZATION, id)).isFalse();
    }

    @Test
    void shouldAcceptAJobOfANameOnce() {
        prepare(_ -> null, 3);
        JobRequest request = new JobRequest("analysis", Json.object(), JobPriority.NORMAL, "nightly", null);

        UUID first = jobs.add(ORGANIZATION, request);
        UUID second = jobs.add(ORGANIZATION, request);
        UUID elsewhere = jobs.add(Ids.next(), request);

        assertThat(second).isEqualTo(first);
        assertThat(elsewhere).isNotEqualTo(first);
        assertThat(tasksLeft()).isEqualTo(2);
    }

    @Test
    void shouldRefuseAPayloadThatIsTooLong() {
        prepare(_ -> null, 3);

        assertThatThrownBy(() -> jobs.add(
                        ORGANIZATION, new JobRequest("analysis", Json.object().put("x", "y".repeat(70_000)))))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("65536 bytes");
    }

    @Test
    void shouldListJobsNewestFirstInPages() {
        prepare(_ -> null, 3);
        UUID first = add();
        UUID second = add();
        UUID third = add();

        List<Job> page = jobs.list(ORGANIZATION, "analysis", JobState.WAITING, null, 2);
        List<Job> rest = jobs.list(
                ORGANIZATION,
                null,
                null,
                new TimeCursor(page.getLast().createdAt(), page.getLast().id()),
                2);

        assertThat(page).extracting(Job::id).containsExactly(third, second);
        assertThat(rest).extracting(Job::id).containsExactly(first);
        assertThat(jobs.list(Ids.next(), null, null, null, 10)).isEmpty();
    }

    @Test
    void shouldForgetJobsThatAreOverForLong() throws Exception {
        UUID old = start(_ -> null, 3);
        over(old);
        database.asSuperuser("UPDATE gantry.jobs SET finished_at = now() - interval '31 days'");
        UUID id = add();
        over(id);

        assertThat(jobs.find(ORGANIZATION, old)).isEmpty();
    }

    @Test
    void shouldKeepOrganizationsApart() {
        assertThat(new RowLevelSecurityCheck(database.superuserJdbcUrl(), Set.of("job_tasks")).verify())
                .contains("jobs", "job_schedules");
    }

    private UUID start(JobHandler handler, int retries) {
        prepare(handler, retries);
        tasks.start();
        return add();
    }

    private void prepare(JobHandler handler, int retries) {
        jobs.handle(new JobKind("analysis", retries, Duration.ofMillis(10)), handler);
    }

    private UUID add() {
        return jobs.add(ORGANIZATION, new JobRequest("analysis", Json.object().put("x", 41)));
    }

    private Job over(UUID id) throws InterruptedException {
        Eventually.holds(
                "the job is over",
                () -> jobs.find(ORGANIZATION, id).orElseThrow().state().isOver());
        return jobs.find(ORGANIZATION, id).orElseThrow();
    }

    private long tasksLeft() {
        return database.database()
                .unscoped(handle -> handle.createQuery("SELECT count(*) FROM job_tasks")
                        .mapTo(Long.class)
                        .one());
    }
}
