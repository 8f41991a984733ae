package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Concurrency;
import dev.gantry.workflow.Policy;
import dev.gantry.workflow.Scope;
import dev.gantry.workflow.Step;
import dev.gantry.workflow.Workflow;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** How runs begin. */
final class Starts {
    private Starts() {}

    /**
     * Refuses a workflow with steps that nobody here can do, before any of it is done.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} naming the step and its line
     */
    static void requireRunnable(RunEngine engine, Starter starter, Workflow workflow) {
        workflow.body().allSteps().forEach(step -> {
            requireRunnable(engine, starter, step, step.action());
            if (step.policy().onFailure() instanceof Policy.OnFailure.Fallback fallback) {
                requireRunnable(engine, starter, step, fallback.action());
            }
        });
    }

    private static void requireRunnable(RunEngine engine, Starter starter, Step step, Action action) {
        boolean control = switch (action) {
            case Action.ForEach _,
                    Action.Branch _,
                    Action.Loop _,
                    Action.Approve _,
                    Action.Pause _,
                    Action.AwaitEvent _,
                    Action.AwaitWebhook _ -> true;
            default -> false;
        };
        if (!control && !engine.canExecute(action)) {
            throw refused(step, "is of kind '" + RunListener.kind(action) + "', which this installation cannot do");
        }
        if (!control) {
            String refusal = engine.refusal(starter, action);
            if (refusal != null) {
                throw refused(step, refusal);
            }
        }
    }

    private static GantryException refused(Step step, String why) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "Step '" + step.id() + "' (line " + step.position().line() + ") " + why);
    }

    /** A run that was accepted, and whether it is new. */
    record Started(UUID run, boolean isNew) {}

    static Started start(RunEngine engine, StartRequest request) {
        Runs.Prepared prepared = prepare(engine, request);
        return engine.tasks.transaction(
                request.starter().organization(), transaction -> start(engine, transaction, prepared));
    }

    static Runs.Prepared prepare(RunEngine engine, StartRequest request) {
        engine.vault.prepare(request.starter().organization());
        Workflow workflow = request.workflow().workflow();
        requireRunnable(engine, request.starter(), workflow);
        ObjectNode inputs = Inputs.complete(workflow, request.inputs());
        return new Runs.Prepared(request, inputs, hash(request, inputs));
    }

    static Started start(RunEngine engine, TaskTransaction transaction, Runs.Prepared prepared) {
        StartRequest request = prepared.request();
        Workflow workflow = request.workflow().workflow();
        Optional<Started> known = known(transaction, request, prepared.hash());
        return known.orElseGet(() -> {
            UUID id = Ids.next();
            RunRow run = row(
                    transaction,
                    id,
                    request.starter(),
                    request.workflow(),
                    workflow.tokenBudget(),
                    concurrencyKey(engine, request.starter(), request.workflow(), id, prepared.inputs()),
                    null,
                    null,
                    0);
            run.cause = request.cause();
            RunQueue.admit(engine, transaction, run, workflow);
            insert(
                    engine,
                    transaction,
                    run,
                    workflow,
                    prepared.inputs(),
                    request.idempotencyKey(),
                    prepared.hash(),
                    null);
            return new Started(id, true);
        });
    }

    private static byte[] hash(StartRequest request, ObjectNode inputs) {
        return sha256(Json.write(Json.object()
                .put("workflow", request.workflow().name())
                .put("version", request.workflow().version())
                .set("inputs", inputs)));
    }

    /** The request may have come before; keys are taken in turn, so that two at the same time make one run. */
    private static Optional<Started> known(TaskTransaction transaction, StartRequest request, byte[] hash) {
        String key = request.idempotencyKey();
        if (key == null) {
            return Optional.empty();
        }
        transaction
                .handle()
                .createQuery("SELECT pg_advisory_xact_lock(hashtextextended(:key, 7))::text")
                .bind(
                        "key",
                        request.starter().principal() + "/" + request.workflow().name() + "/" + key)
                .mapTo(String.class)
                .one();
        return transaction
                .handle()
                .createQuery("""
                        SELECT id, request_hash FROM runs
                        WHERE principal = :principal AND workflow = :workflow AND idempotency_key = :key
                        """)
                .bind("principal", request.starter().principal())
                .bind("workflow", request.workflow().name())
                .bind("key", key)
                .map((row, _) -> {
                    if (!MessageDigest.isEqual(hash, row.getBytes("request_hash"))) {
                        throw new GantryException(
                                ErrorCode.IDEMPOTENCY_CONFLICT,
                                "The Idempotency-Key was used for another run of "
                                        + request.workflow().name() + " with other inputs or of another version");
                    }
                    return new Started(row.getObject("id", UUID.class), false);
                })
                .findOne();
    }

    static RunRow row(
            TaskTransaction transaction,
            UUID id,
            Starter starter,
            WorkflowSource.Registered workflow,
            long budget,
            @Nullable String concurrencyKey,
            @Nullable RunRow parent,
            @Nullable StepRow parentStep,
            int depth) {
        Instant now = transaction.now();
        Instant deadline = now.plus(workflow.workflow().deadline());
        if (parent != null && parent.deadlineAt.isBefore(deadline)) {
            deadline = parent.deadlineAt;
        }
        RunRow run = new RunRow(
                id,
                workflow.name(),
                workflow.version(),
                starter,
                budget,
                deadline,
                now,
                parent == null ? null : parent.id,
                parentStep == null ? null : parentStep.scope,
                parentStep == null ? null : parentStep.step,
                depth,
                concurrencyKey,
                RunState.RUNNING);
        run.definition = Definitions.keep(transaction, run, workflow);
        return run;
    }

    /** Stores a new run, and begins it unless it has to wait for its turn. */
    static void insert(
            RunEngine engine,
            TaskTransaction transaction,
            RunRow run,
            Workflow workflow,
            ObjectNode inputs,
            @Nullable String idempotencyKey,
            byte @Nullable [] hash,
            @Nullable UUID forkedFrom) {
        run.beginning = new RunRow.Beginning(
                engine.vault.seal(run.organization(), run.id, "inputs", inputs), idempotencyKey, hash, forkedFrom);
        Memory memory = new Memory();
        memory.put("inputs", inputs);
        Progress progress = new Progress(transaction, run, workflow, engine.expressions, engine.vault, memory);
        if (forkedFrom == null) {
            progress.isNew();
        }
        begin(progress);
        engine.finish(progress);
    }

    static void begin(Progress progress) {
        RunRow run = progress.run;
        progress.event(
                run.state == RunState.QUEUED ? "run.queued" : "run.started",
                "",
                Json.object().put("workflow", run.workflow).put("version", run.version));
        if (run.state == RunState.RUNNING) {
            run.startedAt = progress.now;
            progress.advance("");
            RunEngine.handOver(progress);
        }
    }

    /**
     * Starts the run that a step is.
     *
     * @param starter bounded by the workflow around
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} or {@link ErrorCode#CONFLICT} if its workflow takes no more runs;
     *     nothing has changed then
     */
    static void child(
            RunEngine engine,
            Progress parent,
            StepRow step,
            Starter starter,
            WorkflowSource.Registered found,
            ObjectNode inputs,
            UUID id,
            long budget) {
        TaskTransaction transaction = parent.transaction();
        RunRow run = row(
                transaction,
                id,
                starter,
                found,
                budget,
                concurrencyKey(engine, starter, found, id, inputs),
                parent.run,
                step,
                parent.run.depth + 1);
        run.cause = Cause.of(null, parent.run.chain());
        RunQueue.requireNotWithin(transaction, parent.run, run, found.workflow());
        RunQueue.admit(engine, transaction, run, found.workflow());
        insert(engine, transaction, run, found.workflow(), inputs, null, null, null);
    }

    /** Returns what runs that count together have in common; null if the workflow does not bound them. */
    static @Nullable String concurrencyKey(
            RunEngine engine, Starter starter, WorkflowSource.Registered workflow, UUID id, ObjectNode inputs) {
        Concurrency concurrency = workflow.workflow().concurrency();
        if (concurrency.runsMax() == 0) {
            return null;
        }
        String key = "";
        if (concurrency.key() != null) {
            Scope scope = new Scope(
                    new Scope.RunFacts(
                            id.toString(),
                            workflow.name(),
                            starter.name(),
                            starter.team() == null ? "" : starter.team(),
                            engine.tasks.now()),
                    inputs,
                    Map.of(),
                    Map.of());
            key = engine.expressions.render(concurrency.key(), scope);
        }
        return HexFormat.of().formatHex(sha256((workflow.name() + "\n" + key).getBytes(StandardCharsets.UTF_8)));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
