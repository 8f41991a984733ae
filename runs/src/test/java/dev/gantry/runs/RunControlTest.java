package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Workflow;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What people do with runs: start, cancel, pause, retry, fork. */
class RunControlTest {
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
    void shouldCancelARunAndWhatItIsDoing() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        node.scripts.put("endless", _ -> {
            begun.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError();
        });
        UUID run = node.start(
                Flows.workflow(
                        "steps.after.output",
                        Flows.pattern("endless", "inputs.x"),
                        Flows.pattern("after", "inputs.x", "endless")),
                1);
        begun.await();

        node.runs.cancel(TestingRuns.ORGANIZATION, run, "ann@example.com");

        RunView view = node.over(run);
        assertThat(view.state()).isEqualTo(RunState.CANCELLED);
        assertThat(view.error()).isEqualTo("Cancelled by ann@example.com");
        assertThat(node.step(view, "endless").state()).isEqualTo(StepState.CANCELLED);
        assertThat(node.callIds(run)).containsExactly("endless");
        assertThatThrownBy(() -> node.runs.cancel(TestingRuns.ORGANIZATION, run, "ann"))
                .hasMessage("The run is over: cancelled");
    }

    @Test
    void shouldBeginNothingWhilePausedAndGoOnWhenResumed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch paused = new CountDownLatch(1);
        node.scripts.put("first", call -> {
            begun.countDown();
            paused.await();
            return TestingRuns.echo(call);
        });
        UUID run = node.start(
                Flows.workflow(
                        "steps.second.output.echo",
                        Flows.pattern("first", "inputs.x"),
                        Flows.pattern("second", "inputs.x", "first")),
                "x");
        begun.await();
        node.runs.pause(TestingRuns.ORGANIZATION, run, "ann");
        paused.countDown();

        RunView view = node.until(run, seen -> node.step(seen, "first").state() == StepState.DONE);
        assertThat(view.state()).isEqualTo(RunState.PAUSED);
        assertThat(view.steps()).hasSize(1);
        node.runs.resume(TestingRuns.ORGANIZATION, run, "ann");

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.callIds(run)).containsExactly("first", "second");
    }

    @Test
    void shouldDoAgainOnlyWhatFailedWhenRetried() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        node.scripts.put("flaky", call -> {
            if (tries.incrementAndGet() == 1) {
                throw new StepFailure(Policy.FailureKind.OTHER, false, "once");
            }
            return TestingRuns.echo(call);
        });
        UUID run = node.start(
                Flows.workflow(
                        "steps.flaky.output.echo",
                        Flows.pattern("before", "inputs.x"),
                        Flows.pattern("flaky", "inputs.x", "before")),
                "x");
        assertThat(node.over(run).state()).isEqualTo(RunState.FAILED);
        node.until(run, _ -> retried(run));

        assertThat(node.until(run, seen -> seen.state().isOver()).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.callIds(run)).containsExactly("before", "flaky", "flaky");
    }

    private static boolean retried(UUID run) {
        try {
            node.runs.retry(TestingRuns.ORGANIZATION, run, "ann");
            return true;
        } catch (GantryException notYetClosed) {
            return false;
        }
    }

    @Test
    void shouldForkARunFromAStepWithOtherInputs() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.c.output.echo",
                        Flows.pattern("a", "inputs.x"),
                        Flows.pattern("b", "inputs.x", "a"),
                        Flows.pattern("c", "steps.a.output.echo", "b", "a")),
                "old");
        node.over(run);

        UUID fork = node.runs.fork(TestingRuns.STARTER, run, "b", Json.object().put("x", "new"));

        assertThat(node.over(fork).outputs()).isEqualTo(Json.object().put("result", "old"));
        assertThat(node.callIds(fork)).containsExactly("b", "c");
        assertThatThrownBy(() -> node.runs.fork(TestingRuns.STARTER, run, "d", null))
                .hasMessageContaining("'d' is not a step");
    }

    @Test
    void shouldAcceptARequestOfAKeyOnce() {
        Workflow workflow = Flows.workflow("steps.ask.output", Flows.approval(1, true));
        node.workflows.put("shared/once", workflow);
        StartRequest request = new StartRequest(
                TestingRuns.STARTER,
                new WorkflowSource.Registered("shared/once", 1, workflow),
                Json.object().put("x", 1),
                "key-1");

        Runs.Accepted first = node.runs.start(request);
        Runs.Accepted second = node.runs.start(request);

        assertThat(first.isNew()).isTrue();
        assertThat(second).isEqualTo(new Runs.Accepted(first.run(), false));
        assertThatThrownBy(() -> node.runs.start(new StartRequest(
                        TestingRuns.STARTER, request.workflow(), Json.object().put("x", 2), "key-1")))
                .hasMessageContaining("The Idempotency-Key was used for another run");
    }

    @Test
    void shouldRefuseInputsAndStepsThatItCannotDo() {
        Workflow workflow = Flows.workflow("steps.a.output", Flows.pattern("a", "inputs.x"));
        assertThatThrownBy(() -> node.runs.start(new StartRequest(
                        TestingRuns.STARTER,
                        new WorkflowSource.Registered("shared/a", 1, workflow),
                        Json.object().put("y", 1),
                        null)))
                .hasMessageContaining("Input 'y' is not an input of this workflow");
        assertThatThrownBy(() -> node.start(
                        Flows.workflow(
                                "steps.s.output", Flows.step("s", new Action.RunCommand("ls", Map.of()), Flows.ONCE)),
                        1))
                .hasMessage("Step 's' (line 3) is of kind 'shell', which this installation cannot do");
    }
}
