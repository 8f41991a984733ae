package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/** Runs of workflows: starting them, looking at them and steering them. Thread-safe. */
public final class Runs {
    private static final int STEPS_SHOWN_MAX = 5_000;
    private static final int EVENTS_PAGE = 500;
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final RunEngine engine;
    private final Database database;
    private final RunSettings settings;
    private final EventWaits events;

    /**
     * Runs over a migrated database; to be made before the tasks start.
     *
     * @param audience which events a run may hear of
     * @param executors what can be done, by kind of step; a workflow with another kind is refused when it is started
     */
    public Runs(
            Database database,
            DurableTasks tasks,
            KeyRing keys,
            ObjectStore objects,
            RunSettings settings,
            WorkflowSource source,
            EventAudience audience,
            Expressions expressions,
            Map<Class<? extends Action>, StepExecutor> executors,
            RunListener listener) {
        this.database = database;
        this.settings = settings;
        this.engine = new RunEngine(
                database,
                tasks,
                source,
                expressions,
                new Vault(
                        keys,
                        objects,
                        settings.outputInlineMax().bytes(),
                        settings.outputSizeMax().bytes()),
                executors,
                listener);
        this.events = new EventWaits(engine, database, audience);
    }

    /** Says who hears of the end of runs; before the tasks start. */
    public void onClosing(RunClosing closing) {
        engine.closing = closing;
    }

    /** A run that was accepted; {@code isNew} is false when the same request had come before. */
    public record Accepted(UUID run, boolean isNew) {}

    /**
     * Accepts a run: from here on it is done, whatever happens to any process.
     *
     * @throws GantryException if an input does not fit, a step cannot be done here, or there are too many runs
     */
    public Accepted start(StartRequest request) {
        Starts.Started started = Starts.start(engine, request);
        return new Accepted(started.run(), started.isNew());
    }

    /** A request that was checked, with its defaults applied. */
    @SuppressWarnings("ArrayRecordComponent") // Handed on at once, and neither compared nor kept.
    public record Prepared(StartRequest request, ObjectNode inputs, byte[] hash) {}

    /**
     * Checks a request that is to be accepted in a transaction: within no transaction, since others are asked for it.
     *
     * @throws GantryException if an input does not fit, or a step cannot be done here
     */
    public Prepared prepare(StartRequest request) {
        return Starts.prepare(engine, request);
    }

    /**
     * Accepts a run within a transaction of durable tasks, so that it begins only together with what else that changes.
     *
     * @throws GantryException if there are too many runs; the transaction must not go on then
     */
    public Accepted start(TaskTransaction transaction, Prepared prepared) {
        Starts.Started started = Starts.start(engine, transaction, prepared);
        return new Accepted(started.run(), started.isNew());
    }

    /** Returns a run with its steps and what they gave; empty if there is none of that id. */
    public Optional<RunView> find(UUID organization, UUID id, boolean withOutputs) {
        engine.vault.prepare(organization);
        return engine.tasks.transaction(
                organization,
                transaction -> RunRows.find(transaction.handle(), id)
                        .map(run -> new RunReader(engine, transaction, run).read(withOutputs, STEPS_SHOWN_MAX)));
    }

    /** Returns summaries of runs, newest first. */
    public List<RunView> list(UUID organization, RunQuery query) {
        return database.inOrganization(organization, handle -> RunReader.list(handle, query));
    }

    /** Returns events of a run after one, in order, at most a page of them. */
    public List<RunEvent> events(UUID organization, UUID run, long after) {
        return database.inOrganization(organization, handle -> RunRows.events(handle, run, after, EVENTS_PAGE));
    }

    /**
     * Hands over the events of a run as they happen, until the run is over or the consumer throws.
     *
     * @param idle called now and then while nothing happens, with the number of the last event
     */
    public void follow(UUID organization, UUID run, long after, Consumer<RunEvent> events, LongConsumer idle)
            throws InterruptedException {
        long last = after;
        try (RunSignals.Follower follower = engine.signals.follow(run)) {
            while (true) {
                boolean over = database.inOrganization(organization, handle -> RunRows.find(handle, run))
                        .map(row -> row.closed)
                        .orElse(true);
                List<RunEvent> page = events(organization, run, last);
                for (RunEvent event : page) {
                    events.accept(event);
                    last = event.sequence();
                }
                if (page.isEmpty()) {
                    if (over) {
                        return;
                    }
                    idle.accept(last);
                    follower.await(LOOK);
                }
            }
        }
    }

    /**
     * Cancels a run: nothing new begins, steps under way are told to stop and soon made to.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is over
     */
    public void cancel(UUID organization, UUID run, String by) {
        change(organization, run, progress -> {
            requireUnderWay(progress.run);
            if (progress.run.state != RunState.CANCELLING) {
                progress.end(RunState.CANCELLING, "Cancelled by " + by);
            }
        });
    }

    /**
     * Lets nothing new begin; steps under way come to their end.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is not running
     */
    public void pause(UUID organization, UUID run, String by) {
        change(organization, run, progress -> {
            require(progress.run, RunState.RUNNING, "paused");
            progress.run.state = RunState.PAUSED;
            progress.run.pausedAt = progress.now;
            progress.event("run.paused", "", Json.object().put("by", by));
        });
    }

    /**
     * Goes on with a paused run.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is not paused
     */
    public void resume(UUID organization, UUID run, String by) {
        change(organization, run, progress -> {
            require(progress.run, RunState.PAUSED, "resumed");
            progress.run.state = RunState.RUNNING;
            progress.event("run.resumed", "", Json.object().put("by", by));
            Revival.makeUpForPause(progress);
            Revival.goOn(progress);
        });
    }

    /**
     * Does a run anew from where it failed or was cancelled; what has its output keeps it.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it is neither;
     *     {@link ErrorCode#RATE_LIMITED} if there are too many runs
     */
    public void retry(UUID organization, UUID run, String by) {
        change(organization, run, progress -> Revival.retry(engine, progress, by));
    }

    /**
     * Starts another run of the same workflow that takes over the results of this one, except those of a step and of what
     * depends on it.
     *
     * @param from a step of the workflow's own body, from which everything is done anew
     * @param inputs in place of the run's; null for the same
     */
    public UUID fork(Starter starter, UUID run, String from, @Nullable ObjectNode inputs) {
        return Revival.fork(engine, starter, run, from, inputs);
    }

    /**
     * Records a decision about a step that waits for it.
     *
     * @param path of the step; null when only one waits
     * @throws GantryException {@link ErrorCode#NOT_FOUND}; {@link ErrorCode#CONFLICT} if it does not wait for a decision;
     *     {@link ErrorCode#PERMISSION_DENIED} if somebody else is to decide
     */
    public void decide(
            UUID organization, UUID run, @Nullable String path, Approver who, boolean approved, String comment) {
        change(organization, run, progress -> {
            if (progress.run.state != RunState.RUNNING) {
                throw conflict("The run is " + progress.run.state.id() + "; nothing of it waits for a decision");
            }
            StepRow row = waitingApproval(progress, path);
            Action.Approve approve = (Action.Approve) Waits.step(progress, row).action();
            if (Waits.approvers(progress, row, approve).stream().noneMatch(who.matches())) {
                throw new GantryException(
                        ErrorCode.PERMISSION_DENIED,
                        "Step " + row.path() + " waits for a decision of "
                                + String.join(", ", Waits.approvers(progress, row, approve)));
            }
            Waits.decide(progress, row, approve, who.name(), approved, comment);
        });
    }

    private static StepRow waitingApproval(Progress progress, @Nullable String path) {
        List<StepRow> waiting = new ArrayList<>();
        for (StepRow row :
                StepRows.ofStates(progress.transactionHandle(), progress.run.id, EnumSet.of(StepState.WAITING))) {
            if (Waits.step(progress, row).action() instanceof Action.Approve
                    && (path == null || path.equals(row.path()))) {
                waiting.add(progress.keep(row));
            }
        }
        if (waiting.size() == 1) {
            return waiting.getFirst();
        }
        throw conflict(
                waiting.isEmpty()
                        ? "No step" + (path == null ? "" : " " + path) + " of the run waits for a decision"
                        : "Several steps wait for a decision; name one of "
                                + String.join(
                                        ", ",
                                        waiting.stream().map(StepRow::path).toList()));
    }

    /** Returns whether what names a call in its address is meant for a step that waits, right or wrong. */
    public static boolean isCall(String address) {
        return CallAddress.isMeant(address);
    }

    /**
     * Hands a call to the step that waits for it, which goes on with what was sent: once.
     *
     * @param address what names the step
     * @return the run
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if no step waits for such a call, or not any more;
     *     {@link ErrorCode#INVALID_REQUEST} if what was sent is not what the step says it gives
     */
    public UUID called(String address, JsonNode sent) {
        CallAddress call = CallAddress.parse(address).orElseThrow(Runs::nobodyWaits);
        boolean taken = engine.changeFromOutside(
                        call.organization(), call.run(), progress -> RunSignal.call(progress, address, sent))
                .orElse(false);
        if (!taken) {
            throw nobodyWaits();
        }
        return call.run();
    }

    private static GantryException nobodyWaits() {
        return new GantryException(
                ErrorCode.UNAUTHENTICATED, "No step waits for this call, or it was answered or is too late");
    }

    /** Returns whether a step waits for an event. */
    public boolean isAwaited(TaskTransaction transaction, String event) {
        return EventWaits.isAwaited(transaction, event);
    }

    /**
     * Tells waiting steps of an event, if who started their run may hear of it.
     *
     * @return how many of them it ended
     */
    public int happened(UUID organization, String event, ObjectNode facts) {
        return happened(organization, event, facts, engine.tasks.now());
    }

    /** The same for those that waited at a time, so that an event that is told again ends none that began later. */
    public int happened(UUID organization, String event, ObjectNode facts, Instant at) {
        return events.happened(organization, event, facts, at);
    }

    /**
     * Has a task remove, over and over and on one node at a time, runs that were over before the time for which they are kept,
     * and results that may be taken no more; before the tasks start.
     *
     * @param organizations hands the ids of all organizations to whom it is given
     */
    public void keepTidy(Consumer<Consumer<UUID>> organizations) {
        new Retention(engine, settings.retention(), organizations).begin();
    }

    private void change(UUID organization, UUID run, Consumer<Progress> change) {
        boolean[] found = new boolean[1];
        engine.changeFromOutside(organization, run, progress -> {
            found[0] = true;
            change.accept(progress);
            return null;
        });
        if (!found[0]) {
            throw notFound(run);
        }
    }

    static GantryException notFound(UUID run) {
        return new GantryException(ErrorCode.NOT_FOUND, "There is no run " + run);
    }

    static GantryException conflict(String message) {
        return new GantryException(ErrorCode.CONFLICT, message);
    }

    private static void requireUnderWay(RunRow run) {
        if (run.state.isOver()) {
            throw conflict("The run is over: " + run.state.id());
        }
    }

    private static void require(RunRow run, RunState state, String what) {
        if (run.state != state) {
            throw conflict("Only a run that is " + state.id() + " can be " + what + "; this one is " + run.state.id());
        }
    }
}
