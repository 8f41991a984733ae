package dev.gantry.triggers;

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
import dev.gantry.runs.EventAudience;
import dev.gantry.runs.FileObjectStore;
import dev.gantry.runs.RunListener;
import dev.gantry.runs.RunQuery;
import dev.gantry.runs.RunSettings;
import dev.gantry.runs.RunView;
import dev.gantry.runs.Runs;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepOutcome;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.testing.TestingDatabase;
import dev.gantry.testing.TestingFolder;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/** Nodes with triggers over one database, whose workflows only compute. */
final class TestingTriggers implements AutoCloseable {
    private static final WorkflowReader READER = WorkflowReader.open();

    final UUID organization = Ids.next();
    final Starter ann = new Starter(organization, Ids.next(), Ids.next(), "ann@example.com", "platform", null);
    final TestingDatabase database = TestingDatabase.open("crypto", "jobs", "runs", "triggers");
    final Map<String, Workflow> workflows = new ConcurrentHashMap<>();
    final Set<UUID> deactivated = ConcurrentHashMap.newKeySet();
    final Runs runs;
    final Triggers triggers;
    private final List<DurableTasks> nodes = new ArrayList<>();
    private final TestingFolder directory = TestingFolder.create("gantry-triggers-");

    TestingTriggers(TriggerSettings settings) {
        DurableTasks tasks = tasks();
        runs = runs(tasks);
        triggers = triggers(tasks, runs, settings);
        DurableTasks other = tasks();
        triggers(other, runs(other), settings);
    }

    private DurableTasks tasks() {
        DurableTasks tasks =
                DurableTasks.open(database.database(), JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        nodes.add(tasks);
        return tasks;
    }

    private KeyRing keys() {
        Database all = database.database();
        return new KeyRing(
                new MasterKeyFile(directory.path().resolve("master.key")).load(),
                (owner, work) -> all.inOrganization(owner, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
    }

    private Runs runs(DurableTasks tasks) {
        return new Runs(
                database.database(),
                tasks,
                keys(),
                new FileObjectStore(directory.path().resolve("objects")),
                new RunSettings(new DataSize(1 << 20), new DataSize(4_096), Duration.ofDays(30)),
                source(),
                EventAudience.EVERYBODY,
                Expressions.open(),
                Map.of(
                        Action.Transform.class,
                        call -> StepOutcome.of(
                                call.expressions().evaluate(((Action.Transform) call.action()).value(), call.scope()))),
                RunListener.NONE);
    }

    private Triggers triggers(DurableTasks tasks, Runs over, TriggerSettings settings) {
        return new Triggers(
                tasks,
                keys(),
                over,
                source(),
                Expressions.open(),
                EventAudience.EVERYBODY,
                settings,
                TriggerListener.NONE);
    }

    private WorkflowSource source() {
        return new WorkflowSource() {
            @Override
            public Workflow load(Handle handle, UUID owner, String name, int version) {
                return TestingTriggers.this.resolve(name);
            }

            @Override
            public Registered resolve(Starter starter, String name) {
                if (deactivated.contains(starter.principal())) {
                    throw new GantryException(ErrorCode.UNAUTHENTICATED, "gone");
                }
                return new Registered(name, 1, TestingTriggers.this.resolve(name));
            }
        };
    }

    private Workflow resolve(String name) {
        Workflow found = workflows.get(name);
        if (found == null) {
            throw new GantryException(ErrorCode.NOT_FOUND, "There is no workflow '" + name + "'");
        }
        return found;
    }

    void start() {
        nodes.forEach(DurableTasks::start);
    }

    void workflow(String name, String yaml) {
        workflows.put(name, READER.read(yaml));
    }

    TriggerRequest request(String name, String workflow, TriggerSource source, String inputs) {
        return new TriggerRequest(
                name, ann, workflow, Json.readObject(inputs.getBytes(StandardCharsets.UTF_8)), null, source);
    }

    /** Returns all runs, the newest first, with what they gave. */
    List<RunView> all() {
        return runs.list(organization, new RunQuery(null, null, null, null, null, null, null, 500)).stream()
                .map(run -> runs.find(organization, run.id(), true).orElseThrow())
                .toList();
    }

    Trigger get(TriggerKind kind, String name) {
        return triggers.list(organization, kind).stream()
                .filter(trigger -> trigger.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** Sets all times back, as if no node had run for as long. */
    void makeDue(String ago) {
        database.asSuperuser("UPDATE gantry.job_schedules SET next_at = date_trunc('minute', now()) - interval '" + ago
                + "' WHERE next_at IS NOT NULL; UPDATE gantry.job_tasks SET execution_time = now() - interval '" + ago
                + "' WHERE task_name = 'schedule.workflow'");
    }

    @Override
    public void close() {
        nodes.forEach(DurableTasks::close);
        database.close();
        directory.close();
    }
}
