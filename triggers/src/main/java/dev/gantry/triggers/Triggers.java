package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.KeyRing;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.Schedule;
import dev.gantry.jobs.ScheduleRequest;
import dev.gantry.jobs.Schedules;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.runs.EventAudience;
import dev.gantry.runs.RunView;
import dev.gantry.runs.Runs;
import dev.gantry.runs.Starter;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.workflow.EventMapping;
import dev.gantry.workflow.Expressions;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * What starts workflows without a person. Runs are done on the rights of whoever set the trigger up, as they are when it
 * fires, and bound to the key with which that was done. Thread-safe.
 */
public final class Triggers {
    /** Triggers of one organization. */
    public static final int TRIGGERS_MAX = 1_000;

    /** The kind of schedules that start workflows. */
    static final String SCHEDULES = "workflow";

    private final DurableTasks tasks;
    private final Schedules schedules;
    private final WorkflowSource workflows;
    private final TriggerStore store;
    private final TriggerStarts starts;
    private final Firings firings;
    private final EventQueue events;
    private final Hooks hooks;

    /** Triggers over a migrated database; to be made before the tasks start. */
    public Triggers(
            DurableTasks tasks,
            KeyRing keys,
            Runs runs,
            WorkflowSource workflows,
            Expressions expressions,
            EventAudience audience,
            TriggerSettings settings,
            TriggerListener listener) {
        this.tasks = tasks;
        this.schedules = new Schedules(tasks);
        this.workflows = workflows;
        this.store = new TriggerStore(keys);
        this.starts = new TriggerStarts(runs, workflows, expressions, audience, store, schedules, listener, settings);
        this.firings = new Firings(tasks, store, starts);
        this.events = new EventQueue(tasks, store, starts, firings, runs, settings);
        this.hooks = new Hooks(tasks, keys, store, starts, settings);
        schedules.handle(SCHEDULES, this::fire);
        runs.onClosing(this::runEnded);
    }

    /**
     * A trigger that was put.
     *
     * @param secret of a webhook that is new or has a new owner, who alone shall know it; shown this once, null for others
     */
    public record Put(
            Trigger trigger, boolean isNew, @Nullable String secret) {}

    /** Returns what answers calls from outside. */
    public Hooks hooks() {
        return hooks;
    }

    /**
     * Makes a trigger, or replaces that of the same kind and name, which is active then and whose runs are done on the rights of
     * its new owner.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} naming what does not fit, {@link ErrorCode#NOT_FOUND} and
     *     {@link ErrorCode#PERMISSION_DENIED} of the workflow, {@link ErrorCode#QUOTA_EXCEEDED} if there are too many
     */
    public Put put(TriggerRequest request) {
        UUID organization = request.owner().organization();
        WorkflowSource.Registered workflow = workflows.resolve(request.owner(), request.workflow());
        EventMapping.check(request.inputs(), request.where(), workflow.workflow());
        if (request.source() instanceof TriggerSource.OnEvent on && !TriggerEvents.NAMES.contains(on.event())) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'event' must be one of " + String.join(", ", TriggerEvents.NAMES));
        }
        String written = request.workflow().substring(request.workflow().lastIndexOf('/') + 1);
        String name = workflow.name() + (written.indexOf('@') > 0 ? written.substring(written.indexOf('@')) : "");
        TriggerKind kind = request.source().kind();
        return tasks.transaction(organization, transaction -> {
            Optional<TriggerStore.Row> known = store.lock(transaction.handle(), kind, request.name(), null);
            UUID id = known.map(row -> row.trigger().id()).orElseGet(Ids::next);
            if (known.isPresent()) {
                store.replace(transaction.handle(), id, request, name, transaction.now());
            } else {
                if (store.count(transaction.handle()) >= TRIGGERS_MAX) {
                    throw new GantryException(
                            ErrorCode.QUOTA_EXCEEDED,
                            "There are " + TRIGGERS_MAX + " triggers already, as many as may be; remove some");
                }
                store.insert(transaction.handle(), id, request, name, transaction.now());
            }
            boolean isHandedOver = known.isPresent()
                    && !known.get()
                            .trigger()
                            .owner()
                            .principal()
                            .equals(request.owner().principal());
            if (kind == TriggerKind.WEBHOOK && isHandedOver) {
                hooks.endSecrets(transaction, id);
            }
            String secret = kind == TriggerKind.WEBHOOK && (known.isEmpty() || isHandedOver)
                    ? hooks.addSecret(transaction, organization, id)
                    : null;
            if (request.source() instanceof TriggerSource.AtTimes times) {
                schedules.put(transaction, organization, schedule(request.name(), times, true));
            }
            return new Put(lock(transaction, kind, request.name()), known.isEmpty(), secret);
        });
    }

    static ScheduleRequest schedule(String name, TriggerSource.AtTimes times, boolean enabled) {
        return new ScheduleRequest(SCHEDULES, name, times.cron(), times.zone(), times.missed(), enabled, Json.object());
    }

    /** Returns the triggers of a kind, by name. */
    public List<Trigger> list(UUID organization, TriggerKind kind) {
        return tasks.transaction(
                organization,
                transaction -> store.list(
                        transaction.handle(),
                        kind,
                        kind == TriggerKind.SCHEDULE ? schedules.list(transaction, SCHEDULES) : List.of(),
                        TRIGGERS_MAX));
    }

    /** Returns a trigger; empty if there is none of that name. */
    public Optional<Trigger> find(UUID organization, TriggerKind kind, String name) {
        return tasks.transaction(
                organization,
                transaction -> store.peek(transaction.handle(), kind, name).map(TriggerStore.Row::trigger));
    }

    private Trigger lock(TaskTransaction transaction, TriggerKind kind, String name) {
        @Nullable
        Schedule schedule = kind == TriggerKind.SCHEDULE
                ? schedules.list(transaction, SCHEDULES).stream()
                        .filter(found -> found.name().equals(name))
                        .findFirst()
                        .orElse(null)
                : null;
        return store.lock(transaction.handle(), kind, name, schedule)
                .map(TriggerStore.Row::trigger)
                .orElseThrow(() -> missing(kind, name));
    }

    /** Returns what is thrown where there is no such trigger. */
    public static GantryException missing(TriggerKind kind, String name) {
        return new GantryException(ErrorCode.NOT_FOUND, "There is no " + kind.id() + " '" + name + "'");
    }

    /**
     * Removes a trigger; runs that it has started go on.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public void delete(UUID organization, TriggerKind kind, String name) {
        tasks.transaction(organization, transaction -> {
            Trigger trigger = lock(transaction, kind, name);
            store.delete(transaction.handle(), trigger.id());
            if (kind == TriggerKind.SCHEDULE) {
                schedules.remove(transaction, organization, SCHEDULES, name);
            }
            return null;
        });
    }

    /**
     * Lets a trigger start nothing until it is resumed.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Trigger pause(UUID organization, TriggerKind kind, String name) {
        return tasks.transaction(organization, transaction -> {
            Trigger trigger = lock(transaction, kind, name);
            store.state(transaction.handle(), trigger.id(), TriggerState.PAUSED, null, transaction.now());
            if (trigger.source() instanceof TriggerSource.AtTimes times) {
                schedules.put(transaction, organization, schedule(name, times, false));
            }
            return lock(transaction, kind, name);
        });
    }

    /**
     * Lets a paused or stopped trigger go on from now. When its owner does it, the runs are bound to the key that they use now;
     * when somebody else does, the owner stays.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND}
     */
    public Trigger resume(Starter by, TriggerKind kind, String name) {
        UUID organization = by.organization();
        return tasks.transaction(organization, transaction -> {
            Trigger trigger = lock(transaction, kind, name);
            store.state(transaction.handle(), trigger.id(), TriggerState.ACTIVE, null, transaction.now());
            if (trigger.owner().principal().equals(by.principal())) {
                store.owner(transaction.handle(), trigger.id(), by, transaction.now());
            }
            if (trigger.source() instanceof TriggerSource.AtTimes times) {
                schedules.put(transaction, organization, schedule(name, times, true));
            }
            return lock(transaction, kind, name);
        });
    }

    /**
     * Starts the workflow of a schedule now, whatever the time and whether or not it is paused, on the rights of its owner.
     *
     * @return the run
     * @throws GantryException why it cannot be started
     */
    public UUID runNow(UUID organization, String name) {
        Trigger trigger =
                find(organization, TriggerKind.SCHEDULE, name).orElseThrow(() -> missing(TriggerKind.SCHEDULE, name));
        Runs.Prepared request = starts.prepare(trigger, occasion(trigger.name(), tasks.now(), true), 0, tasks.now())
                .orElseThrow(() -> new GantryException(ErrorCode.CONFLICT, "Its condition is false now"));
        UUID run = tasks.transaction(organization, transaction -> starts.start(transaction, trigger, request, false));
        starts.tellStarted(trigger, run);
        return run;
    }

    /** What expressions of schedules see as {@code event}. */
    private static ObjectNode occasion(String name, Instant at, boolean manual) {
        return Json.object().put("name", name).put("at", at.toString()).put("manual", manual);
    }

    private void fire(TaskTransaction transaction, UUID organization, Schedule schedule, Instant at) {
        // Its row is locked by nobody here: whoever changes a trigger locks it before its schedule, and this has the
        // schedule.
        store.peek(transaction.handle(), TriggerKind.SCHEDULE, schedule.name())
                .map(TriggerStore.Row::trigger)
                .filter(trigger -> trigger.state() == TriggerState.ACTIVE)
                .ifPresent(trigger -> firings.add(
                        transaction, organization, trigger.id(), occasion(trigger.name(), at, false), 0, at));
    }

    /** Runs within runs are part of those, and no events of their own. */
    private void runEnded(TaskTransaction transaction, RunView run, int chain) {
        if (run.parent() == null) {
            ObjectNode facts = Json.object()
                    .put("run", run.id().toString())
                    .put("workflow", run.workflow())
                    .put("version", run.version())
                    .put("user", run.starter().name())
                    .put("team", run.starter().team())
                    .put(TriggerEvents.REGION, run.starter().region())
                    .put("cause", run.cause())
                    .put("tokens", run.tokensUsed())
                    .put("cost_micro_usd", run.costMicroUsd())
                    .put("error", run.error());
            happened(
                    transaction,
                    run.starter().organization(),
                    "run." + run.state().id(),
                    facts,
                    chain);
        }
    }

    /**
     * Tells of an event: steps that wait for it go on, and triggers that hear of it start their workflows, soon after this
     * returns. What this accepted is not lost.
     *
     * @param event one of {@link TriggerEvents#NAMES}
     */
    public void happened(UUID organization, String event, ObjectNode facts) {
        tasks.transaction(organization, transaction -> {
            happened(transaction, organization, event, facts, 0);
            return null;
        });
    }

    /**
     * The same, together with what somebody else's transaction changes: the event is told if that happens, and only then.
     *
     * @param handle of the transaction, which sees the organization
     */
    public void happened(Handle handle, UUID organization, String event, ObjectNode facts) {
        happened(handle, organization, event, List.of(facts));
    }

    /**
     * The same of several events of one name, each with its facts.
     *
     * @param handle of the transaction, which sees the organization
     */
    public void happened(Handle handle, UUID organization, String event, List<ObjectNode> facts) {
        tasks.<@Nullable Void>within(handle, organization, transaction -> {
            events.add(transaction, organization, event, facts, 0);
            return null;
        });
    }

    /**
     * The same, together with what else a transaction changes.
     *
     * @param chain how many runs that were started by events lie before this event
     */
    public void happened(TaskTransaction transaction, UUID organization, String event, ObjectNode facts, int chain) {
        events.add(transaction, organization, event, List.of(facts), chain);
    }
}
