package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How the steps of a run go on from one to the next. */
class RunsTest {
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
    void shouldDoStepsInTheirOrderAndAnswerWithTheOutputs() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.c.output.echo",
                        Flows.pattern("a", "inputs.x"),
                        Flows.pattern("b", "steps.a.output.echo", "a"),
                        Flows.pattern("c", "steps.b.output.echo", "b")),
                "hello");

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "hello"));
        assertThat(node.callIds(run)).containsExactly("a", "b", "c");
        assertThat(view.steps()).allMatch(step -> step.state() == StepState.DONE && step.attempt() == 1);
        assertThat(node.stepsDone.stream().filter(step -> step.run().equals(run)))
                .extracting(RunListener.StepDone::path, RunListener.StepDone::status)
                .containsExactly(tuple("a", "success"), tuple("b", "success"), tuple("c", "success"));
        assertThat(node.runs.events(TestingRuns.ORGANIZATION, run, 0))
                .extracting(RunEvent::kind)
                .containsExactly(
                        "run.started",
                        "step.started",
                        "step.done",
                        "step.started",
                        "step.done",
                        "step.started",
                        "step.done",
                        "run.succeeded");
    }

    @Test
    void shouldDoIndependentStepsAtTheSameTimeAndJoinThem() throws Exception {
        CountDownLatch both = new CountDownLatch(2);
        StepExecutor meeting = call -> {
            both.countDown();
            both.await();
            return TestingRuns.echo(call);
        };
        node.scripts.put("left", meeting);
        node.scripts.put("right", meeting);
        UUID run = node.start(
                Flows.workflow(
                        "steps.join.output.echo",
                        Flows.pattern("left", "inputs.x"),
                        Flows.pattern("right", "inputs.x"),
                        Flows.pattern("join", "steps.right.output.echo", "left", "right")),
                "x");

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.callIds(run)).hasSize(3).endsWith("join");
    }

    @Test
    void shouldDoNoMoreStepsAtATimeThanTheWorkflowAllows() throws Exception {
        AtomicInteger now = new AtomicInteger();
        AtomicInteger most = new AtomicInteger();
        CountDownLatch two = new CountDownLatch(2);
        node.scripts.put("narrow", call -> {
            most.accumulateAndGet(now.incrementAndGet(), Math::max);
            two.countDown();
            two.await();
            Thread.sleep(10);
            now.decrementAndGet();
            return TestingRuns.echo(call);
        });
        Step map = Flows.map("each", 12, Action.OnItemFailure.ABORT, Flows.pattern("narrow", "item"));
        UUID run = node.start(
                Flows.workflow(100_000, 2, Concurrency.UNLIMITED, "steps.each.output", map),
                List.of(1, 2, 3, 4, 5, 6, 7));

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(most.get()).isEqualTo(2);
        assertThat(node.callIds(run)).hasSize(7);
    }

    @Test
    void shouldSkipAStepWhoseConditionIsFalse() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.b.output.echo",
                        Flows.when(Flows.pattern("a", "inputs.x"), "inputs.x == \"yes\""),
                        Flows.pattern("b", "steps.a.state", "a")),
                "no");

        RunView view = node.over(run);

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "skipped"));
        assertThat(node.callIds(run)).containsExactly("b");
    }

    @Test
    void shouldBeginNothingBesideAStepThatFailsAtOnce() throws Exception {
        Step broken = Flows.step(
                "broken", new Action.Transform(Flows.value("inputs.x.none.at.all"), DataType.Simple.ANY), Flows.ONCE);
        UUID run = node.start(
                Flows.workflow("steps.ask.output", broken, Flows.approval(1, true), Flows.pattern("call", "inputs.x")),
                1);

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.steps()).extracting(RunView.StepView::path).containsExactly("broken");
        assertThat(node.runs.events(TestingRuns.ORGANIZATION, run, 0))
                .extracting(RunEvent::kind)
                .containsExactly("run.started", "step.started", "step.failed", "run.failing", "run.failed");
    }

    @Test
    void shouldTryAgainWithTheSameKeyAndGiveUpAfterTheLastAttempt() throws Exception {
        node.scripts.put("weak", _ -> {
            throw new StepFailure(Policy.FailureKind.PROVIDER, true, "busy");
        });
        Step step = Flows.with(
                Flows.pattern("weak", "inputs.x"), Flows.policy(Flows.retries(3), new Policy.OnFailure.Abort()));
        UUID run = node.start(Flows.workflow("steps.weak.output", step), "x");

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.error()).isEqualTo("Step weak failed: busy");
        assertThat(node.callsOf(run)).extracting(StepCall::attempt).containsExactly(1, 2, 3);
        assertThat(node.callsOf(run).stream().map(StepCall::idempotencyKey).distinct())
                .hasSize(1);
    }

    @Test
    void shouldDoWhatTheFileSaysWhenAStepHasFailed() throws Exception {
        node.scripts.put("broken", call -> {
            if (call.idempotencyKey().endsWith("/fallback")) {
                return StepOutcome.of(new TextNode("instead"));
            }
            throw new StepFailure(Policy.FailureKind.OTHER, false, "broken");
        });
        Step step = Flows.pattern("broken", "inputs.x");
        Step after = Flows.pattern("after", "steps.broken.state", "broken");

        RunView skipped = node.over(node.start(
                Flows.workflow(
                        "steps.after.output.echo",
                        Flows.with(step, Flows.policy(Policy.Retry.NEVER, new Policy.OnFailure.Skip())),
                        after),
                "x"));
        RunView standIn = node.over(node.start(
                Flows.workflow(
                        "steps.broken.output",
                        Flows.with(
                                step,
                                Flows.policy(
                                        Policy.Retry.NEVER,
                                        new Policy.OnFailure.ContinueWithDefault(Flows.constant(new IntNode(7)))))),
                "x"));
        RunView fallback = node.over(node.start(
                Flows.workflow(
                        "steps.broken.output",
                        Flows.with(
                                step, Flows.policy(Policy.Retry.NEVER, new Policy.OnFailure.Fallback(step.action())))),
                "x"));

        assertThat(skipped.outputs()).isEqualTo(Json.object().put("result", "skipped"));
        assertThat(standIn.outputs()).isEqualTo(Json.object().put("result", 7));
        assertThat(fallback.outputs()).isEqualTo(Json.object().put("result", "instead"));
    }

    @Test
    void shouldGiveUpAStepThatTakesTooLong() throws Exception {
        node.scripts.put("slow", _ -> {
            new CountDownLatch(1).await();
            throw new AssertionError();
        });
        Policy policy = new Policy(
                Policy.Retry.NEVER,
                Duration.ofMillis(50),
                new Policy.OnFailure.Abort(),
                null,
                null,
                Policy.Estimate.NONE);
        RunView view = node.over(node.start(
                Flows.workflow("steps.slow.output", Flows.with(Flows.pattern("slow", "inputs.x"), policy)), 1));

        assertThat(view.error()).isEqualTo("Step slow failed: It took longer than 50 ms");
    }

    @Test
    void shouldRunAnotherWorkflowAndTakeItsOutputs() throws Exception {
        Workflow child = Flows.workflow("steps.inner.output.echo", Flows.pattern("inner", "inputs.x"));
        node.workflows.put("shared/child", child);
        UUID run = node.start(
                Flows.workflow(
                        "steps.call.output.result",
                        Flows.step(
                                "call",
                                new Action.RunWorkflow("shared/child", Map.of("x", Flows.value("inputs.x"))),
                                Flows.ONCE)),
                "deep");

        RunView view = node.over(run);

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "deep"));
        assertThat(node.show(Objects.requireNonNull(node.step(view, "call").childRun()))
                        .parent())
                .isEqualTo(run);
    }

    @Test
    void shouldNeverUseMoreTokensThanTheBudgetHowEverManyStepsWantThem() throws Exception {
        AtomicInteger used = new AtomicInteger();
        node.scripts.put("thirsty", call -> {
            long granted = call.budget().reserve(400, 100);
            used.addAndGet((int) granted);
            return new StepOutcome(new IntNode((int) granted), granted, 10, "m");
        });
        Step map = Flows.map("each", 8, Action.OnItemFailure.SKIP, Flows.pattern("thirsty", "item"));
        UUID run = node.start(
                Flows.workflow(1_000, 8, Concurrency.UNLIMITED, "steps.each.output", map), List.of(1, 2, 3, 4, 5, 6));

        RunView view = node.over(run);

        assertThat(used.get()).isLessThanOrEqualTo(1_000);
        assertThat(view.tokensUsed()).isEqualTo(used.get());
        assertThat(view.tokensReserved()).isZero();
        assertThat(view.steps().stream().filter(step -> step.state() == StepState.FAILED))
                .isNotEmpty()
                .allMatch(step -> String.valueOf(step.error()).contains("budget of 1000 tokens"));
    }
}
