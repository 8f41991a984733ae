package dev.gantry.triggers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.jobs.MissedRuns;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.runs.RunState;
import dev.gantry.runs.RunView;
import dev.gantry.runs.Starter;
import dev.gantry.testing.Eventually;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class SchedulesOfWorkflowsTest {
    private static final TriggerSource EVERY_MINUTE =
            new TriggerSource.AtTimes("* * * * *", "Europe/Berlin", MissedRuns.ONCE);

    private TestingTriggers world;

    @BeforeEach
    void open() {
        world = new TestingTriggers(TriggerSettings.defaults());
        world.workflow("shared/report", """
                name: report
                inputs: {at: {type: string, required: true}, depth: {type: integer, default: 3}}
                outputs: {said: "${steps.say.output}"}
                steps: [{id: say, type: transform, params: {value: "${inputs.at} ${inputs.depth}"}}]
                """);
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void shouldStartOneRunAtATimeWhicheverNodeIsThere() throws Exception {
        world.triggers.put(world.request("nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"${event.at}\"}"));
        world.makeDue("5 minutes");
        world.start();

        Eventually.holds(
                "the run is over", () -> world.all().stream().anyMatch(run -> run.state() == RunState.SUCCEEDED));

        RunView run = world.all().getFirst();
        assertThat(world.all()).hasSize(1);
        assertThat(run.cause()).isEqualTo("schedule:nightly");
        assertThat(run.starter()).isEqualTo(world.ann);
        assertThat(String.valueOf(run.outputs())).matches("\\{\"said\":\"20.*:00Z 3\"}");
        Trigger after = world.get(TriggerKind.SCHEDULE, "nightly");
        assertThat(after.started()).isOne();
        assertThat(after.lastRun()).isEqualTo(run.id());
        assertThat(after.nextAt()).isAfter(Instant.now());
    }

    @Test
    void shouldMakeUpForAsManyMissedTimesAsAskedAndNoMoreThanMayBe() throws Exception {
        for (MissedRuns missed : MissedRuns.values()) {
            world.triggers.put(world.request(
                    missed.name().toLowerCase(Locale.ROOT),
                    "shared/report",
                    new TriggerSource.AtTimes("* * * * *", "UTC", missed),
                    "{\"at\": \"x\"}"));
        }
        world.makeDue("3 hours");
        world.start();

        Eventually.holds(
                "all started",
                () -> world.get(TriggerKind.SCHEDULE, "all").started() == 100
                        && world.get(TriggerKind.SCHEDULE, "once").started() == 1);

        assertThat(world.get(TriggerKind.SCHEDULE, "skip").started()).isLessThanOrEqualTo(1);
    }

    @Test
    void shouldStopWithAReasonWhenItsOwnerIsGoneAndGoOnWhenResumed() throws Exception {
        world.triggers.put(world.request("nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"x\"}"));
        world.deactivated.add(world.ann.principal());
        world.makeDue("5 minutes");
        world.start();

        Eventually.holds(
                "it stopped", () -> world.get(TriggerKind.SCHEDULE, "nightly").state() == TriggerState.STOPPED);

        Trigger stopped = world.get(TriggerKind.SCHEDULE, "nightly");
        assertThat(stopped.reason())
                .isEqualTo("Its owner ann@example.com was deactivated, or the API key with which it was set up was"
                        + " revoked or has expired");
        assertThat(stopped.nextAt()).isNull();
        assertThat(world.all()).isEmpty();

        world.deactivated.clear();
        Starter otherKey =
                new Starter(world.organization, world.ann.principal(), Ids.next(), "ann@example.com", "platform", null);
        Trigger resumed = world.triggers.resume(otherKey, TriggerKind.SCHEDULE, "nightly");
        assertThat(resumed.state()).isEqualTo(TriggerState.ACTIVE);
        assertThat(resumed.owner().key()).isEqualTo(otherKey.key());
        assertThat(resumed.nextAt()).isNotNull();
    }

    @Test
    void shouldKeepWhyARunCouldNotBeStartedAndGoOn() throws Exception {
        world.triggers.put(world.request("nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"x\"}"));
        world.workflows.clear();
        world.makeDue("5 minutes");
        world.start();

        Eventually.holds(
                "it failed", () -> world.get(TriggerKind.SCHEDULE, "nightly").failed() == 1);

        Trigger after = world.get(TriggerKind.SCHEDULE, "nightly");
        assertThat(after.problem()).isEqualTo("There is no workflow 'shared/report'");
        assertThat(after.state()).isEqualTo(TriggerState.ACTIVE);
        assertThat(after.nextAt()).isNotNull();
    }

    @Test
    void shouldStopAfterManyFailuresInARow() throws Exception {
        world.triggers.put(world.request(
                "nightly",
                "shared/report",
                new TriggerSource.AtTimes("* * * * *", "UTC", MissedRuns.ALL),
                "{\"at\": \"x\"}"));
        world.workflows.clear();
        world.makeDue("1 hour");
        world.start();

        Eventually.holds(
                "it stopped", () -> world.get(TriggerKind.SCHEDULE, "nightly").state() == TriggerState.STOPPED);

        assertThat(world.get(TriggerKind.SCHEDULE, "nightly").reason())
                .startsWith("It failed 20 times in a row, at last: There is no workflow");
    }

    @Test
    void shouldStartNothingWhilePausedUnlessAskedTo() {
        world.triggers.put(world.request("nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"${event.manual}!\"}"));
        Trigger paused = world.triggers.pause(world.organization, TriggerKind.SCHEDULE, "nightly");
        assertThat(paused.nextAt()).isNull();
        assertThat(world.database
                        .database()
                        .<Long>unscoped(handle -> handle.createQuery(
                                        "SELECT count(*) FROM job_tasks WHERE task_name = 'schedule.workflow'")
                                .mapTo(Long.class)
                                .one()))
                .isZero();

        world.start();
        assertThat(world.all()).isEmpty();
        assertThat(world.triggers.runNow(world.organization, "nightly"))
                .isEqualTo(world.get(TriggerKind.SCHEDULE, "nightly").lastRun());
        assertThat(Objects.requireNonNull(world.all().getFirst().inputs())
                        .path("at")
                        .asText())
                .isEqualTo("true!");
    }

    @Test
    void shouldRefuseWhatDoesNotFitTheWorkflowAndNameAllOfIt() {
        assertThatThrownBy(() -> world.triggers.put(world.request(
                        "nightly",
                        "shared/report",
                        EVERY_MINUTE,
                        "{\"dept\": 1, \"depth\": \"${event.at + 1 +}\", \"x\": \"${run.id}\"}")))
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.errors())
                                .extracting(GantryException.FieldError::pointer)
                                .contains("/inputs/dept", "/inputs/depth", "/inputs/x", "/inputs/at"));
        assertThatThrownBy(() -> world.triggers.put(world.request(
                        "nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"x\", \"depth\": \"${size(event)} \"}")))
                .hasMessageContaining("'inputs.depth' must be a whole number");
        assertThatThrownBy(() -> world.triggers.put(world.request(
                        "nightly",
                        "shared/report",
                        new TriggerSource.AtTimes("61 * * * *", "UTC", MissedRuns.ONCE),
                        "{\"at\": \"x\"}")))
                .hasMessageContaining("is not a cron expression");
        assertThat(world.triggers.list(world.organization, TriggerKind.SCHEDULE))
                .isEmpty();
    }

    @Test
    void shouldReplaceOneOfTheSameNameAndLeaveNothingOfOneThatIsRemoved() {
        world.triggers.put(world.request("nightly", "shared/report", EVERY_MINUTE, "{\"at\": \"x\"}"));
        Triggers.Put again = world.triggers.put(world.request(
                "nightly",
                "shared/report",
                new TriggerSource.AtTimes("0 3 * * *", "UTC", MissedRuns.SKIP),
                "{\"at\": \"y\"}"));
        assertThat(again.isNew()).isFalse();
        assertThat(world.triggers.list(world.organization, TriggerKind.SCHEDULE))
                .hasSize(1);

        world.triggers.delete(world.organization, TriggerKind.SCHEDULE, "nightly");

        assertThat(world.triggers.list(world.organization, TriggerKind.SCHEDULE))
                .isEmpty();
        assertThat(List.of("triggers", "job_schedules", "job_tasks"))
                .allSatisfy(table -> assertThat(rows(table)).as(table).isZero());
    }

    private long rows(String table) {
        return world.database
                .database()
                .inOrganization(
                        world.organization,
                        handle -> handle.createQuery("SELECT count(*) FROM " + table)
                                .mapTo(Long.class)
                                .one());
    }
}
