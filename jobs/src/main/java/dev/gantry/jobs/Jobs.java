package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.kernel.TimeCursor;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue of jobs for other modules: what was accepted is done, tried again when it fails, and dead with a reason when it
 * fails for good. A job that takes its process with it counts as a failed attempt. Thread-safe.
 */
public final class Jobs {
    private static final Logger LOG = LoggerFactory.getLogger(Jobs.class);
    private static final int REASON_LENGTH_MAX = 500;

    private final DurableTasks tasks;
    private final JobSettings settings;
    private final TaskObserver observer;
    private final Map<String, JobKind> kinds = new ConcurrentHashMap<>();

    /** A queue over tasks. */
    public Jobs(DurableTasks tasks, JobSettings settings, TaskObserver observer) {
        this.tasks = tasks;
        this.settings = settings;
        this.observer = observer;
    }

    /** Says who does the work of a kind; before the tasks start. */
    public void handle(JobKind kind, JobHandler handler) {
        kinds.put(kind.name(), kind);
        tasks.handle(kind.task(), task -> run(task, kind, handler));
    }

    /**
     * Accepts a job in a transaction of the caller's, so that it is done if and only if that commits.
     *
     * @return its id; that of the job with the same kind and key if there is one
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if its payload is too long
     */
    public UUID add(TaskTransaction transaction, UUID organization, JobRequest request) {
        JobKind kind = kinds.get(request.kind());
        if (kind == null) {
            throw new IllegalArgumentException("Nobody does jobs of kind '" + request.kind() + "'");
        }
        if (Json.write(request.payload()).length > JobRequest.PAYLOAD_BYTES_MAX) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "A job may be described by at most " + JobRequest.PAYLOAD_BYTES_MAX + " bytes.");
        }
        UUID id = Ids.next();
        TaskId task = new TaskId(kind.task(), organization, Ids.next());
        Instant now = transaction.now();
        if (!JobStore.insert(transaction.handle(), organization, id, task.id(), request, kind.retriesMax() + 1, now)) {
            return JobStore.idOf(transaction.handle(), request.kind(), request.key());
        }
        Instant due = request.due();
        if (due == null) {
            transaction.schedule(task, request.priority());
        } else {
            transaction.schedule(task, request.priority(), due);
        }
        return id;
    }

    /** Accepts a job. */
    public UUID add(UUID organization, JobRequest request) {
        return tasks.transaction(organization, transaction -> add(transaction, organization, request));
    }

    /** Returns a job; empty if there is none of that id. */
    public Optional<Job> find(UUID organization, UUID id) {
        return tasks.transaction(organization, transaction -> JobStore.find(transaction.handle(), id));
    }

    /** Returns jobs, newest first. */
    public List<Job> list(
            UUID organization, @Nullable String kind, @Nullable JobState state, @Nullable TimeCursor after, int limit) {
        return tasks.transaction(
                organization, transaction -> JobStore.list(transaction.handle(), kind, state, after, limit));
    }

    /**
     * Cancels a job that is not over. One that runs learns of it at its next step, and nothing of what it does afterwards
     * takes effect.
     *
     * @return whether it was not over
     */
    public boolean cancel(UUID organization, UUID id) {
        return tasks.transaction(organization, transaction -> {
            Optional<Job> job = JobStore.find(transaction.handle(), id);
            if (job.isEmpty() || !end(transaction, id, JobState.CANCELLED, null, null)) {
                return false;
            }
            JobStore.taskOf(transaction.handle(), id)
                    .ifPresent(task ->
                            transaction.remove(new TaskId("job." + job.get().kind(), organization, task)));
            return true;
        });
    }

    /**
     * Tries a job anew that is dead or was cancelled, as often as at first.
     *
     * @return false if the job is neither
     */
    public boolean revive(UUID organization, UUID id) {
        return tasks.transaction(organization, transaction -> {
            UUID task = Ids.next();
            if (!JobStore.revive(transaction.handle(), id, task, transaction.now())) {
                return false;
            }
            Job job = JobStore.find(transaction.handle(), id).orElseThrow();
            transaction.schedule(new TaskId("job." + job.kind(), organization, task), job.priority());
            return true;
        });
    }

    private void run(RunningTask task, JobKind kind, JobHandler handler) throws InterruptedException {
        Optional<Job> begun = task.transaction(transaction -> {
            Optional<Job> job = JobStore.begin(transaction.handle(), task.id().id(), transaction.now());
            if (job.isEmpty()) {
                transaction.finish();
            }
            return job;
        });
        if (begun.isEmpty()) {
            return;
        }
        Job job = begun.get();
        if (job.attempts() > job.attemptsMax()) {
            bury(task, job, "Every attempt ended with the process that made it. Last reason: " + job.reason());
            return;
        }
        try {
            ObjectNode result = handler.run(new RunningJob(task, job));
            task.transaction(transaction -> {
                transaction.finish();
                return end(transaction, job.id(), JobState.DONE, null, result);
            });
        } catch (TaskLost lost) {
            throw lost;
        } catch (JobFailed hopeless) {
            bury(task, job, reason(hopeless));
        } catch (Exception failure) {
            failed(task, kind, job, failure);
        }
    }

    private void failed(RunningTask task, JobKind kind, Job job, Exception failure) throws InterruptedException {
        if (Thread.interrupted() || task.isStopping()) {
            task.transaction(transaction -> {
                JobStore.uncount(transaction.handle(), job.id(), transaction.now());
                transaction.again(transaction.now());
                return null;
            });
            return;
        }
        LOG.warn("Attempt {} of job {} {} failed", job.attempts(), kind.name(), job.id(), failure);
        if (job.attempts() >= job.attemptsMax()) {
            bury(task, job, reason(failure));
            return;
        }
        task.transaction(transaction -> {
            Instant due = transaction.now().plus(kind.retryDelay());
            JobStore.again(transaction.handle(), job.id(), reason(failure), due);
            transaction.again(due);
            return null;
        });
    }

    private void bury(RunningTask task, Job job, String reason) {
        LOG.error("Job {} {} is dead: {}", job.kind(), job.id(), reason);
        task.transaction(transaction -> {
            transaction.finish();
            return end(transaction, job.id(), JobState.DEAD, reason, null);
        });
        observer.dead(job.kind());
    }

    private boolean end(
            TaskTransaction transaction,
            UUID id,
            JobState state,
            @Nullable String reason,
            @Nullable ObjectNode result) {
        Instant now = transaction.now();
        return JobStore.end(transaction.handle(), id, state, reason, result, now, now.minus(settings.retention()));
    }

    private static String reason(Exception failure) {
        String message = failure.getMessage();
        String text = failure instanceof GantryException || failure instanceof JobFailed
                ? String.valueOf(message)
                : failure.getClass().getSimpleName() + (message == null ? "" : ": " + message);
        return Text.storable(text, REASON_LENGTH_MAX);
    }
}
