package dev.gantry.batch;

import dev.gantry.batch.BatchStore.Next;
import dev.gantry.jobs.RunningTask;
import dev.gantry.jobs.TaskHandler;
import dev.gantry.jobs.TaskId;
import dev.gantry.jobs.TaskTransaction;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Makes the requests of a batch, one each time that its task runs, so that organizations and batches take turns. Several such
 * tasks work on a batch side by side. A request belongs to its task until its reply is stored: whoever takes the task of a dead
 * process over makes the same request again, under the same keys. Thread-safe.
 */
final class BatchRunner implements TaskHandler {
    private static final Duration BACKOFF_MIN = Duration.ofSeconds(2);
    private static final Duration BACKOFF_MAX = Duration.ofMinutes(5);

    private final BatchStore store;
    private final BatchSettings settings;
    private final ItemGate gate;

    BatchRunner(BatchStore store, BatchSettings settings, ItemGate gate) {
        this.store = store;
        this.settings = settings;
        this.gate = gate;
    }

    @Override
    public void run(RunningTask task) {
        UUID organization = task.id().organization();
        Next next = task.transaction(transaction -> {
            Next found =
                    store.next(transaction.handle(), organization, task.id().id(), transaction.now());
            switch (found) {
                case Next.Work work -> {
                    // The task goes on with it.
                }
                case Next.Later later -> transaction.again(later.at());
                case Next.Nothing nothing -> transaction.finish();
            }
            if (found.finished() != null) {
                keepUntil(transaction, organization, found.finished());
            }
            return found;
        });
        if (next instanceof Next.Work work) {
            make(task, work);
        }
    }

    private void make(RunningTask task, Next.Work work) {
        UUID organization = task.id().organization();
        ItemReply reply = gate.pass(work.item());
        if (!reply.succeeded() && task.isStopping()) {
            // What failed because this node stops is made again by another one.
            throw new IllegalStateException("The node stops");
        }
        boolean again = !reply.succeeded()
                && reply.retriable()
                && (reply.mustWait() || work.attempts() < settings.attemptsMax());
        task.transaction(transaction -> {
            Instant now = transaction.now();
            Instant later = now.plus(delay(reply, work));
            boolean finished = again
                    ? store.putBack(transaction.handle(), work.item(), later, !reply.mustWait(), now)
                    : store.complete(transaction.handle(), organization, work.item(), reply, now);
            if (finished) {
                keepUntil(transaction, organization, work.item().batch().id());
            }
            transaction.again(again && reply.mustWait() ? atMost(later, work) : now);
            return null;
        });
    }

    /** Whatever keeps one request waiting keeps the others waiting too; when the batch's time is over, somebody must see it. */
    private static Instant atMost(Instant later, Next.Work work) {
        Instant end = work.item().batch().expiresAt();
        return later.isBefore(end) ? later : end;
    }

    /** Lets a finished batch be deleted when its time has come. */
    private void keepUntil(TaskTransaction transaction, UUID organization, UUID batch) {
        Batches.scheduleDeletion(transaction, organization, batch, settings.retention());
    }

    private static Duration delay(ItemReply reply, Next.Work work) {
        Duration backoff = BACKOFF_MIN.multipliedBy(1L << Math.min(work.attempts(), 8));
        backoff = backoff.compareTo(BACKOFF_MAX) < 0 ? backoff : BACKOFF_MAX;
        Duration drawn =
                Duration.ofMillis(ThreadLocalRandom.current().nextLong(backoff.toMillis() / 2, backoff.toMillis() + 1));
        return reply.retryAfter().isPositive() ? reply.retryAfter().plusMillis(drawn.toMillis() / 10) : drawn;
    }

    static TaskId task(UUID organization, UUID runner) {
        return new TaskId(Batches.RUN, organization, runner);
    }
}
