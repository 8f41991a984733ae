package dev.gantry.batch;

import dev.gantry.crypto.KeyRing;
import dev.gantry.database.Database;
import dev.gantry.identity.Caller;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.JobPriority;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.TimeCursor;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Requests that are handed in at once and answered in the background. What was accepted is not lost, whatever happens to
 * processes, until it is deleted. Everybody sees and changes their own; who else may is for the server to say. Thread-safe.
 */
public final class Batches {
    /** The kind of the tasks that make requests. */
    static final String RUN = "batch.run";

    /** The kind of the tasks that delete what was kept long enough. */
    static final String DELETE = "batch.delete";

    private final Database database;
    private final DurableTasks tasks;
    private final BatchStore store;
    private final BatchSettings settings;

    private Batches(Database database, DurableTasks tasks, BatchStore store, BatchSettings settings) {
        this.database = database;
        this.tasks = tasks;
        this.store = store;
        this.settings = settings;
    }

    /** Batches over durable tasks that have not been started. */
    public static Batches open(
            Database database, KeyRing keyRing, DurableTasks tasks, BatchSettings settings, ItemGate gate) {
        BatchStore store = new BatchStore(keyRing);
        tasks.handle(RUN, new BatchRunner(store, settings, gate));
        tasks.handle(
                DELETE,
                task -> task.transaction(transaction -> {
                    store.delete(transaction.handle(), task.id().id());
                    transaction.finish();
                    return null;
                }));
        return new Batches(database, tasks, store, settings);
    }

    /** Returns the bounds. */
    public BatchSettings settings() {
        return settings;
    }

    /**
     * Accepts a batch; when this returns, it is durable.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it has no requests or too many, {@link
     *     ErrorCode#QUOTA_EXCEEDED} if the organization has too many batches that are not finished
     */
    public Batch submit(Caller caller, BatchRequest request) {
        int count = request.items().size();
        if (count == 0 || count > settings.itemsMax()) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "A batch has 1 to " + settings.itemsMax() + " requests, not " + count
                            + "; hand in several batches");
        }
        UUID organization = caller.organization();
        return tasks.transaction(organization, transaction -> {
            if (store.countOpen(transaction.handle(), organization) >= settings.openMax()) {
                throw new GantryException(
                        ErrorCode.QUOTA_EXCEEDED,
                        "The organization has " + settings.openMax()
                                + " batches that are not finished; wait for one, or cancel one");
            }
            Instant now = transaction.now().truncatedTo(ChronoUnit.MICROS);
            Batch batch = new Batch(
                    Ids.next(),
                    request.name(),
                    caller.principalId(),
                    caller.principal(),
                    caller.keyId(),
                    request.wishes(),
                    Batch.State.RUNNING,
                    now,
                    now.plus(settings.timeout()),
                    null,
                    new Batch.Counts(count, 0, 0, 0, 0));
            store.insert(transaction.handle(), organization, batch, request.items());
            for (int number = 0; number < Math.min(count, settings.parallel()); number++) {
                UUID runner = Ids.next();
                store.insertRunner(transaction.handle(), organization, runner, batch.id());
                transaction.schedule(BatchRunner.task(organization, runner), JobPriority.LOW);
            }
            return batch;
        });
    }

    /**
     * Returns a batch.
     *
     * @param all whether the caller may see those of others
     * @throws GantryException {@link ErrorCode#NOT_FOUND} if there is none that the caller may see
     */
    public Batch get(Caller caller, UUID id, boolean all) {
        return database.inOrganization(caller.organization(), handle -> store.find(handle, id))
                .filter(batch -> all || batch.principalId().equals(caller.principalId()))
                .orElseThrow(() -> new GantryException(
                        ErrorCode.NOT_FOUND, "There is no batch " + id + ", or it is somebody else's"));
    }

    /** Returns batches, the newest first; of everybody if {@code all}. */
    public List<Batch> list(Caller caller, boolean all, @Nullable TimeCursor after, int rows) {
        return database.inOrganization(
                caller.organization(),
                handle -> store.list(
                        handle,
                        all ? null : caller.principalId(),
                        after == null ? null : after.time(),
                        after == null ? null : after.id(),
                        rows));
    }

    /** Ends every request that has not begun; those that have come to their end. Without effect on a finished batch. */
    public Batch cancel(Caller caller, UUID id, boolean all) {
        get(caller, id, all);
        tasks.transaction(caller.organization(), transaction -> {
            if (store.cancel(transaction.handle(), id, transaction.now())) {
                scheduleDeletion(transaction, caller.organization(), id, settings.retention());
            }
            return null;
        });
        return get(caller, id, true);
    }

    /**
     * Deletes a finished batch with its results.
     *
     * @throws GantryException {@link ErrorCode#CONFLICT} if it is not finished
     */
    public void delete(Caller caller, UUID id, boolean all) {
        get(caller, id, all);
        boolean deleted = tasks.transaction(caller.organization(), transaction -> {
            transaction.remove(new TaskId(DELETE, caller.organization(), id));
            return store.delete(transaction.handle(), id);
        });
        if (!deleted) {
            throw new GantryException(
                    ErrorCode.CONFLICT,
                    "The batch is not finished; cancel it, and delete it when nothing is under way");
        }
    }

    /**
     * Gives every request that is over to a reader, in the order in which they were handed in. Few replies are in memory at
     * the same time.
     */
    public void results(Caller caller, Batch batch, Consumer<ItemResult> reader) {
        int last = -1;
        while (true) {
            int after = last;
            List<ItemResult> page = database.inOrganization(
                    caller.organization(), handle -> store.results(handle, caller.organization(), batch.id(), after));
            if (page.isEmpty()) {
                return;
            }
            page.forEach(reader);
            last = page.getLast().number();
        }
    }

    static void scheduleDeletion(TaskTransaction transaction, UUID organization, UUID batch, Duration retention) {
        transaction.schedule(
                new TaskId(DELETE, organization, batch),
                JobPriority.LOW,
                transaction.now().plus(retention));
    }
}
