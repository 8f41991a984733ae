package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs that cannot be worked on end with the reason, and hold nobody up. */
class PoisonedRunTest {
    private TestingRuns node;

    @BeforeEach
    void open() {
        node = new TestingRuns();
    }

    @AfterEach
    void close() {
        node.close();
    }

    /** As if the task of a run had failed for minutes already; it is due a second after it failed first. */
    private void nearlyGivenUp(UUID run) {
        node.database.asSuperuser("""
                UPDATE gantry.job_tasks SET consecutive_failures = 5
                WHERE NOT picked AND consecutive_failures BETWEEN 1 AND 4 AND task_instance LIKE '%%%s'
                """.formatted(run));
    }

    private RunState state(UUID run) {
        return node
                .runs
                .list(TestingRuns.ORGANIZATION, new RunQuery(null, null, null, null, null, null, null, 100))
                .stream()
                .filter(view -> view.id().equals(run))
                .findFirst()
                .orElseThrow()
                .state();
    }

    /** A step that waits until it is let go, and one after it. */
    private Workflow held(CountDownLatch begun, CountDownLatch go) {
        node.scripts.put("hold", call -> {
            begun.countDown();
            go.await();
            return TestingRuns.echo(call);
        });
        return Flows.workflow(
                "steps.after.output.echo",
                Flows.pattern("hold", "inputs.x"),
                Flows.pattern("after", "steps.hold.output.echo", "hold"));
    }

    @Test
    void shouldEndARunWhoseWorkflowCannotBeReadAnyMoreAndGoOnWithOthers() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        Workflow workflow = held(begun, go);
        UUID poisoned = node.start("shared/poisoned", workflow, "x");
        begun.await();
        node.workflows.remove("shared/poisoned");
        go.countDown();
        UUID healthy = node.start(Flows.workflow("steps.a.output.echo", Flows.pattern("a", "inputs.x")), "y");

        assertThat(node.over(healthy).state()).isEqualTo(RunState.SUCCEEDED);
        awaitEnd(poisoned, poisoned);
        RunView view = node.show(poisoned);
        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.deadLetter()).isTrue();
        assertThat(node.runs.list(
                        TestingRuns.ORGANIZATION, new RunQuery(null, null, null, null, true, null, null, null, 100)))
                .extracting(RunView::id)
                .containsExactly(poisoned);
        assertThat(view.error()).contains("failed again and again", "NullPointerException");
        assertThat(view.unreadable())
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("shared/poisoned@1");
        assertThat(view.inputs()).isEqualTo(Json.object().put("x", "x"));
        assertThat(view.plan()).isEmpty();
        assertThat(view.steps()).singleElement().satisfies(step -> {
            assertThat(step.path()).isEqualTo("hold");
            assertThat(step.kind()).isEqualTo("unknown");
            assertThat(step.state()).isEqualTo(StepState.CANCELLED);
        });
        assertThat(node.runsDone).extracting(RunListener.RunDone::run).contains(poisoned);
        assertThat(node.runs
                        .events(TestingRuns.ORGANIZATION, poisoned, 0)
                        .getLast()
                        .data()
                        .path("dead_letter")
                        .asBoolean())
                .isTrue();

        node.workflows.put("shared/poisoned", workflow);
        node.runs.retry(TestingRuns.ORGANIZATION, poisoned, "ann@example.com");
        RunView mended = node.until(poisoned, now -> now.state() == RunState.SUCCEEDED);
        assertThat(mended.deadLetter()).isFalse();
        assertThat(mended.unreadable()).isEmpty();
        assertThat(mended.plan()).extracting(RunView.Planned::id).containsExactly("hold", "after");
    }

    @Test
    void shouldCancelTheRunsThatAGivenUpRunHadStarted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        held(begun, go);
        node.workflows.put(
                "shared/child",
                Flows.workflow("inputs.x", Flows.step("wait", new Action.Pause(Duration.ofMinutes(5)), Flows.ONCE)));
        UUID parent = node.start(
                "shared/parent",
                Flows.workflow(
                        "inputs.x",
                        Flows.step(
                                "call",
                                new Action.RunWorkflow("shared/child", Map.of("x", Flows.value("inputs.x"))),
                                Flows.ONCE),
                        Flows.pattern("hold", "inputs.x")),
                "x");
        begun.await();
        RunView before = node.until(parent, view -> view.steps().stream().anyMatch(step -> step.childRun() != null));
        UUID child = Objects.requireNonNull(node.step(before, "call").childRun());
        node.workflows.remove("shared/parent");
        go.countDown();

        awaitEnd(parent, parent);
        RunView cancelled = node.over(child);
        assertThat(cancelled.state()).isEqualTo(RunState.CANCELLED);
        assertThat(node.show(parent).state()).isEqualTo(RunState.FAILED);
    }

    /** Waits for the end of a run, while the tasks about another seem to have failed for long. */
    private void awaitEnd(UUID run, UUID failing) throws InterruptedException {
        long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
        while (!state(run).isOver()) {
            nearlyGivenUp(failing);
            assertThat(System.nanoTime()).as("the run is given up in time").isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void shouldEndARunWhoseResultsCannotBeDecrypted() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        node.scripts.put("hold", call -> {
            begun.countDown();
            go.await();
            return TestingRuns.echo(call);
        });
        UUID run = node.start(
                Flows.workflow(
                        "steps.after.output.echo",
                        Flows.pattern("first", "inputs.x"),
                        Flows.pattern("hold", "inputs.x", "first"),
                        Flows.pattern("other", "inputs.x"),
                        Flows.pattern("after", "steps.first.output.echo", "hold", "other")),
                "x");
        begun.await();
        node.database.asSuperuser(
                "UPDATE gantry.run_steps SET output = '\\x00112233' WHERE step = 'first'; UPDATE gantry.runs SET inputs = '\\x00'");
        go.countDown();

        awaitEnd(run, run);
        RunView view = node.show(run);
        assertThat(view.state()).isEqualTo(RunState.FAILED);
        assertThat(view.unreadable()).anyMatch(part -> part.startsWith("inputs: "));
        assertThat(view.steps()).extracting(RunView.StepView::path).contains("first", "hold", "other");
        assertThat(node.runsDone)
                .filteredOn(done -> done.run().equals(run))
                .extracting(RunListener.RunDone::error)
                .first(InstanceOfAssertFactories.STRING)
                .isNotEmpty();
    }

    @Test
    void shouldLetTheNextRunHaveItsTurnWhenOneThatWaitedCannotBegin() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        node.scripts.put("hold", call -> {
            begun.countDown();
            go.await();
            return TestingRuns.echo(call);
        });
        Workflow one = Flows.workflow(
                100_000,
                4,
                new Concurrency(1, Concurrency.WhenFull.QUEUE, null),
                null,
                Flows.pattern("hold", "inputs.x"));
        UUID first = node.start("shared/one", one, "1");
        begun.await();
        UUID poisoned = node.start("shared/one", one, "2");
        UUID last = node.start("shared/one", one, "3");
        node.database.asSuperuser("UPDATE gantry.runs SET workflow = 'shared/lost' WHERE id = '" + poisoned + "'");
        go.countDown();

        assertThat(node.over(first).state()).isEqualTo(RunState.SUCCEEDED);
        awaitEnd(last, poisoned);
        assertThat(state(last)).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(poisoned)).isEqualTo(RunState.FAILED);
    }

    @Test
    void shouldBeginAHealthyRunThoughTheOneAfterItCannotBegin() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        node.scripts.put("hold", call -> {
            begun.countDown();
            go.await();
            return TestingRuns.echo(call);
        });
        Workflow one = Flows.workflow(
                100_000,
                4,
                new Concurrency(1, Concurrency.WhenFull.QUEUE, null),
                null,
                Flows.pattern("hold", "inputs.x"));
        UUID first = node.start("shared/one", one, "1");
        begun.await();
        UUID healthy = node.start("shared/one", one, "2");
        UUID poisoned = node.start("shared/one", one, "3");
        UUID last = node.start("shared/one", one, "4");
        node.database.asSuperuser("UPDATE gantry.runs SET workflow = 'shared/lost' WHERE id = '" + poisoned + "'");
        go.countDown();

        assertThat(node.over(first).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.over(healthy).state()).isEqualTo(RunState.SUCCEEDED);
        awaitEnd(poisoned, poisoned);
        assertThat(state(poisoned)).isEqualTo(RunState.FAILED);
        assertThat(node.over(last).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldFillEveryPlaceAgainWhenARunThatCouldNotBeginBeginsLate() throws Exception {
        Map<String, CountDownLatch> holds =
                Map.of("1", new CountDownLatch(1), "2", new CountDownLatch(1), "3", new CountDownLatch(1));
        node.scripts.put("hold", call -> {
            CountDownLatch hold = holds.get(call.scope().inputs().path("x").asText());
            if (hold != null) {
                hold.await();
            }
            return TestingRuns.echo(call);
        });
        Workflow two = Flows.workflow(
                100_000,
                4,
                new Concurrency(2, Concurrency.WhenFull.QUEUE, null),
                null,
                Flows.pattern("hold", "inputs.x"));
        UUID first = node.start("shared/two", two, "1");
        UUID second = node.start("shared/two", two, "2");
        UUID late = node.start("shared/two", two, "3");
        UUID last = node.start("shared/two", two, "4");
        node.database.asSuperuser("UPDATE gantry.runs SET workflow = 'shared/late' WHERE id = '" + late + "'");

        // Both places become free while the one whose turn it is cannot begin.
        for (UUID over : List.of(first, second)) {
            Objects.requireNonNull(holds.get(over.equals(first) ? "1" : "2")).countDown();
            node.over(over);
            awaitTurnTaken();
        }
        assertThat(state(late)).isEqualTo(RunState.QUEUED);
        assertThat(state(last)).isEqualTo(RunState.QUEUED);
        node.workflows.put("shared/late", two);

        assertThat(node.over(last).state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(state(late)).isEqualTo(RunState.RUNNING);
        Objects.requireNonNull(holds.get("3")).countDown();
        assertThat(node.over(late).state()).isEqualTo(RunState.SUCCEEDED);
    }

    /** Waits until no end of a run is still to be told to whoever is next. */
    private void awaitTurnTaken() throws InterruptedException {
        long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
        while (node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("SELECT count(*) > 0 FROM job_tasks WHERE task_name = 'run.next'")
                                .mapTo(Boolean.class)
                                .one())) {
            assertThat(System.nanoTime())
                    .as("the next has had its turn in time")
                    .isLessThan(end);
            Thread.sleep(10);
        }
    }

    @Test
    void shouldTellTheOthersOfAnEventThatARunMakesNoSenseOf() throws Exception {
        Workflow waits = Flows.workflow(
                "inputs.x",
                Flows.step(
                        "wait", new Action.AwaitEvent("asset.moved", null, Duration.ofMinutes(1), false), Flows.ONCE));
        UUID senseless = node.start("shared/waits", waits, "1");
        UUID healthy = node.start("shared/waits", waits, "2");
        for (UUID run : List.of(senseless, healthy)) {
            node.until(run, view -> view.steps().stream().anyMatch(step -> step.state() == StepState.WAITING));
        }
        node.database.asSuperuser("UPDATE gantry.run_steps SET scope = 'each[one]' WHERE run_id = '" + senseless + "'");

        assertThat(node.runs.happened(TestingRuns.ORGANIZATION, "asset.moved", Json.object()))
                .isEqualTo(1);
        assertThat(node.over(healthy).state()).isEqualTo(RunState.SUCCEEDED);
    }

    @Test
    void shouldCountTheTroublesOfThePlatformNeitherAsFailuresNorAsAttempts() throws Exception {
        int[] calls = new int[1];
        node.scripts.put("troubled", call -> {
            if (calls[0]++ < 2) {
                throw new GantryException(ErrorCode.DATABASE_UNAVAILABLE, "The database was away");
            }
            return TestingRuns.echo(call);
        });
        Step step = Flows.step(
                "troubled",
                new Action.RunPattern("p", Flows.slot("inputs.x"), Map.of(), null, DataType.Simple.ANY),
                Flows.ONCE);
        UUID run = node.start(Flows.workflow("steps.troubled.output.echo", step), "x");

        RunView view = node.over(run);
        assertThat(view.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(calls[0]).isEqualTo(3);
    }
}
