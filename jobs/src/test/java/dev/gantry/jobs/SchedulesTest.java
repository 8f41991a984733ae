package dev.gantry.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulesTest {
    private static final UUID ORGANIZATION = Ids.next();

    private TestingDatabase database;
    private final List<DurableTasks> nodes = new ArrayList<>();
    private final List<Instant> fired = Collections.synchronizedList(new ArrayList<>());
    private Schedules schedules;

    @BeforeEach
    void open() {
        database = TestingDatabase.open("jobs");
        schedules = node((_, _, _, at) -> fired.add(at));
        node((_, _, _, at) -> fired.add(at));
    }

    @AfterEach
    void close() {
        nodes.forEach(DurableTasks::close);
        database.close();
    }

    @Test
    void shouldFireOnceOverAllNodesAndGoOnWithTheNextTime() throws Exception {
        put(MissedRuns.ONCE);
        makeDue("1 minute");
        start();

        Eventually.holds("it fired", () -> only().fired() == 1);

        assertThat(fired).hasSize(1);
        assertThat(only().nextAt()).isAfter(Instant.now());
    }

    @Test
    void shouldMakeUpForMissedTimesAsAsked() throws Exception {
        for (MissedRuns missed : MissedRuns.values()) {
            put(missed);
        }
        makeDue("3 hours");
        start();

        Eventually.holds(
                "all moved on",
                () -> schedules.list(ORGANIZATION, "report").stream()
                        .allMatch(schedule ->
                                Objects.requireNonNull(schedule.nextAt()).isAfter(Instant.now())));

        assertThat(schedules.list(ORGANIZATION, "report"))
                .extracting(Schedule::name, Schedule::fired)
                .containsExactly(tuple("all", 100L), tuple("once", 1L), tuple("skip", 1L));
        assertThat(fired)
                .as("the latest of more than there may be")
                .allSatisfy(at -> assertThat(at).isAfter(Instant.now().minus(Duration.ofMinutes(102))));
    }

    @Test
    void shouldKeepWhyAFiringFailedAndGoOn() throws Exception {
        nodes.forEach(DurableTasks::close);
        nodes.clear();
        schedules = node((transaction, _, _, _) -> {
            transaction.schedule(new TaskId("other", ORGANIZATION, Ids.next()), JobPriority.NORMAL);
            throw new IllegalStateException("the workflow does not exist");
        });
        put(MissedRuns.ONCE);
        makeDue("1 minute");
        start();

        Eventually.holds("it moved on", () -> only().problem() != null);

        assertThat(only().problem()).isEqualTo("the workflow does not exist");
        assertThat(only().fired()).isZero();
        assertThat(taskNames()).containsExactly("schedule.report");
    }

    @Test
    void shouldNotFireWhatWasRemovedOrSwitchedOff() {
        put(MissedRuns.ONCE);
        assertThat(schedules.remove(ORGANIZATION, "report", "once")).isTrue();
        assertThat(schedules.remove(ORGANIZATION, "report", "once")).isFalse();
        Schedule off = schedules.put(
                ORGANIZATION,
                new ScheduleRequest("report", "off", "* * * * *", "UTC", MissedRuns.ONCE, false, Json.object()));

        assertThat(off.nextAt()).isNull();
        assertThat(taskNames()).isEmpty();
    }

    @Test
    void shouldGoByTheTimeZone() {
        CronTimes times = CronTimes.parse("30 2 * * *", "Europe/Berlin");

        assertThat(times.after(Instant.parse("2026-01-10T00:00:00Z"))).contains(Instant.parse("2026-01-10T01:30:00Z"));
        assertThat(times.after(Instant.parse("2026-07-10T00:00:00Z"))).contains(Instant.parse("2026-07-10T00:30:00Z"));
    }

    @Test
    void shouldFireOnceInTheNightThatHasAnHourTwice() {
        CronTimes times = CronTimes.parse("30 2 * * *", "Europe/Berlin");
        Instant first = times.after(Instant.parse("2026-10-24T12:00:00Z")).orElseThrow();

        assertThat(times.after(first))
                .hasValueSatisfying(next -> assertThat(next).isEqualTo(Instant.parse("2026-10-26T01:30:00Z")));
    }

    @Test
    void shouldRefuseWhatIsNoTime() {
        assertThatThrownBy(() -> CronTimes.parse("61 * * * *", "UTC"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("'61 * * * *' is not a cron expression of five fields");
        assertThatThrownBy(() -> CronTimes.parse("* * * * *", "Mars/Olympus"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("'Mars/Olympus' is not a time zone");
        schedules = node((_, _, _, _) -> {});
        assertThatThrownBy(() -> schedules.put(
                        ORGANIZATION,
                        new ScheduleRequest(
                                "report", "never", "30 2 31 2 *", "UTC", MissedRuns.ONCE, true, Json.object())))
                .isInstanceOf(GantryException.class)
                .hasMessage("'30 2 31 2 *' never comes: there is no such day");
    }

    private Schedules node(ScheduleHandler handler) {
        DurableTasks tasks =
                DurableTasks.open(database.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        nodes.add(tasks);
        Schedules made = new Schedules(tasks);
        made.handle("report", handler);
        return made;
    }

    private void start() {
        nodes.forEach(DurableTasks::start);
    }

    private void put(MissedRuns missed) {
        schedules.put(
                ORGANIZATION,
                new ScheduleRequest("report", missed.id(), "* * * * *", "UTC", missed, true, Json.object()));
    }

    private Schedule only() {
        return schedules.list(ORGANIZATION, "report").getFirst();
    }

    private List<String> taskNames() {
        return database.database()
                .unscoped(handle -> handle.createQuery("SELECT task_name FROM job_tasks")
                        .mapTo(String.class)
                        .list());
    }

    /** Sets everything back, as if no node had run for as long. */
    private void makeDue(String ago) {
        database.asSuperuser("UPDATE gantry.job_schedules SET next_at = date_trunc('minute', now()) - interval '" + ago
                + "'; UPDATE gantry.job_tasks SET execution_time = now() - interval '" + ago + "'");
    }
}
