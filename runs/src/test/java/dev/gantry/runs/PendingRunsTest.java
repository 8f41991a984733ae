package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.database.ConnectionTarget;
import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Workflow;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that wait for a node. */
class PendingRunsTest {
    private static final int RUNS = 120;
    private static final Workflow WORKFLOW = Flows.workflow(
            "steps.second.output.echo",
            Flows.pattern("first", "inputs.x"),
            Flows.pattern("second", "steps.first.output.echo", "first"));

    /** Reads something each time, as a node does that knows no workflow yet. */
    private static final WorkflowSource SOURCE = new WorkflowSource() {
        @Override
        public Workflow load(Handle handle, UUID organization, String name, int version) {
            handle.createQuery("SELECT pg_backend_pid()").mapTo(Integer.class).one();
            return WORKFLOW;
        }

        @Override
        public Registered resolve(Starter starter, String name) {
            return new Registered(name, 1, WORKFLOW);
        }
    };

    private static DurableTasks tasks(Database database) {
        return DurableTasks.open(database, JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
    }

    private static Runs runs(Database database, DurableTasks tasks, Path folder) {
        return TestingRuns.open(
                database,
                tasks,
                folder,
                SOURCE,
                EventAudience.EVERYBODY,
                Map.<Class<? extends Action>, StepExecutor>of(Action.RunPattern.class, TestingRuns::echo),
                RunListener.NONE);
    }

    @Test
    void shouldBeWorkedOffByANodeThatHasTwoConnections(@TempDir Path folder) {
        try (TestingDatabase testing = TestingDatabase.open("crypto", "jobs", "runs")) {
            List<UUID> pending = new ArrayList<>();
            DurableTasks neverStarted = tasks(testing.database());
            Runs accepting = runs(testing.database(), neverStarted, folder);
            for (int number = 0; number < RUNS; number++) {
                pending.add(accepting
                        .start(new StartRequest(
                                TestingRuns.STARTER,
                                SOURCE.resolve(TestingRuns.STARTER, "shared/" + Ids.next()),
                                Json.object().put("x", number),
                                null))
                        .run());
            }

            ConnectionTarget.Pool two = new ConnectionTarget.Pool(1, 1, Duration.ofSeconds(60), Duration.ofHours(1));
            try (Database narrow = Database.open(testing.target().withPool(two));
                    DurableTasks tasks = tasks(narrow)) {
                Runs working = runs(narrow, tasks, folder);
                tasks.start();

                long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
                while (accepting
                                .list(
                                        TestingRuns.ORGANIZATION,
                                        new RunQuery(null, RunState.SUCCEEDED, null, null, null, null, null, RUNS))
                                .size()
                        < RUNS) {
                    assertThat(System.nanoTime()).as("the runs are worked off").isLessThan(end);
                    LockSupport.parkNanos(20_000_000);
                }
                assertThat(working.find(TestingRuns.ORGANIZATION, pending.getLast(), true))
                        .hasValueSatisfying(view -> assertThat(view.outputs())
                                .isEqualTo(Json.object().put("result", String.valueOf(RUNS - 1))));
            }
            neverStarted.close();
        }
    }
}
