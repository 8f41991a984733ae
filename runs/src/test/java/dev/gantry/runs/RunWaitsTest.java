package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs that wait: for people, for time, for events, for other runs. */
class RunWaitsTest {
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
    void shouldWaitForADecisionOfThoseWhoMayDecide() throws Exception {
        Workflow workflow = Flows.workflow("steps.ask.output", Flows.approval(2, true));
        UUID run = node.start(workflow, "ship it?");
        RunView waiting = node.until(run, view -> !view.steps().isEmpty());
        assertThat(node.step(waiting, "ask").state()).isEqualTo(StepState.WAITING);
        assertThat(Objects.requireNonNull(node.step(waiting, "ask").waitsFor())
                        .path("message")
                        .asText())
                .isEqualTo("ship it?");

        assertThatThrownBy(() -> node.decide(run, "eve@example.com", true))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("waits for a decision of ann@example.com, bob@example.com");
        node.decide(run, "ann@example.com", true);
        node.decide(run, "ann@example.com", true);
        assertThat(node.show(run).state()).isEqualTo(RunState.RUNNING);
        node.decide(run, "bob@example.com", true);

        RunView view = node.over(run);
        assertThat(TestingRuns.result(view).path("approved").asBoolean()).isTrue();
        assertThat(TestingRuns.result(view).path("by").asText()).isEqualTo("ann@example.com, bob@example.com");
        assertThat(timersLeft(run)).isZero();
    }

    @Test
    void shouldFailOrGoOnWhenARequestIsRejected() throws Exception {
        UUID failing = node.start(Flows.workflow("steps.ask.output", Flows.approval(1, true)), "?");
        UUID going = node.start(Flows.workflow("steps.ask.output.approved", Flows.approval(1, false)), "?");
        node.decide(failing, "ann@example.com", false);
        node.decide(going, "ann@example.com", false);

        assertThat(node.over(failing).error()).isEqualTo("Step ask failed: Rejected by ann@example.com: because");
        assertThat(node.over(going).outputs()).isEqualTo(Json.object().put("result", false));
    }

    @Test
    void shouldGoOnAfterAPause() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.after.output.echo",
                        Flows.step("wait", new Action.Pause(Duration.ofMillis(60)), Flows.ONCE),
                        Flows.pattern("after", "inputs.x", "wait")),
                "x");

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldGoOnWithTheEventThatFits() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.wait.output.name",
                        Flows.step(
                                "wait",
                                new Action.AwaitEvent(
                                        "asset.published",
                                        Flows.expression("event.name == \"b\""),
                                        Duration.ofMinutes(1),
                                        false),
                                Flows.ONCE)),
                "x");

        node.runs.happened(
                TestingRuns.ORGANIZATION, "asset.published", Json.object().put("name", "a"));
        node.runs.happened(
                TestingRuns.ORGANIZATION, "asset.removed", Json.object().put("name", "b"));
        node.deafTo.add("asset.published");
        node.runs.happened(
                TestingRuns.ORGANIZATION, "asset.published", Json.object().put("name", "b"));
        assertThat(node.show(run).state())
                .as("neither another's event nor one that the starter may not hear of")
                .isEqualTo(RunState.RUNNING);
        node.deafTo.clear();
        node.runs.happened(
                TestingRuns.ORGANIZATION, "asset.published", Json.object().put("name", "b"));

        assertThat(node.over(run).outputs()).isEqualTo(Json.object().put("result", "b"));
    }

    @Test
    void shouldQueueRunsBeyondTheLimitOfTheirWorkflow() throws Exception {
        Workflow workflow = Flows.workflow(
                100_000,
                8,
                new Concurrency(1, Concurrency.WhenFull.QUEUE, null),
                "steps.ask.output",
                Flows.approval(1, true));
        UUID first = node.start("shared/single", workflow, "?");
        UUID second = node.start("shared/single", workflow, "?");
        assertThat(node.show(second).state()).isEqualTo(RunState.QUEUED);

        node.decide(first, "ann@example.com", true);
        node.over(first);
        node.until(second, view -> view.state() == RunState.RUNNING);
        node.decide(second, "ann@example.com", true);

        assertThat(node.over(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    private static long timersLeft(UUID run) {
        return node.database
                .database()
                .unscoped(handle -> handle.createQuery(
                                "SELECT count(*) FROM job_tasks WHERE task_name = 'run.timer' AND task_instance LIKE '%' || :run")
                        .bind("run", run.toString())
                        .mapTo(Long.class)
                        .one());
    }
}
