package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.jobs.TaskId;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Template;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is kept of steps beyond their attempts: journals, and results that other runs take. */
class KeptResultsTest {
    private static TestingRuns node;

    @BeforeAll
    static void open() {
        node = new TestingRuns();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    private static Step cached(Step step, Duration ttl, @Nullable Template key) {
        return Flows.with(
                step,
                new Policy(
                        Policy.Retry.NEVER,
                        Duration.ofSeconds(20),
                        new Policy.OnFailure.Abort(),
                        null,
                        new Policy.Cache(ttl, key),
                        Policy.Estimate.NONE));
    }

    private static long calls(UUID run) {
        return node.calls.stream().filter(call -> call.run().equals(run)).count();
    }

    @Test
    void shouldGoOnWhereTheAttemptBeforeEndedAndCountItsTokensOnce() throws Exception {
        node.scripts.put("turns", call -> {
            int done = call.journal().entries().size();
            for (int turn = done; turn < 4; turn++) {
                call.budget().reserve(1_000, 10);
                call.journal()
                        .append(
                                Json.object().put("turn", turn).put("attempt", call.attempt()),
                                100,
                                7,
                                "step.turn",
                                Json.object().put("turn", turn));
                if (turn == 1 && call.attempt() == 1) {
                    throw new StepFailure(Policy.FailureKind.PROVIDER, true, "away");
                }
            }
            return StepOutcome.of(Json.mapper().valueToTree(call.journal().entries()));
        });
        Step step = Flows.with(
                Flows.pattern("turns", "inputs.x"), Flows.policy(Flows.retries(3), new Policy.OnFailure.Abort()));

        UUID run = node.start(Flows.workflow("steps.turns.output", step), "x");
        RunView view = node.over(run);

        JsonNode entries = Objects.requireNonNull(view.outputs()).path("result");
        assertThat(entries).extracting(entry -> entry.path("turn").asInt()).containsExactly(0, 1, 2, 3);
        assertThat(entries).extracting(entry -> entry.path("attempt").asInt()).containsExactly(1, 1, 2, 2);
        assertThat(view.tokensUsed()).isEqualTo(400);
        assertThat(view.tokensReserved()).isZero();
        assertThat(view.costMicroUsd()).isEqualTo(28);
        assertThat(node.runs.events(TestingRuns.ORGANIZATION, run, 0))
                .filteredOn(event -> event.kind().equals("step.turn"))
                .extracting(event -> event.data().path("turn").asInt())
                .containsExactly(0, 1, 2, 3);
        assertThat(rows("run_journal WHERE run_id = '" + run + "'")).isZero();
    }

    @Test
    void shouldKeepAJournalSealedAndForTheNextTryOfARunThatFailed() throws Exception {
        node.scripts.put("secret", call -> {
            if (call.journal().entries().isEmpty()) {
                call.journal().append(Json.object().put("said", "XYZZY"), 5, 0, "step.turn", Json.object());
                throw new StepFailure(Policy.FailureKind.OTHER, false, "no");
            }
            return StepOutcome.of(call.journal().entries().getFirst());
        });
        UUID run = node.start(Flows.workflow("steps.secret.output.said", Flows.pattern("secret", "inputs.x")), "x");
        assertThat(node.over(run).state()).isEqualTo(RunState.FAILED);
        assertThat(rows("run_journal WHERE run_id = '" + run + "'")).isOne();
        assertThat(rows("run_journal WHERE position('XYZZY'::bytea IN entry) > 0"))
                .isZero();

        node.runsDone.removeIf(done -> done.run().equals(run));
        node.runs.retry(TestingRuns.ORGANIZATION, run, "ann");

        RunView view = node.over(run);
        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "XYZZY"));
        assertThat(view.tokensUsed()).isEqualTo(5);
    }

    @Test
    void shouldTakeAnEarlierResultOfTheSameStepGivenTheSame() throws Exception {
        String name = "shared/" + Ids.next();
        Workflow workflow = Flows.workflow(
                "steps.a.output.echo", cached(Flows.pattern("a", "inputs.x"), Duration.ofMinutes(5), null));

        UUID first = node.start(name, workflow, "same");
        node.over(first);
        UUID second = node.start(name, workflow, "same");
        UUID other = node.start(name, workflow, "other");
        RunView again = node.over(second);

        assertThat(again.outputs()).isEqualTo(Json.object().put("result", "same"));
        assertThat(calls(second)).isZero();
        assertThat(node.step(again, "a").cachedFrom()).isEqualTo(first);
        assertThat(node.stepsDone.stream().filter(done -> done.run().equals(second)))
                .extracting(RunListener.StepDone::status)
                .containsExactly("cached");
        assertThat(node.over(other).outputs()).isEqualTo(Json.object().put("result", "other"));
        assertThat(calls(other)).isOne();
        assertThat(rows("run_cache WHERE position('same'::bytea IN output) > 0"))
                .isZero();
    }

    @Test
    void shouldAskAnewForOtherTeamsWorkflowsAndAfterTheTime() throws Exception {
        String name = "shared/" + Ids.next();
        Workflow workflow = Flows.workflow(
                "steps.a.output.echo", cached(Flows.pattern("a", "inputs.x"), Duration.ofMillis(1), null));
        node.over(node.start(name, workflow, "late"));
        UUID later = node.start(name, workflow, "late");
        node.over(later);
        assertThat(calls(later)).isOne();

        Workflow lasting = Flows.workflow(
                "steps.a.output.echo", cached(Flows.pattern("a", "inputs.x"), Duration.ofMinutes(5), null));
        node.over(node.start(name, lasting, "x"));
        UUID elsewhere = node.start("shared/" + Ids.next(), lasting, "x");
        node.over(elsewhere);
        assertThat(calls(elsewhere)).isOne();
        Starter colleague = new Starter(TestingRuns.ORGANIZATION, Ids.next(), "bob@example.com", "another team", null);
        UUID ofOthers = node.runs
                .start(new StartRequest(
                        colleague,
                        new WorkflowSource.Registered(name, 1, lasting),
                        Json.object().put("x", "x"),
                        null))
                .run();
        node.over(ofOthers);
        assertThat(calls(ofOthers)).isOne();
    }

    @Test
    void shouldGoByTheKeyThatTheFileNames() throws Exception {
        String name = "shared/" + Ids.next();
        Workflow workflow = Flows.workflow(
                "steps.a.output.echo",
                cached(Flows.pattern("a", "inputs.x"), Duration.ofMinutes(5), Flows.slot("true")));
        node.over(node.start(name, workflow, "one"));

        RunView view = node.over(node.start(name, workflow, "two"));

        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "one"));
    }

    @Test
    void shouldKeepNoFailure() throws Exception {
        node.scripts.put("failing", call -> {
            throw new StepFailure(Policy.FailureKind.OTHER, false, "no");
        });
        String name = "shared/" + Ids.next();
        Workflow workflow = Flows.workflow(
                "steps.failing.output", cached(Flows.pattern("failing", "inputs.x"), Duration.ofMinutes(5), null));
        node.over(node.start(name, workflow, "x"));
        UUID again = node.start(name, workflow, "x");

        assertThat(node.over(again).state()).isEqualTo(RunState.FAILED);
        assertThat(node.step(node.show(again), "failing").cachedFrom()).isNull();
    }

    @Test
    void shouldForgetRunsThatAreKeptNoLongerAgainAndAgain() throws Exception {
        Workflow workflow = Flows.workflow("steps.a.output.echo", Flows.pattern("a", "inputs.x"));
        for (int round = 0; round < 2; round++) {
            UUID old = node.start(workflow, "x");
            UUID recent = node.start(workflow, "y");
            node.over(old);
            node.over(recent);
            node.until(old, view -> rows("runs WHERE closed AND id = '" + old + "'") == 1);
            node.database.asSuperuser(
                    "UPDATE gantry.runs SET finished_at = now() - interval '31 days' WHERE id = '" + old + "'");

            long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
            while (node.runs.find(TestingRuns.ORGANIZATION, old, false).isPresent()) {
                assertThat(System.nanoTime()).as("the run is forgotten").isLessThan(end);
                node.tasks.transaction(
                        Retention.NOBODY,
                        transaction -> transaction.move(
                                new TaskId(Retention.TASK, Retention.NOBODY, Retention.NOBODY), transaction.now()));
                Thread.sleep(20);
            }
            for (String table : List.of("run_steps", "run_events")) {
                assertThat(rows(table + " WHERE run_id = '" + old + "'")).isZero();
            }
            assertThat(node.show(recent).state()).isEqualTo(RunState.SUCCEEDED);
        }
    }

    private static long rows(String from) {
        return node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("SELECT count(*) FROM " + from)
                                .mapTo(Long.class)
                                .one());
    }
}
