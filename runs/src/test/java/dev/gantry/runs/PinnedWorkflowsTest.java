package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Workflow;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Runs of workflows that come with the product, when its next version brings others. */
class PinnedWorkflowsTest {
    private static TestingRuns node;

    @BeforeAll
    static void open() {
        node = new TestingRuns();
    }

    @AfterAll
    static void close() {
        node.close();
    }

    /** Starts a run of a text that the registry knows only as long as it is the current one, which it is no more. */
    private static UUID started(String text) {
        Workflow workflow = Flows.workflow(
                "steps.after.output.echo",
                Flows.pattern("before", "inputs.x"),
                Flows.step(
                        "ask",
                        new Action.Approve(
                                Flows.slot("inputs.x"),
                                List.of("ann@example.com"),
                                1,
                                Duration.ofHours(1),
                                Action.OnTimeout.FAIL,
                                null,
                                true),
                        Flows.ONCE,
                        "before"),
                Flows.pattern("after", "steps.before.output.echo", "ask", "before"));
        node.workflows.put(text, workflow);
        node.workflows.put("builtin/letter", Flows.workflow("steps.other.output", Flows.pattern("other", "inputs.x")));
        return node.runs
                .start(new StartRequest(
                        TestingRuns.STARTER,
                        new WorkflowSource.Registered("builtin/letter", 1, workflow, text),
                        Json.object().put("x", "dear"),
                        null))
                .run();
    }

    private static void approve(UUID run) {
        node.runs.decide(
                TestingRuns.ORGANIZATION,
                run,
                null,
                new Approver("ann@example.com", "ann@example.com"::equals),
                true,
                "");
    }

    @Test
    void shouldGoOnWithTheTextThatTheyBeganWith() throws Exception {
        UUID run = started("text of " + Ids.next());
        node.until(run, view -> view.steps().stream().anyMatch(step -> step.state() == StepState.WAITING));

        approve(run);

        RunView view = node.over(run);
        assertThat(view.state()).isEqualTo(RunState.SUCCEEDED);
        assertThat(view.outputs()).isEqualTo(Json.object().put("result", "dear"));
        assertThat(view.unreadable()).isEmpty();
        assertThat(view.plan()).extracting(RunView.Planned::id).containsExactly("before", "ask", "after");
    }

    @Test
    void shouldBeForkedWithThatTextToo() throws Exception {
        UUID run = started("text of " + Ids.next());
        node.until(run, view -> view.steps().stream().anyMatch(step -> step.state() == StepState.WAITING));

        UUID fork = node.runs.fork(TestingRuns.STARTER, run, "ask", null);
        approve(fork);

        assertThat(node.over(fork).outputs()).isEqualTo(Json.object().put("result", "dear"));
    }

    @Test
    void shouldKeepATextOnceHoweverManyRunsHaveIt() {
        String text = "text of " + Ids.next();
        started(text);
        started(text);

        long kept = node.database
                .database()
                .inOrganization(
                        TestingRuns.ORGANIZATION,
                        handle -> handle.createQuery("SELECT count(*) FROM run_definitions WHERE content = :text")
                                .bind("text", text)
                                .mapTo(Long.class)
                                .one());
        assertThat(kept).isOne();
    }

    @Test
    void shouldBeFoundByTheTeamThatTheyWereStartedFor() {
        String team = "team-" + Ids.next();
        Starter other = new Starter(TestingRuns.ORGANIZATION, Ids.next(), "bob@example.com", team, null);
        Workflow workflow = Flows.workflow("steps.a.output", Flows.pattern("a", "inputs.x"));
        node.workflows.put("shared/teams", workflow);
        UUID run = node.runs
                .start(new StartRequest(
                        other, new WorkflowSource.Registered("shared/teams", 1, workflow), Json.object(), null))
                .run();
        node.start("shared/teams", workflow, "x");

        assertThat(node.runs.list(TestingRuns.ORGANIZATION, new RunQuery(null, null, null, team, null, null, null, 10)))
                .extracting(RunView::id)
                .containsExactly(run);
        assertThat(node.runs.list(
                        TestingRuns.ORGANIZATION, new RunQuery("shared/none", null, null, team, null, null, null, 10)))
                .isEmpty();
    }
}
