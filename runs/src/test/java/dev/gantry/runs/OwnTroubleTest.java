package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Workflow;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A database that was away, or a node that stopped, decides nothing about a run. */
class OwnTroubleTest {
    private TestingRuns node;

    @BeforeEach
    void open() {
        node = new TestingRuns();
    }

    @AfterEach
    void close() {
        node.close();
    }

    private static GantryException away() {
        return new GantryException(ErrorCode.DATABASE_UNAVAILABLE, "The database is away");
    }

    @Test
    void shouldTellOwnTroubleFromWhatIsTheWorkflows() {
        for (ErrorCode code : ErrorCode.values()) {
            GantryException failure = new GantryException(code, "x");
            if (code == ErrorCode.DATABASE_UNAVAILABLE || code == ErrorCode.SHUTTING_DOWN) {
                assertThatThrownBy(() -> RunEngine.throwOwnTrouble(failure)).isSameAs(failure);
            } else {
                assertThatCode(() -> RunEngine.throwOwnTrouble(failure)).doesNotThrowAnyException();
            }
        }
        assertThatCode(() -> RunEngine.throwOwnTrouble(new IllegalStateException()))
                .doesNotThrowAnyException();
    }

    /** Five attempts of the step were lost with their processes before: one more would be too many. */
    @ParameterizedTest
    @CsvSource({"5, SUCCEEDED, 2", "6, FAILED, 1"})
    void shouldNotTakeAnAttemptWithTroubleForOneThatKilledItsProcess(int lost, RunState end, int calls)
            throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        AtomicInteger called = new AtomicInteger();
        node.scripts.put("hold", call -> {
            if (called.incrementAndGet() == 1) {
                begun.countDown();
                go.await();
                throw away();
            }
            return TestingRuns.echo(call);
        });
        Workflow workflow = Flows.workflow("steps.hold.output.echo", Flows.pattern("hold", "inputs.x"));
        UUID run = node.start(workflow, "x");
        begun.await();
        node.database.asSuperuser("UPDATE gantry.run_steps SET lost = " + lost + ", attempt = " + (lost + 1)
                + " WHERE run_id = '" + run + "'");
        go.countDown();

        RunView over = node.over(run);
        assertThat(over.state()).as(over.error()).isEqualTo(end);
        assertThat(called).hasValue(calls);
        if (end == RunState.FAILED) {
            assertThat(over.error()).contains("ended again and again with their process");
        }
    }

    @Test
    void shouldGoOnWhenTheWorkflowCouldNotBeReadForAMoment() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        node.scripts.put("hold", call -> {
            begun.countDown();
            go.await();
            return TestingRuns.echo(call);
        });
        Workflow workflow = Flows.workflow(
                "steps.after.output.echo",
                Flows.pattern("hold", "inputs.x"),
                Flows.pattern("after", "steps.hold.output.echo", "hold"));
        UUID run = node.start(workflow, "x");
        begun.await();
        node.awayFor.set(1);
        go.countDown();

        RunView over = node.over(run);
        assertThat(over.state()).as(over.error()).isEqualTo(RunState.SUCCEEDED);
        assertThat(node.awayFor).hasValue(0);
    }
}
