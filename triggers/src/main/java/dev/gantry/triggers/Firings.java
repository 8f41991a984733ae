package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskHandler;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.runs.Runs;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs that are to be started: a row and a durable task, made in the transaction that found them due, and gone in the one that
 * starts the run, so that each starts once, whatever dies. Thread-safe.
 */
final class Firings {
    private static final Logger LOG = LoggerFactory.getLogger(Firings.class);
    private static final String FIRE = "trigger.fire";

    /** Most firings of one trigger that wait; more are not kept, since something is wrong then. */
    private static final int WAITING_MAX = 1_000;

    private final TriggerStore store;
    private final TriggerStarts starts;

    /** A run that is to be started. */
    private record Firing(UUID id, UUID trigger, ObjectNode facts, int chain) {}

    Firings(DurableTasks tasks, TriggerStore store, TriggerStarts starts) {
        this.store = store;
        this.starts = starts;
        tasks.handle(FIRE, new TaskHandler() {
            @Override
            public void run(RunningTask task) {
                // Not while a connection is held: many tasks at a time would wait for another one.
                store.keys().prepare(task.id().organization());
                fire(task);
            }

            @Override
            public void bury(RunningTask task, Throwable reason) {
                UUID id = Objects.requireNonNull(task.id().subject());
                end(task, id);
                LOG.error(
                        "Firing {} of organization {} is dropped: it started no run",
                        id,
                        task.id().organization(),
                        reason);
            }
        });
    }

    /** Adds one; returns whether there was room for it. */
    boolean add(TaskTransaction transaction, UUID organization, UUID trigger, ObjectNode facts, int chain, Instant at) {
        Handle handle = transaction.handle();
        UUID id = Ids.next();
        boolean room = handle.createUpdate("""
                        INSERT INTO trigger_firings (organization_id, id, trigger_id, facts, chain, at)
                        SELECT :organization, :id, :trigger, :facts, :chain, :at
                        WHERE (SELECT count(*) FROM trigger_firings WHERE trigger_id = :trigger) < :most
                        """)
                        .bind("organization", organization)
                        .bind("id", id)
                        .bind("trigger", trigger)
                        .bind("facts", store.seal(organization, place(id), facts))
                        .bind("chain", chain)
                        .bind("at", at)
                        .bind("most", WAITING_MAX)
                        .execute()
                == 1;
        if (room) {
            transaction.schedule(new TaskId(FIRE, organization, Ids.next(), id), JobPriority.NORMAL);
        }
        return room;
    }

    private static String place(UUID id) {
        return "triggers/firings/" + id;
    }

    private void fire(RunningTask task) {
        UUID id = Objects.requireNonNull(task.id().subject());
        Firing firing = task.<@Nullable Firing>transaction(transaction -> find(transaction, task, id));
        Trigger trigger = firing == null
                ? null
                : task.<@Nullable Trigger>transaction(transaction -> active(transaction, firing.trigger()));
        if (firing == null || trigger == null) {
            end(task, id);
            return;
        }
        try {
            Optional<Runs.Prepared> request = starts.prepare(trigger, firing.facts(), firing.chain(), task.now());
            if (request.isEmpty()) {
                end(task, id);
                return;
            }
            boolean bounded = trigger.source() instanceof TriggerSource.OnEvent;
            UUID run = task.transaction(transaction -> {
                remove(transaction, id);
                transaction.finish();
                return starts.start(transaction, trigger, request.get(), bounded);
            });
            starts.tellStarted(trigger, run);
        } catch (GantryException failure) {
            if (TriggerStarts.mayPass(failure)) {
                throw failure;
            }
            String stopped = task.<@Nullable String>transaction(transaction -> {
                remove(transaction, id);
                transaction.finish();
                return starts.failed(transaction, trigger, failure);
            });
            starts.tellFailed(trigger, failure, stopped);
        }
    }

    private @Nullable Trigger active(TaskTransaction transaction, UUID trigger) {
        return store.find(transaction.handle(), trigger)
                .map(TriggerStore.Row::trigger)
                .filter(found -> found.state() == TriggerState.ACTIVE)
                .orElse(null);
    }

    private @Nullable Firing find(TaskTransaction transaction, RunningTask task, UUID id) {
        return transaction
                .handle()
                .createQuery("SELECT trigger_id, facts, chain FROM trigger_firings WHERE id = :id")
                .bind("id", id)
                .map((row, _) -> new Firing(
                        id,
                        row.getObject("trigger_id", UUID.class),
                        store.open(task.id().organization(), place(id), row.getBytes("facts")),
                        row.getInt("chain")))
                .findOne()
                .orElse(null);
    }

    private static void end(RunningTask task, UUID id) {
        task.transaction(transaction -> {
            remove(transaction, id);
            transaction.finish();
            return null;
        });
    }

    private static void remove(TaskTransaction transaction, UUID id) {
        transaction
                .handle()
                .createUpdate("DELETE FROM trigger_firings WHERE id = :id")
                .bind("id", id)
                .execute();
    }
}
