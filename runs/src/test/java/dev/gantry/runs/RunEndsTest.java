package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What becomes of steps, tokens and other runs when a run ends, stops or has to wait. */
class RunEndsTest {
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
    void shouldEndAtItsDeadlineWhileAStepWaitsForItsNextAttempt() throws Exception {
        node.scripts.put("patient", _ -> {
            throw new StepFailure(Policy.FailureKind.PROVIDER, true, "busy");
        });
        Policy.Retry later =
                new Policy.Retry(3, Duration.ofHours(1), Policy.Backoff.FIXED, Duration.ofHours(1), Set.of());
        Step step = Flows.with(Flows.pattern("patient", "inputs.x"), Flows.policy(later, new Policy.OnFailure.Abort()));
        UUID run = node.start(lasting(Duration.ofMillis(300), Flows.workflow("steps.patient.output", step)), "x");

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.error()).isEqualTo("It took longer than its deadline");
        assertThat(node.step(view, "patient").state()).isEqualTo(StepState.CANCELLED);
        node.until(run, _ -> tasksLeft(run) == 0);
    }

    @Test
    void shouldDecideNothingForAPausedRunWhenItIsTimeToAskMorePeople() throws Exception {
        Action.Approve approve = new Action.Approve(
                Flows.slot("inputs.x"),
                List.of("ann@example.com"),
                1,
                Duration.ofHours(1),
                Action.OnTimeout.APPROVE,
                new Action.Escalation(Duration.ofMillis(200), List.of("bob@example.com")),
                true);
        UUID run = node.start(Flows.workflow("steps.ask.output", Flows.step("ask", approve, Flows.ONCE)), "?");
        node.runs.pause(TestingRuns.ORGANIZATION, run, "ann@example.com");
        node.until(run, _ -> tasksLeft(run) == 0);

        node.runs.resume(TestingRuns.ORGANIZATION, run, "ann@example.com");

        node.until(run, _ -> events(run).contains("step.escalated"));
        assertThat(node.step(node.show(run), "ask").state()).isEqualTo(StepState.WAITING);
        node.runs.decide(TestingRuns.ORGANIZATION, run, null, new Approver("bob", "bob@example.com"::equals), true, "");
        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldFindThoseWhoWaitForAnEventAmongManyOthers() throws Exception {
        UUID run = node.start(
                Flows.workflow(
                        "steps.wait.output.name",
                        Flows.step(
                                "wait",
                                new Action.AwaitEvent("asset.moved", null, Duration.ofMinutes(1), false),
                                Flows.ONCE)),
                "x");
        others("asset.removed", 2_000);
        others("asset.moved", 600);

        node.runs.happened(
                TestingRuns.ORGANIZATION, "asset.moved", Json.object().put("name", "a"));

        assertThat(node.over(run).outputs()).isEqualTo(Json.object().put("result", "a"));
    }

    @Test
    void shouldTellOfNoEndThatANodeFindsWhichHasLostTheRun() throws Exception {
        AtomicInteger turns = new AtomicInteger();
        node.scripts.put("taken", call -> {
            if (turns.incrementAndGet() > 1) {
                throw new StepFailure(Policy.FailureKind.OTHER, false, "not any more");
            }
            // Meanwhile this node seems dead, and another takes the run.
            node.database
                    .database()
                    .unscoped(handle -> handle.createUpdate("""
                            UPDATE job_tasks SET version = version + 1, picked = false, picked_by = NULL, execution_time = now()
                            WHERE right(task_instance, 36) = :run
                            """)
                                    .bind("run", call.run().toString())
                                    .execute()
                            + handle.execute("NOTIFY gantry_jobs"));
            return TestingRuns.echo(call);
        });
        UUID run = node.start(Flows.workflow("steps.taken.output", Flows.pattern("taken", "inputs.x")), "x");

        assertThat(node.over(run).state()).isEqualTo(RunState.FAILED);
        assertThat(node.runsDone.stream().filter(done -> done.run().equals(run)))
                .extracting(RunListener.RunDone::state)
                .containsExactly(RunState.FAILED);
    }

    @Test
    void shouldCancelTheRunsWithinARunThatFailsAndCountWhatTheyUsed() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        node.scripts.put("deepest", call -> {
            call.budget().reserve(400, 400);
            begun.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError();
        });
        node.scripts.put("fails", _ -> {
            begun.await();
            throw new StepFailure(Policy.FailureKind.OTHER, false, "broken");
        });
        node.workflows.put(
                "shared/deepest", Flows.workflow("steps.deepest.output", Flows.pattern("deepest", "inputs.x")));
        node.workflows.put("shared/middle", Flows.workflow("steps.call.output", calling("shared/deepest")));
        UUID run = node.start(
                Flows.workflow("steps.call.output", calling("shared/middle"), Flows.pattern("fails", "inputs.x")), "x");

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.tokensUsed()).isEqualTo(400);
        assertThat(view.tokensReserved()).isZero();
        RunView middle =
                node.show(Objects.requireNonNull(node.step(view, "call").childRun()));
        RunView deepest =
                node.show(Objects.requireNonNull(node.step(middle, "call").childRun()));
        assertThat(middle.state()).isEqualTo(RunState.CANCELLED);
        assertThat(deepest.state()).isEqualTo(RunState.CANCELLED);
        assertThat(middle.tokensUsed()).isEqualTo(400);
    }

    @Test
    void shouldStopWhatARunDoesWhenANewerOneTakesItsPlace() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        node.scripts.put("replaced", call -> {
            if ("second".equals(TestingRuns.echo(call).output().path("echo").asText())) {
                return TestingRuns.echo(call);
            }
            begun.countDown();
            new CountDownLatch(1).await();
            throw new AssertionError();
        });
        Workflow workflow = single(Concurrency.WhenFull.CANCEL_OLDEST, Flows.pattern("replaced", "inputs.x"));
        UUID first = node.start("shared/replaced", workflow, "first");
        begun.await();
        UUID second = node.start("shared/replaced", workflow, "second");

        assertThat(node.over(first).error()).isEqualTo("A newer run took its place");
        assertThat(node.over(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldCountWhatAStepUsedBeforeItHadToWaitForTokens() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        CountDownLatch waited = new CountDownLatch(1);
        AtomicInteger turns = new AtomicInteger();
        node.scripts.put("holder", call -> {
            call.budget().reserve(200, 200);
            held.countDown();
            waited.await();
            return TestingRuns.echo(call);
        });
        node.scripts.put("twice", call -> {
            held.await();
            if (turns.incrementAndGet() == 1) {
                call.budget().reserve(300, 300);
                try {
                    call.budget().reserve(600, 600);
                } finally {
                    waited.countDown();
                }
            }
            long granted = call.budget().reserve(100, 100);
            return new StepOutcome(NullNode.getInstance(), granted, 10, "m");
        });
        UUID run = node.start(
                Flows.workflow(
                        1_000,
                        8,
                        Concurrency.UNLIMITED,
                        null,
                        Flows.pattern("holder", "inputs.x"),
                        Flows.pattern("twice", "inputs.x")),
                "x");

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(view.tokensUsed()).isEqualTo(400);
    }

    @Test
    void shouldLetARunThatIsRetriedWaitForItsTurn() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        node.scripts.put("retried", call -> {
            if (tries.incrementAndGet() == 1) {
                throw new StepFailure(Policy.FailureKind.OTHER, false, "once");
            }
            return TestingRuns.echo(call);
        });
        Workflow workflow = single(
                Concurrency.WhenFull.QUEUE,
                Flows.step("ask", asking(), Flows.ONCE),
                Flows.pattern("retried", "inputs.x"));
        UUID first = node.start("shared/retried", workflow, "?");
        node.over(first);
        UUID second = node.start("shared/retried", workflow, "?");

        closed(first);
        node.runs.retry(TestingRuns.ORGANIZATION, first, "ann");
        UUID third = node.runs.fork(TestingRuns.STARTER, first, "retried", null);

        assertThat(node.show(first).state()).isEqualTo(RunState.QUEUED);
        assertThat(node.show(third).state()).isEqualTo(RunState.QUEUED);
        for (UUID run : List.of(second, first, third)) {
            node.until(run, view -> view.state() == RunState.RUNNING);
            decide(run);
            assertThat(node.until(run, view -> view.state().isOver()).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    @Test
    void shouldRefuseToRetryOrForkMoreRunsThanMayBeAtATime() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        node.scripts.put("refused", call -> {
            if (tries.incrementAndGet() == 1) {
                throw new StepFailure(Policy.FailureKind.OTHER, false, "once");
            }
            return TestingRuns.echo(call);
        });
        Workflow workflow = single(
                Concurrency.WhenFull.REJECT,
                Flows.step("ask", asking(), Flows.ONCE),
                Flows.pattern("refused", "inputs.x"));
        UUID first = node.start("shared/refused", workflow, "?");
        node.over(first);
        node.start("shared/refused", workflow, "?");
        closed(first);

        assertThatThrownBy(() -> node.runs.retry(TestingRuns.ORGANIZATION, first, "ann"))
                .hasMessageContaining("1 runs of shared/refused are under way");
        assertThatThrownBy(() -> node.runs.fork(TestingRuns.STARTER, first, "refused", null))
                .hasMessageContaining("1 runs of shared/refused are under way");
        assertThat(node.show(first).state()).isEqualTo(RunState.FAILED);
    }

    @Test
    void shouldFailAStepWhoseOutputIsTooLarge() throws Exception {
        AtomicInteger tries = new AtomicInteger();
        node.scripts.put("huge", _ -> {
            tries.incrementAndGet();
            return new StepOutcome(new TextNode("x".repeat(2 << 20)), 70, 10, "m");
        });
        UUID run = node.start(Flows.workflow("steps.huge.output", Flows.pattern("huge", "inputs.x")), "x");

        RunView view = node.over(run);

        assertThat(view.error()).contains("Step huge failed: The value has", "workflows.output_size_max allows");
        assertThat(view.tokensUsed()).isEqualTo(70);
        assertThat(tries.get()).isEqualTo(1);
    }

    @Test
    void shouldLeaveNoFilesOfTransactionsThatDidNotHappen() throws Exception {
        node.scripts.put("large", call -> {
            node.objects().put(TestingRuns.ORGANIZATION, call.run(), new byte[] {1});
            return StepOutcome.of(new TextNode("x".repeat(10_000)));
        });
        UUID run = node.start(Flows.workflow("inputs.x", Flows.pattern("large", "inputs.x")), "x");
        node.over(run);

        node.until(run, _ -> node.objects().names(TestingRuns.ORGANIZATION, run).size() == 1);

        assertThat(node.step(node.show(run), "large").output()).isEqualTo(new TextNode("x".repeat(10_000)));
    }

    private static Workflow lasting(Duration deadline, Workflow workflow) {
        return new Workflow(
                workflow.name(),
                "",
                "",
                workflow.inputs(),
                workflow.outputs(),
                workflow.body(),
                workflow.tokenBudget(),
                deadline,
                workflow.parallelStepsMax(),
                workflow.concurrency(),
                null,
                null,
                List.of());
    }

    private static Workflow single(Concurrency.WhenFull whenFull, Step... steps) {
        return Flows.workflow(100_000, 8, new Concurrency(1, whenFull, null), null, steps);
    }

    private static Step calling(String workflow) {
        return Flows.step("call", new Action.RunWorkflow(workflow, Map.of("x", Flows.value("inputs.x"))), Flows.ONCE);
    }

    private static Action.Approve asking() {
        return new Action.Approve(
                Flows.slot("inputs.x"),
                List.of("ann@example.com"),
                1,
                Duration.ofHours(1),
                Action.OnTimeout.FAIL,
                null,
                true);
    }

    private static void decide(UUID run) {
        node.runs.decide(TestingRuns.ORGANIZATION, run, null, new Approver("ann", "ann@example.com"::equals), true, "");
    }

    /** Waits until nothing is left to do for a run that is over. */
    private static void closed(UUID run) throws InterruptedException {
        node.until(run, _ -> tasksLeft(run) == 0);
    }

    private static List<String> events(UUID run) {
        return node.runs.events(TestingRuns.ORGANIZATION, run, 0).stream()
                .map(RunEvent::kind)
                .toList();
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

    /** Adds steps that wait for an event, of runs that come before all others and are gone meanwhile. */
    private static void others(String event, int count) {
        node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createUpdate("""
                        INSERT INTO run_steps (organization_id, run_id, scope, step, state, event, due_at, started_at)
                        SELECT gantry_organization(), ('00000000-0000-0000-0000-' || lpad(number::text, 12, '0'))::uuid,
                            '', :event, 'waiting', :event, now() + interval '1 hour', now() - interval '1 hour'
                        FROM generate_series(1, :count) number
                        """)
                                .bind("event", event)
                                .bind("count", count)
                                .execute());
    }
}
