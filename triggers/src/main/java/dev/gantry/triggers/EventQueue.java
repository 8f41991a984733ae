package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskHandler;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.runs.Runs;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jdbi.v3.core.ConnectionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events that somebody hears of, as rows with a durable task each: it wakes the steps that wait for the event, and adds a
 * firing for each trigger. Thread-safe.
 */
final class EventQueue {
    private static final Logger LOG = LoggerFactory.getLogger(EventQueue.class);
    private static final String TELL = "trigger.event";

    /** Most triggers that hear of one event. */
    private static final int HEARING_MAX = 200;

    private final TriggerStore store;
    private final TriggerStarts starts;
    private final Firings firings;
    private final Runs runs;
    private final TriggerSettings settings;

    private record Event(String name, ObjectNode facts, int chain, Instant at) {}

    EventQueue(
            DurableTasks tasks,
            TriggerStore store,
            TriggerStarts starts,
            Firings firings,
            Runs runs,
            TriggerSettings settings) {
        this.store = store;
        this.starts = starts;
        this.firings = firings;
        this.runs = runs;
        this.settings = settings;
        tasks.handle(TELL, new TaskHandler() {
            @Override
            public void run(RunningTask task) {
                // Not while a connection is held: many tasks at a time would wait for another one.
                store.keys().prepare(task.id().organization());
                tell(task);
            }

            @Override
            public void bury(RunningTask task, Throwable reason) {
                giveUp(task, reason);
            }
        });
    }

    /** Adds events of one name, if anybody hears of it. */
    void add(TaskTransaction transaction, UUID organization, String name, List<ObjectNode> facts, int chain) {
        if (facts.isEmpty() || !(isHeard(transaction, name) || runs.isAwaited(transaction, name))) {
            return;
        }
        try {
            // Over the connection that is held: many who waited for a second one would wait for each other.
            store.keys().prepare(organization, transaction.handle().getConnection());
        } catch (SQLException failure) {
            throw new ConnectionException(failure);
        }
        facts.forEach(each -> add(transaction, organization, name, each, chain));
    }

    private void add(TaskTransaction transaction, UUID organization, String name, ObjectNode facts, int chain) {
        UUID id = Ids.next();
        Instant now = transaction.now();
        transaction
                .handle()
                .createUpdate("""
                        INSERT INTO trigger_events (organization_id, id, event, facts, chain, at)
                        VALUES (:organization, :id, :event, :facts, :chain, :now)
                        """)
                .bind("organization", organization)
                .bind("id", id)
                .bind("event", name)
                .bind("facts", store.seal(organization, place(id), facts))
                .bind("chain", chain)
                .bind("now", now)
                .execute();
        transaction.schedule(new TaskId(TELL, organization, Ids.next(), id), JobPriority.NORMAL);
    }

    private static boolean isHeard(TaskTransaction transaction, String name) {
        return transaction
                .handle()
                .createQuery("SELECT EXISTS (SELECT 1 FROM triggers WHERE event = :event AND state = 'active')")
                .bind("event", name)
                .mapTo(Boolean.class)
                .one();
    }

    private static String place(UUID id) {
        return "triggers/events/" + id;
    }

    private void tell(RunningTask task) {
        UUID organization = task.id().organization();
        UUID id = Objects.requireNonNull(task.id().subject());
        Event event = task.<@Nullable Event>transaction(transaction -> find(transaction, organization, id));
        if (event != null) {
            runs.happened(organization, event.name(), event.facts(), event.at());
        }
        List<Trigger> refused = new ArrayList<>();
        task.transaction(transaction -> {
            refused.clear();
            if (event != null) {
                for (Trigger trigger : store.hearing(transaction.handle(), event.name(), HEARING_MAX)) {
                    if (event.chain() >= settings.eventChainMax()) {
                        starts.failed(transaction, trigger, tooLong(event.chain()));
                        refused.add(trigger);
                    } else {
                        ObjectNode facts = event.facts()
                                .deepCopy()
                                .put("name", event.name())
                                .put("at", event.at().toString());
                        firings.add(transaction, organization, trigger.id(), facts, event.chain() + 1, event.at());
                    }
                }
            }
            remove(transaction, id);
            transaction.finish();
            return null;
        });
        refused.forEach(trigger -> starts.tellFailed(trigger, tooLong(event == null ? 0 : event.chain()), null));
    }

    private static void giveUp(RunningTask task, Throwable reason) {
        UUID id = Objects.requireNonNull(task.id().subject());
        task.transaction(transaction -> {
            remove(transaction, id);
            transaction.finish();
            return null;
        });
        LOG.error(
                "Event {} of organization {} is dropped: whoever waits for it may not have heard of it",
                id,
                task.id().organization(),
                reason);
    }

    private static void remove(TaskTransaction transaction, UUID id) {
        transaction
                .handle()
                .createUpdate("DELETE FROM trigger_events WHERE id = :id")
                .bind("id", id)
                .execute();
    }

    private static GantryException tooLong(int chain) {
        return new GantryException(
                ErrorCode.RATE_LIMITED,
                "The event comes from a run that is the last of " + chain
                        + ", each started by an event of the one before (triggers.event_chain_max)");
    }

    private @Nullable Event find(TaskTransaction transaction, UUID organization, UUID id) {
        return transaction
                .handle()
                .createQuery("SELECT event, facts, chain, at FROM trigger_events WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> new Event(
                        row.getString("event"),
                        store.open(organization, place(id), row.getBytes("facts")),
                        row.getInt("chain"),
                        row.getTimestamp("at").toInstant()))
                .findOne()
                .orElse(null);
    }
}
