package dev.gantry.runs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.DataSize;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import dev.gantry.testing.TestingFolder;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Workflow;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/** A node that runs workflows over a database of its own, with steps that are recorded. */
final class TestingRuns implements AutoCloseable {
    static final UUID ORGANIZATION = Ids.next();
    static final Starter STARTER = new Starter(ORGANIZATION, Ids.next(), "ann@example.com", "platform", null);

    final TestingDatabase database;
    final List<StepCall> calls = new CopyOnWriteArrayList<>();
    final List<RunListener.StepDone> stepsDone = new CopyOnWriteArrayList<>();
    final List<RunListener.RunDone> runsDone = new CopyOnWriteArrayList<>();
    final Map<String, StepExecutor> scripts = new ConcurrentHashMap<>();
    final Map<String, Workflow> workflows = new ConcurrentHashMap<>();
    /** Events of which nobody may hear. */
    final Set<String> deafTo = ConcurrentHashMap.newKeySet();

    /** How often the database is away when a workflow is read. */
    final AtomicInteger awayFor = new AtomicInteger();

    final Runs runs;
    final DurableTasks tasks;
    private final TestingFolder directory = TestingFolder.create("gantry-runs-");

    TestingRuns() {
        database = TestingDatabase.open("crypto", "jobs", "runs");
        tasks = DurableTasks.open(database.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        runs = open(database.database(), tasks, directory.path(), source(), this::mayHear, executors(), listener());
        runs.keepTidy(
                each -> List.of(TestingDatabase.newOrganization(), ORGANIZATION).forEach(each));
        tasks.start();
    }

    static Runs open(
            Database database,
            DurableTasks tasks,
            Path directory,
            WorkflowSource source,
            EventAudience audience,
            Map<Class<? extends Action>, StepExecutor> executors,
            RunListener listener) {
        KeyRing keys = new KeyRing(
                new MasterKeyFile(directory.resolve("master.key")).load(),
                (organization, work) -> database.inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        RunSettings settings = new RunSettings(new DataSize(1 << 20), new DataSize(4_096), Duration.ofDays(30));
        return new Runs(
                database,
                tasks,
                keys,
                new FileObjectStore(directory.resolve("objects")),
                settings,
                source,
                audience,
                new PathExpressions(),
                executors,
                listener);
    }

    private boolean mayHear(Starter owner, String event, ObjectNode facts) {
        return !deafTo.contains(event);
    }

    private WorkflowSource source() {
        return new WorkflowSource() {
            @Override
            public Workflow load(Handle handle, UUID organization, String name, int version) {
                if (awayFor.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
                    throw new GantryException(ErrorCode.DATABASE_UNAVAILABLE, "The database is away");
                }
                return Objects.requireNonNull(workflows.get(name));
            }

            @Override
            public Workflow read(String text) {
                return Objects.requireNonNull(workflows.get(text));
            }

            @Override
            public Registered resolve(Starter starter, String name) {
                Workflow found = workflows.get(name);
                if (found == null) {
                    throw new GantryException(ErrorCode.NOT_FOUND, "There is no workflow " + name);
                }
                return new Registered(name, 1, found);
            }
        };
    }

    private Map<Class<? extends Action>, StepExecutor> executors() {
        return Map.of(
                Action.RunPattern.class,
                call -> {
                    calls.add(call);
                    StepExecutor script = scripts.get(call.step().id());
                    if (script != null) {
                        return script.execute(call);
                    }
                    return echo(call);
                },
                Action.Transform.class,
                call -> StepOutcome.of(
                        call.expressions().evaluate(((Action.Transform) call.action()).value(), call.scope())));
    }

    /** Where large outputs of this node lie. */
    ObjectStore objects() {
        return new FileObjectStore(directory.path().resolve("objects"));
    }

    static StepOutcome echo(StepCall call) {
        String input = call.expressions().render(((Action.RunPattern) call.action()).input(), call.scope());
        return StepOutcome.of(Json.object().put("echo", input));
    }

    private RunListener listener() {
        return new RunListener() {
            @Override
            public void ended(StepDone step) {
                stepsDone.add(step);
            }

            @Override
            public void ended(RunDone run) {
                runsDone.add(run);
            }
        };
    }

    UUID start(Workflow workflow, Object x) {
        String name = "shared/" + Ids.next();
        workflows.put(name, workflow);
        return start(name, workflow, x);
    }

    UUID start(String name, Workflow workflow, Object x) {
        workflows.put(name, workflow);
        return runs.start(new StartRequest(
                        STARTER,
                        new WorkflowSource.Registered(name, 1, workflow),
                        Json.object().set("x", Json.mapper().valueToTree(x)),
                        null))
                .run();
    }

    RunView show(UUID run) {
        return runs.find(ORGANIZATION, run, true).orElseThrow();
    }

    /** Waits until a run is over and closed. */
    RunView over(UUID run) throws InterruptedException {
        return until(
                run,
                view -> view.state().isOver()
                        && runsDone.stream().anyMatch(done -> done.run().equals(run)));
    }

    RunView until(UUID run, Predicate<RunView> condition) throws InterruptedException {
        long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
        while (true) {
            RunView view = show(run);
            if (condition.test(view)) {
                return view;
            }
            if (System.nanoTime() > end) {
                throw new AssertionError("The run did not come to that: " + view);
            }
            Thread.sleep(5);
        }
    }

    /** Starts a run and waits for its success. */
    UUID finished(Workflow workflow, Object x) throws InterruptedException {
        UUID run = start(workflow, x);
        assertThat(over(run).state()).isEqualTo(RunState.SUCCEEDED);
        return run;
    }

    static JsonNode result(RunView view) {
        return Objects.requireNonNull(view.outputs()).path("result");
    }

    void decide(UUID run, String who, boolean approved) {
        runs.decide(ORGANIZATION, run, null, new Approver(who, who::equals), approved, approved ? "" : "because");
    }

    List<StepCall> callsOf(UUID run) {
        return calls.stream().filter(call -> call.run().equals(run)).toList();
    }

    List<String> callIds(UUID run) {
        return callsOf(run).stream().map(call -> call.step().id()).toList();
    }

    RunView.StepView step(RunView run, String path) {
        return run.steps().stream()
                .filter(step -> step.path().equals(path))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No step " + path + " in " + run));
    }

    @Override
    public void close() {
        tasks.close();
        database.close();
        directory.close();
    }
}
