package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.testing.RowLevelSecurityCheck;
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
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

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

    private static List<StepCall> calls(UUID run) {
        return node.calls.stream().filter(call -> call.run().equals(run)).toList();
    }

    private static List<String> callIds(UUID run) {
        return calls(run).stream().map(call -> call.step().id()).toList();
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
        assertThat(callIds(run)).containsExactly("a", "b", "c");
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
        assertThat(callIds(run)).hasSize(3).endsWith("join");
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
        Step map = map("each", 12, Action.OnItemFailure.ABORT, Flows.pattern("narrow", "item"));
        UUID run = node.start(
                Flows.workflow(100_000, 2, Concurrency.UNLIMITED, "steps.each.output", map),
                List.of(1, 2, 3, 4, 5, 6, 7));

        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(most.get()).isEqualTo(2);
        assertThat(callIds(run)).hasSize(7);
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
        assertThat(callIds(run)).containsExactly("b");
    }

    @Test
    void shouldCollectAMapInTheOrderOfItsItems() throws Exception {
        Step map = map("each", 3, Action.OnItemFailure.ABORT, Flows.pattern("one", "item"));
        UUID run = node.start(Flows.workflow("steps.each.output", map), List.of("a", "b", "c", "d", "e"));

        RunView view = node.over(run);

        assertThat(result(view).findValuesAsText("echo")).containsExactly("a", "b", "c", "d", "e");
        assertThat(calls(run)).extracting(StepCall::idempotencyKey).doesNotHaveDuplicates();
    }

    @Test
    void shouldFailAMapWhoseItemsGiveMoreTogetherThanAnOutputMayBe() throws Exception {
        node.scripts.put("big", _ -> StepOutcome.of(TextNode.valueOf("x".repeat(100_000))));
        UUID run = node.start(
                Flows.workflow(
                        "steps.all.output", map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("big", "item"))),
                List.of(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12));

        RunView view = node.over(run);

        assertThat(view.error())
                .contains("Step all failed: What its items gave is too large together", "output_size_max");
        assertThat(view.deadLetter()).isFalse();
    }

    @Test
    void shouldRefuseWhatItemsGaveBeforeAnyOfItIsRead() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        node.scripts.put("small", call -> {
            if (call.path().startsWith("all[2]/")) {
                go.await();
            }
            return TestingRuns.echo(call);
        });
        UUID run = node.start(
                Flows.workflow(
                        "steps.all.output", map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("small", "item"))),
                List.of(1, 2, 3));
        node.until(
                run,
                view -> Stream.of("all[0]/small", "all[1]/small")
                        .allMatch(path -> view.steps().stream()
                                .anyMatch(step -> step.path().equals(path) && step.state() == StepState.DONE)));

        // Together more than one value may have, and nothing that could be decrypted.
        node.database.asSuperuser("""
                UPDATE gantry.run_steps SET output = decode(repeat('00', 700000), 'hex')
                WHERE run_id = '%s' AND scope LIKE 'all[%%' AND step = '' AND output IS NOT NULL
                """.formatted(run));
        go.countDown();

        assertThat(node.over(run).error())
                .contains("What its items gave is too large together", "1399934 bytes", "output_size_max");
    }

    @Test
    void shouldGoOverALongListWithoutKeepingItAnewForEveryItem() throws Exception {
        node.scripts.put("each", call -> StepOutcome.of(TextNode.valueOf(String.valueOf(call.path()))));
        List<String> items =
                IntStream.range(0, 40).mapToObj(i -> i + "y".repeat(1_000)).toList();
        UUID run = node.start(
                Flows.workflow(
                        "steps.all.output", map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("each", "item"))),
                items);

        RunView view = node.over(run);

        assertThat(Objects.requireNonNull(view.outputs()).path("result")).hasSize(40);
        assertThat(view.steps())
                .extracting(RunView.StepView::path)
                .startsWith("all", "all[0]/each", "all[1]/each", "all[2]/each")
                .endsWith("all[38]/each", "all[39]/each");
        node.until(run, _ -> node.objects().names(TestingRuns.ORGANIZATION, run).isEmpty());
        long bytes = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery(
                                        "SELECT octet_length(data) FROM run_steps WHERE run_id = :run AND scope = '' AND step = 'all'")
                                .bind("run", run)
                                .mapTo(Long.class)
                                .one());
        assertThat(bytes).isLessThan(500);
    }

    @Test
    void shouldBeginNothingBesideAStepThatFailsAtOnce() throws Exception {
        Step broken = Flows.step(
                "broken", new Action.Transform(Flows.value("inputs.x.none.at.all"), DataType.Simple.ANY), Flows.ONCE);
        UUID run = node.start(
                Flows.workflow("steps.ask.output", broken, approval(1, true), Flows.pattern("call", "inputs.x")), 1);

        RunView view = node.over(run);

        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.steps()).extracting(RunView.StepView::path).containsExactly("broken");
        assertThat(node.runs.events(TestingRuns.ORGANIZATION, run, 0))
                .extracting(RunEvent::kind)
                .containsExactly("run.started", "step.started", "step.failed", "run.failing", "run.failed");
    }

    @Test
    void shouldEndAMapOverNothing() throws Exception {
        Step map = map("each", 3, Action.OnItemFailure.ABORT, Flows.pattern("one", "item"));
        UUID run = node.start(Flows.workflow("steps.each.output", map), List.of());

        assertThat(result(node.over(run))).isEmpty();
    }

    @Test
    void shouldLeaveOutOrKeepTheResultsOfFailedItemsAsAsked() throws Exception {
        node.scripts.put("fragile", call -> {
            if (Objects.requireNonNull(call.scope().names().get("item")).asInt() == 2) {
                throw new StepFailure(Policy.FailureKind.PROVIDER, true, "no answer");
            }
            return StepOutcome.of(Objects.requireNonNull(call.scope().names().get("item")));
        });
        for (Action.OnItemFailure rule : Action.OnItemFailure.values()) {
            Step map = map("each", 2, rule, Flows.pattern("fragile", "item"));
            UUID run = node.start(Flows.workflow("steps.each.output", map), List.of(1, 2, 3));
            RunView view = node.over(run);
            switch (rule) {
                case ABORT -> {
                    assertThat(view.state()).isEqualTo(RunState.FAILED);
                    assertThat(view.error()).contains("each[1]/fragile failed: no answer");
                }
                case SKIP -> assertThat(result(view).toString()).isEqualTo("[1,3]");
                case KEEP_NULL -> assertThat(result(view).toString()).isEqualTo("[1,null,3]");
            }
        }
    }

    @Test
    void shouldTakeTheFirstWayOfABranchThatFits() throws Exception {
        Action.Branch branch = new Action.Branch(
                List.of(
                        new Action.Case(
                                Flows.expression("inputs.x == 1"),
                                Flows.body("steps.one.output.echo", Flows.pattern("one", "inputs.x"))),
                        new Action.Case(
                                Flows.expression("inputs.x == 2"),
                                Flows.body("steps.two.output.echo", Flows.pattern("two", "inputs.x")))),
                Flows.body("steps.other.output.echo", Flows.pattern("other", "inputs.x")));
        Workflow workflow = Flows.workflow("steps.ways.output", Flows.step("ways", branch, Flows.ONCE));

        assertThat(callIds(finished(workflow, 1))).containsExactly("one");
        assertThat(callIds(finished(workflow, 2))).containsExactly("two");
        assertThat(callIds(finished(workflow, 3))).containsExactly("other");
    }

    @Test
    void shouldRepeatALoopUntilItsConditionHolds() throws Exception {
        Action.Loop loop = new Action.Loop(
                10,
                Flows.expression("loop.output == \"2\""),
                Flows.body("steps.round.output.echo", Flows.pattern("round", "loop.index")));
        UUID run = node.start(Flows.workflow("steps.again.output", Flows.step("again", loop, Flows.ONCE)), 0);

        RunView view = node.over(run);

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "2"));
        assertThat(calls(run))
                .extracting(StepCall::path)
                .containsExactly("again[0]/round", "again[1]/round", "again[2]/round");
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
        assertThat(calls(run)).extracting(StepCall::attempt).containsExactly(1, 2, 3);
        assertThat(calls(run).stream().map(StepCall::idempotencyKey).distinct()).hasSize(1);
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
    void shouldWaitForADecisionOfThoseWhoMayDecide() throws Exception {
        Workflow workflow = Flows.workflow("steps.ask.output", approval(2, true));
        UUID run = node.start(workflow, "ship it?");
        RunView waiting = node.until(run, view -> !view.steps().isEmpty());
        assertThat(node.step(waiting, "ask").state()).isEqualTo(StepState.WAITING);
        assertThat(Objects.requireNonNull(node.step(waiting, "ask").waitsFor())
                        .path("message")
                        .asText())
                .isEqualTo("ship it?");

        assertThatThrownBy(() -> decide(run, "eve@example.com", true))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("waits for a decision of ann@example.com, bob@example.com");
        decide(run, "ann@example.com", true);
        decide(run, "ann@example.com", true);
        assertThat(node.show(run).state()).isEqualTo(RunState.RUNNING);
        decide(run, "bob@example.com", true);

        RunView view = node.over(run);
        assertThat(result(view).path("approved").asBoolean()).isTrue();
        assertThat(result(view).path("by").asText()).isEqualTo("ann@example.com, bob@example.com");
        assertThat(timersLeft(run)).isZero();
    }

    @Test
    void shouldFailOrGoOnWhenARequestIsRejected() throws Exception {
        UUID failing = node.start(Flows.workflow("steps.ask.output", approval(1, true)), "?");
        UUID going = node.start(Flows.workflow("steps.ask.output.approved", approval(1, false)), "?");
        decide(failing, "ann@example.com", false);
        decide(going, "ann@example.com", false);

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
        Step map = map("each", 8, Action.OnItemFailure.SKIP, Flows.pattern("thirsty", "item"));
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
        assertThat(callIds(run)).containsExactly("endless");
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
        assertThat(callIds(run)).containsExactly("first", "second");
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
        assertThat(callIds(run)).containsExactly("before", "flaky", "flaky");
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
        assertThat(callIds(fork)).containsExactly("b", "c");
        assertThatThrownBy(() -> node.runs.fork(TestingRuns.STARTER, run, "d", null))
                .hasMessageContaining("'d' is not a step");
    }

    @Test
    void shouldAcceptARequestOfAKeyOnce() {
        Workflow workflow = Flows.workflow("steps.ask.output", approval(1, true));
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

    @Test
    void shouldQueueRunsBeyondTheLimitOfTheirWorkflow() throws Exception {
        Workflow workflow = Flows.workflow(
                100_000,
                8,
                new Concurrency(1, Concurrency.WhenFull.QUEUE, null),
                "steps.ask.output",
                approval(1, true));
        UUID first = node.start("shared/single", workflow, "?");
        UUID second = node.start("shared/single", workflow, "?");
        assertThat(node.show(second).state()).isEqualTo(RunState.QUEUED);

        decide(first, "ann@example.com", true);
        node.over(first);
        node.until(second, view -> view.state() == RunState.RUNNING);
        decide(second, "ann@example.com", true);

        assertThat(node.over(second).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldStoreNothingReadableAndKeepLargeOutputsOutside() throws Exception {
        String secret = "secret-" + "s".repeat(10_000);
        UUID run = node.start(Flows.workflow("steps.a.output.echo", Flows.pattern("a", "inputs.x")), secret);

        RunView view = node.over(run);

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", secret));
        long readable = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("""
                                SELECT count(*) FROM run_steps s JOIN runs r ON r.id = s.run_id
                                WHERE r.id = :run AND (encode(coalesce(s.output, ''), 'escape') LIKE '%secret-%'
                                    OR encode(r.inputs, 'escape') LIKE '%secret-%')
                                """)
                                .bind("run", run)
                                .mapTo(Long.class)
                                .one());
        String reference = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("SELECT output_ref FROM run_steps WHERE run_id = :run")
                                .bind("run", run)
                                .mapTo(String.class)
                                .one());
        assertThat(readable).isZero();
        assertThat(reference).contains(run.toString());
    }

    @Test
    void shouldKeepOrganizationsApart() {
        assertThat(new RowLevelSecurityCheck(
                                node.database.superuserJdbcUrl(),
                                Set.of("job_tasks", "master_keys", "master_key_nodes"))
                        .verify())
                .contains("runs", "run_steps", "run_events", "run_journal", "run_cache");
    }

    private static JsonNode result(RunView view) {
        return Objects.requireNonNull(view.outputs()).path("result");
    }

    private static UUID finished(Workflow workflow, Object x) throws InterruptedException {
        UUID run = node.start(workflow, x);
        assertThat(node.over(run).state()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    private static Step map(String id, int parallel, Action.OnItemFailure rule, Step inner) {
        return Flows.step(
                id,
                new Action.ForEach(
                        Flows.expression("inputs.x"),
                        "item",
                        parallel,
                        100,
                        rule,
                        Flows.body("steps." + inner.id() + ".output", inner)),
                Flows.ONCE);
    }

    private static Step approval(int needed, boolean rejectionFails) {
        return Flows.step(
                "ask",
                new Action.Approve(
                        Flows.slot("inputs.x"),
                        List.of("ann@example.com", "bob@example.com"),
                        needed,
                        Duration.ofHours(1),
                        Action.OnTimeout.FAIL,
                        null,
                        rejectionFails),
                Flows.ONCE);
    }

    private static void decide(UUID run, String who, boolean approved) {
        node.runs.decide(
                TestingRuns.ORGANIZATION,
                run,
                null,
                new Approver(who, who::equals),
                approved,
                approved ? "" : "because");
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
