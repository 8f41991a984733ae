package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Steps that hold steps: maps, branches and loops. */
class RunLoopsTest {
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
    void shouldCollectAMapInTheOrderOfItsItems() throws Exception {
        Step map = Flows.map("each", 3, Action.OnItemFailure.ABORT, Flows.pattern("one", "item"));
        UUID run = node.start(Flows.workflow("steps.each.output", map), List.of("a", "b", "c", "d", "e"));

        RunView view = node.over(run);

        assertThat(TestingRuns.result(view).findValuesAsText("echo")).containsExactly("a", "b", "c", "d", "e");
        assertThat(node.callsOf(run)).extracting(StepCall::idempotencyKey).doesNotHaveDuplicates();
    }

    @Test
    void shouldFailAMapWhoseItemsGiveMoreTogetherThanAnOutputMayBe() throws Exception {
        node.scripts.put("big", _ -> StepOutcome.of(TextNode.valueOf("x".repeat(100_000))));
        UUID run = node.start(
                Flows.workflow(
                        "steps.all.output",
                        Flows.map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("big", "item"))),
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
                        "steps.all.output",
                        Flows.map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("small", "item"))),
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
                        "steps.all.output",
                        Flows.map("all", 3, Action.OnItemFailure.ABORT, Flows.pattern("each", "item"))),
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
    void shouldEndAMapOverNothing() throws Exception {
        Step map = Flows.map("each", 3, Action.OnItemFailure.ABORT, Flows.pattern("one", "item"));
        UUID run = node.start(Flows.workflow("steps.each.output", map), List.of());

        assertThat(TestingRuns.result(node.over(run))).isEmpty();
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
            Step map = Flows.map("each", 2, rule, Flows.pattern("fragile", "item"));
            UUID run = node.start(Flows.workflow("steps.each.output", map), List.of(1, 2, 3));
            RunView view = node.over(run);
            switch (rule) {
                case ABORT -> {
                    assertThat(view.state()).isEqualTo(RunState.FAILED);
                    assertThat(view.error()).contains("each[1]/fragile failed: no answer");
                }
                case SKIP -> assertThat(TestingRuns.result(view).toString()).isEqualTo("[1,3]");
                case KEEP_NULL ->
                    assertThat(TestingRuns.result(view).toString()).isEqualTo("[1,null,3]");
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

        assertThat(node.callIds(node.finished(workflow, 1))).containsExactly("one");
        assertThat(node.callIds(node.finished(workflow, 2))).containsExactly("two");
        assertThat(node.callIds(node.finished(workflow, 3))).containsExactly("other");
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
        assertThat(node.callsOf(run))
                .extracting(StepCall::path)
                .containsExactly("again[0]/round", "again[1]/round", "again[2]/round");
    }
}
