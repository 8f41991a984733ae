package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of those who wait while a run is paused, and of runs within runs that are too many. */
class PausesTest {
    private static TestingRuns node;

    @BeforeAll
    static void open() {
        node = new TestingRuns();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    @Test
    void shouldGiveApproversTheTimeBackInWhichTheRunWasPaused() throws Exception {
        Action.Approve approve = new Action.Approve(
                Flows.slot("inputs.x"),
                List.of("ann@example.com"),
                1,
                Duration.ofMinutes(5),
                Action.OnTimeout.APPROVE,
                null,
                true);
        UUID run = node.start(Flows.workflow("steps.ask.output", Flows.step("ask", approve, Flows.ONCE)), "?");
        node.runs.pause(TestingRuns.ORGANIZATION, run, "ann");
        passed(run, "1 hour");

        node.runs.resume(TestingRuns.ORGANIZATION, run, "ann");

        RunView view = node.show(run);
        assertThat(node.step(view, "ask").state()).isEqualTo(StepState.WAITING);
        assertThat(Objects.requireNonNull(node.step(view, "ask").dueAt()))
                .isBetween(
                        Instant.now().plus(Duration.ofMinutes(4)), Instant.now().plus(Duration.ofMinutes(6)));
        node.runs.decide(TestingRuns.ORGANIZATION, run, null, new Approver("ann", "ann@example.com"::equals), true, "");
        assertThat(node.over(run).outputs())
                .hasToString("{\"result\":{\"approved\":true,\"by\":\"ann\",\"comment\":\"\"}}");
    }

    @Test
    void shouldLetTheTimeOfAWaitPassWhileTheRunIsPaused() throws Exception {
        Step sleep = Flows.step("sleep", new Action.Pause(Duration.ofMillis(200)), Flows.ONCE);
        UUID run = node.start(Flows.workflow("inputs.x", sleep), "x");
        node.runs.pause(TestingRuns.ORGANIZATION, run, "ann");
        node.until(run, _ -> tasksLeft(run) == 0);

        node.runs.resume(TestingRuns.ORGANIZATION, run, "ann");

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldGoOnWithWhatACallSentOnceAndOnlyForWhoWasToldTheAddress() throws Exception {
        Action.AwaitWebhook call = new Action.AwaitWebhook(
                Duration.ofMinutes(5), false, new DataType.ObjectOf(Map.of("ok", DataType.Simple.BOOLEAN)));
        UUID run = node.start(
                Flows.workflow(
                        "steps.told.output.echo",
                        Flows.pattern("told", "run.hooks.answer"),
                        Flows.step("answer", call, Flows.ONCE, "told")),
                "x");
        RunView waiting = node.until(
                run, view -> view.steps().stream().anyMatch(step -> step.path().equals("answer")));
        String address = Objects.requireNonNull(node.step(waiting, "answer").waitsFor())
                .path("call")
                .asText();
        assertThat(Objects.requireNonNull(node.step(waiting, "told").output())
                        .path("echo")
                        .asText())
                .as("known before the step waits")
                .isEqualTo("/hooks/" + address);

        assertThatThrownBy(() -> node.runs.called(address.replaceAll("....$", "AAAA"), Json.object()))
                .hasMessage("No step waits for this call, or it was answered or is too late");
        assertThatThrownBy(() -> node.runs.called("run-x", Json.object()))
                .hasMessage("No step waits for this call, or it was answered or is too late");
        assertThatThrownBy(() -> node.runs.called(address, Json.object().put("ok", "yes")))
                .hasMessageContaining("ok");
        node.runs.pause(TestingRuns.ORGANIZATION, run, "ann");
        assertThat(node.runs.called(address, Json.object().put("ok", true))).isEqualTo(run);
        assertThatThrownBy(() -> node.runs.called(address, Json.object().put("ok", true)))
                .isInstanceOf(GantryException.class);
        node.runs.resume(TestingRuns.ORGANIZATION, run, "ann");

        RunView over = node.over(run);
        assertThat(over.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.step(over, "answer").output()).isEqualTo(Json.object().put("ok", true));
    }

    @Test
    void shouldCountRunsWithinRunsInTheConcurrencyOfTheirWorkflow() throws Exception {
        CountDownLatch first = new CountDownLatch(1);
        node.scripts.put("slow", call -> {
            first.await();
            return TestingRuns.echo(call);
        });
        Workflow one = bounded(Concurrency.WhenFull.QUEUE, Flows.pattern("slow", "inputs.x"));
        UUID alone = node.start("shared/one", one, "a");
        node.until(alone, view -> !view.steps().isEmpty());
        UUID parent = node.start(Flows.workflow("steps.call.output", calling("shared/one")), "b");

        RunView view = node.until(parent, now -> child(now) != null);
        assertThat(node.show(Objects.requireNonNull(child(view))).state()).isEqualTo(RunState.QUEUED);
        first.countDown();

        assertThat(node.over(parent).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.show(Objects.requireNonNull(child(view))).startedAt())
                .isAfterOrEqualTo(Objects.requireNonNull(node.show(alone).finishedAt()));
    }

    @Test
    void shouldFailAStepWhoseRunIsOneTooMany() throws Exception {
        CountDownLatch end = new CountDownLatch(1);
        node.scripts.put("busy", call -> {
            end.await();
            return TestingRuns.echo(call);
        });
        UUID alone = node.start(
                "shared/refusing", bounded(Concurrency.WhenFull.REJECT, Flows.pattern("busy", "inputs.x")), "a");
        UUID parent = node.start(Flows.workflow("steps.call.output", calling("shared/refusing")), "b");

        assertThat(node.over(parent).error()).contains("1 runs of shared/refusing are under way");
        end.countDown();
        assertThat(node.over(alone).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldNotLetARunWaitForItself() throws Exception {
        UUID run = node.start("shared/itself", bounded(Concurrency.WhenFull.QUEUE, calling("shared/itself")), "a");

        assertThat(node.over(run).error()).contains("could only wait for itself");
    }

    private static long tasksLeft(UUID run) {
        return node.database
                .database()
                .unscoped(handle -> handle.createQuery(
                                "SELECT count(*) FROM job_tasks WHERE task_instance LIKE '%' || :run")
                        .bind("run", run.toString())
                        .mapTo(Long.class)
                        .one());
    }

    private static @Nullable UUID child(RunView view) {
        return view.steps().stream()
                .filter(step -> step.path().equals("call"))
                .findFirst()
                .map(RunView.StepView::childRun)
                .orElse(null);
    }

    private static Workflow bounded(Concurrency.WhenFull whenFull, Step... steps) {
        return Flows.workflow(100_000, 8, new Concurrency(1, whenFull, null), null, steps);
    }

    private static Step calling(String workflow) {
        return Flows.step("call", new Action.RunWorkflow(workflow, Map.of("x", Flows.value("inputs.x"))), Flows.ONCE);
    }

    /** Sets a run back, as if so much time had passed since it was paused. */
    private static void passed(UUID run, String time) {
        node.database.asSuperuser("UPDATE gantry.runs SET paused_at = paused_at - interval '" + time + "' WHERE id = '"
                + run + "'; UPDATE gantry.run_steps SET due_at = due_at - interval '" + time
                + "', started_at = started_at - interval '" + time + "' WHERE run_id = '" + run + "'");
    }
}
