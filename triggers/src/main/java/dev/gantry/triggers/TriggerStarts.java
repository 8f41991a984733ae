package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.Schedules;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import dev.gantry.runs.Cause;
import dev.gantry.runs.EventAudience;
import dev.gantry.runs.Runs;
import dev.gantry.runs.StartRequest;
import dev.gantry.runs.WorkflowSource;
import dev.gantry.workflow.EventMapping;
import dev.gantry.workflow.Expressions;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Starts the runs of triggers, on the rights of their owners as they are now. Thread-safe. */
record TriggerStarts(
        Runs runs,
        WorkflowSource workflows,
        Expressions expressions,
        EventAudience audience,
        TriggerStore store,
        Schedules schedules,
        TriggerListener listener,
        TriggerSettings settings) {
    /** Failures in a row after which a trigger is stopped. */
    private static final int FAILURES_MAX = 20;

    private static final int PROBLEM_LENGTH_MAX = 500;

    /**
     * Finds out what a trigger is to start; empty when what happened does not concern it. Not within a transaction: it asks
     * who the owner is now, and what they may do.
     *
     * @throws GantryException if the owner may not do it any more, there is no such workflow, or an input has no value
     */
    Optional<Runs.Prepared> prepare(Trigger trigger, ObjectNode event, int chain, Instant now) {
        if (trigger.source() instanceof TriggerSource.OnEvent on
                && !audience.mayHear(trigger.owner(), on.event(), event)) {
            return Optional.empty();
        }
        EventMapping mapping = EventMapping.read(trigger.inputs(), trigger.where());
        if (!mapping.concerns(expressions, event, trigger.workflow(), now)) {
            return Optional.empty();
        }
        ObjectNode inputs = mapping.values(expressions, event, trigger.workflow(), now);
        WorkflowSource.Registered workflow = workflows.resolve(trigger.owner(), trigger.workflow());
        return Optional.of(runs.prepare(new StartRequest(
                trigger.owner().in(region(trigger, event)),
                workflow,
                inputs,
                null,
                new Cause(trigger.label(), chain))));
    }

    /**
     * Returns where a run must stay: where its trigger says, and where the run had to stay of whose end it hears, since that
     * one's words are among the facts.
     *
     * @throws GantryException {@link ErrorCode#REGION_NOT_ALLOWED} if nothing is in both
     */
    private static @Nullable String region(Trigger trigger, ObjectNode event) {
        String own = trigger.owner().region();
        boolean ofRun = trigger.source() instanceof TriggerSource.OnEvent on
                && on.event().startsWith("run.")
                && event.path(TriggerEvents.REGION).isTextual();
        String others = ofRun ? event.path(TriggerEvents.REGION).asText() : null;
        if (own == null || others == null || isWithin(others, own)) {
            return others == null ? own : others;
        }
        if (isWithin(own, others)) {
            return own;
        }
        throw new GantryException(
                ErrorCode.REGION_NOT_ALLOWED,
                "The run that this hears of had to stay in region '" + others + "', and its own are to stay in '" + own
                        + "'; nothing is in both");
    }

    /** Regions are compared by the parts of their names: {@code eu-west-1} is within {@code eu}. */
    private static boolean isWithin(String region, String other) {
        return region.equals(other) || region.startsWith(other + "-");
    }

    /**
     * Starts a run.
     *
     * @param bounded whether it counts with the runs of a minute
     * @throws GantryException {@link ErrorCode#RATE_LIMITED} if there were too many; the transaction must not go on then
     */
    UUID start(TaskTransaction transaction, Trigger trigger, Runs.Prepared request, boolean bounded) {
        if (bounded
                && !store.takePlace(transaction.handle(), trigger.id(), settings.runsPerMinute(), transaction.now())) {
            throw new GantryException(
                    ErrorCode.RATE_LIMITED,
                    "More than " + settings.runsPerMinute() + " runs within a minute (triggers.runs_per_minute)");
        }
        UUID run = runs.start(transaction, request).run();
        store.started(transaction.handle(), trigger.id(), run, transaction.now());
        return run;
    }

    /** Tells of a run that was started. */
    void tellStarted(Trigger trigger, UUID run) {
        listener.fired(new TriggerListener.Fired(trigger, run, null, false));
    }

    /**
     * Notes that no run could be started, and stops the trigger where trying again would be in vain.
     *
     * @return the reason if it was stopped; null if it goes on
     */
    @Nullable
    String failed(TaskTransaction transaction, Trigger trigger, GantryException failure) {
        String problem = problem(failure);
        // Whose runs it hears of, and where those must stay, is not up to the trigger.
        boolean counts = failure.code() != ErrorCode.ORGANIZATION_SUSPENDED
                && failure.code() != ErrorCode.RATE_LIMITED
                && failure.code() != ErrorCode.REGION_NOT_ALLOWED
                && !(trigger.source() instanceof TriggerSource.OnCall && isOfTheCall(failure));
        store.failed(transaction.handle(), trigger.id(), problem, counts, transaction.now());
        String reason = null;
        if (failure.code() == ErrorCode.UNAUTHENTICATED) {
            reason = "Its owner " + trigger.owner().name()
                    + " was deactivated, or the API key with which it was set up was revoked or has expired";
        } else if (counts
                && store.find(transaction.handle(), trigger.id())
                        .map(row -> row.failedInARow() >= FAILURES_MAX)
                        .orElse(false)) {
            reason = "It failed " + FAILURES_MAX + " times in a row, at last: " + problem;
        }
        if (reason != null) {
            store.state(
                    transaction.handle(),
                    trigger.id(),
                    TriggerState.STOPPED,
                    Text.storable(reason, PROBLEM_LENGTH_MAX),
                    transaction.now());
            if (trigger.source() instanceof TriggerSource.AtTimes times) {
                schedules.put(
                        transaction, trigger.owner().organization(), Triggers.schedule(trigger.name(), times, false));
            }
        }
        return reason;
    }

    void tellFailed(Trigger trigger, GantryException failure, @Nullable String stopped) {
        listener.fired(new TriggerListener.Fired(trigger, null, problem(failure), stopped != null));
    }

    /** Whether it is what the caller sent that does not fit, and not the trigger. */
    static boolean isOfTheCall(GantryException failure) {
        return failure.code() == ErrorCode.INVALID_REQUEST || failure.code() == ErrorCode.EXPRESSION_FAILED;
    }

    /** Whether trying again soon may help, so that it is no failure of the trigger's. */
    static boolean mayPass(GantryException failure) {
        return failure.code() == ErrorCode.DATABASE_UNAVAILABLE
                || failure.code() == ErrorCode.SHUTTING_DOWN
                || failure.code() == ErrorCode.OVERLOADED;
    }

    private static String problem(GantryException failure) {
        return Text.storable(String.valueOf(failure.getMessage()), PROBLEM_LENGTH_MAX);
    }
}
