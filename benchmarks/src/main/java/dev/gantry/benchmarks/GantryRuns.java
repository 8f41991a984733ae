package dev.gantry.benchmarks;

import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.audit.AuditSettings;
import dev.gantry.config.DataSize;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.Database;
import dev.gantry.database.GroupCommit;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobSettings;
import dev.gantry.jobs.TaskObserver;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.runs.EventAudience;
import dev.gantry.runs.FileObjectStore;
import dev.gantry.runs.RunListener;
import dev.gantry.runs.RunSettings;
import dev.gantry.runs.Runs;
import dev.gantry.runs.StartRequest;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepOutcome;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.Workflow;
import dev.gantry.workflow.WorkflowReader;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/** Runs of workflows as the server does them: sealed, with their events, and with every step and run in the audit log. */
final class GantryRuns implements Chains {
    static final UUID ORGANIZATION = Ids.next();
    private static final Starter STARTER = new Starter(ORGANIZATION, Ids.next(), "ann@example.com", "platform", null);
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final String CHAIN = """
            name: Chain
            inputs: {x: {type: integer, required: true}}
            outputs: {sum: "${steps.three.output}"}
            steps:
              - {id: one, type: transform, params: {value: "${inputs.x + 1}"}}
              - {id: two, type: transform, params: {value: "${steps.one.output + 1}"}}
              - {id: three, type: transform, params: {value: "${steps.two.output + 1}"}}
            """;

    /** Its first step is done by a task: what it may be tried again for is known only when it has failed. */
    private static final String PENDING = CHAIN.replace("name: Chain", "name: Pending")
            .replace("{id: one,", "{id: one, retry: {attempts: 2, on: [other]},");

    private static final String WAITING = """
            name: Waiting
            inputs: {x: {type: integer, required: true}}
            steps:
              - {id: ask, type: approval, params: {message: "Go on?", approvers: [ann@example.com], timeout: 30m}}
            """;

    private final Runs runs;
    private final DurableTasks tasks;
    private final AuditLog log;
    private final AtomicLong ended = new AtomicLong();
    private final WorkflowSource.Registered chain;
    private final WorkflowSource.Registered waiting;
    private final WorkflowSource.Registered pending;

    GantryRuns(Database database, Path data, boolean audited) {
        KeyRing keys = new KeyRing(
                new MasterKeyFile(data.resolve("master.key")).load(),
                (organization, work) -> database.inOrganization(organization, handle -> {
                    work.over(handle.getConnection());
                    return null;
                }));
        log = AuditLog.open(database, keys, AuditSettings.defaults(), data, Clock.systemUTC());
        chain = registered("shared/chain", CHAIN);
        waiting = registered("shared/waiting", WAITING);
        pending = registered("shared/pending", PENDING);
        tasks = DurableTasks.open(database, JobSettings.defaults(), TaskObserver.NONE, Clock.systemUTC());
        runs = new Runs(
                database,
                tasks,
                keys,
                new FileObjectStore(data.resolve("objects")),
                new RunSettings(new DataSize(1 << 20), new DataSize(1 << 16), Duration.ofDays(30)),
                source(),
                EventAudience.EVERYBODY,
                Expressions.open(),
                Map.of(
                        Action.Transform.class,
                        call -> StepOutcome.of(
                                call.expressions().evaluate(((Action.Transform) call.action()).value(), call.scope()))),
                listener(audited));
    }

    /** Begins to do what is due. */
    GantryRuns started() {
        tasks.start();
        return this;
    }

    Runs runs() {
        return runs;
    }

    private static WorkflowSource.Registered registered(String name, String file) {
        return new WorkflowSource.Registered(name, 1, WorkflowReader.open().read(file));
    }

    private WorkflowSource source() {
        return new WorkflowSource() {
            @Override
            public Workflow load(Handle handle, UUID organization, String name, int version) {
                return Stream.of(chain, waiting, pending)
                        .filter(workflow -> workflow.name().equals(name))
                        .findFirst()
                        .orElseThrow()
                        .workflow();
            }

            @Override
            public Registered resolve(Starter starter, String name) {
                return chain;
            }
        };
    }

    private RunListener listener(boolean audited) {
        return new RunListener() {
            @Override
            public void ended(StepDone step) {
                ended(List.of(step), null, null);
            }

            @Override
            public void ended(List<StepDone> steps, @Nullable RunDone run, @Nullable Handle look) {
                if (audited) {
                    List<GroupCommit.Commit> writes = new ArrayList<>(steps.size() + 1);
                    steps.forEach(step -> writes.add(record("step.execute", step.workflow(), step.took())));
                    if (run != null) {
                        writes.add(record("workflow.execute", run.workflow(), run.took()));
                    }
                    writes.forEach(write -> write.await(PATIENCE));
                }
                if (run != null) {
                    ended.incrementAndGet();
                }
            }
        };
    }

    private GroupCommit.Commit record(String type, String workflow, Duration took) {
        return log.append(new AuditEvent(
                Ids.next(),
                Instant.ofEpochMilli(System.currentTimeMillis()),
                type,
                new AuditEvent.Actor(STARTER.name(), null, null),
                ORGANIZATION,
                STARTER.team(),
                null,
                "workflows/" + workflow,
                "execute",
                AuditResult.SUCCESS,
                null,
                took.toMillis(),
                0L,
                new MicroDollars(0),
                null,
                null,
                Map.of(),
                new AuditEvent.Origin("gantry", "0.1.0", "node-1")));
    }

    @Override
    public void begin() {
        begin(chain);
    }

    /** Begins a run that a node has to go on with. */
    void beginPending() {
        begin(pending);
    }

    /** Begins a run that waits for somebody. */
    void beginWaiting() {
        begin(waiting);
    }

    private void begin(WorkflowSource.Registered workflow) {
        runs.start(new StartRequest(STARTER, workflow, Json.object().put("x", 1), null));
    }

    @Override
    public long ended() {
        return ended.get();
    }

    @Override
    public void close() {
        tasks.close();
        log.close();
    }
}
