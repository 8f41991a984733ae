package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.UUID;

/** A job while its work is done. Used by the thread that does it. */
public final class RunningJob {
    private final RunningTask task;
    private final Job job;

    RunningJob(RunningTask task, Job job) {
        this.task = task;
        this.job = job;
    }

    /** Returns the job's id, which is the same at every attempt: the key by which others tell a repetition. */
    public UUID id() {
        return job.id();
    }

    /** Returns whose job it is. */
    public UUID organization() {
        return task.id().organization();
    }

    /** Returns what it is about. */
    public ObjectNode payload() {
        return job.payload();
    }

    /** Returns which attempt this is, from 1. */
    public int attempt() {
        return job.attempts();
    }

    /** Returns whether the node is about to stop. */
    public boolean isStopping() {
        return task.isStopping();
    }

    /**
     * Says how far the work has come.
     *
     * @param percent from 0 to 100
     * @throws TaskLost if another node does the job now, or it was cancelled: the work must end
     */
    public void progress(int percent) {
        task.transaction(transaction -> JobStore.progress(transaction.handle(), job.id(), percent));
    }

    /**
     * Stores something of the work, in a transaction that takes effect only while this node has the job.
     *
     * @throws TaskLost if another node does the job now, or it was cancelled: the work must end
     */
    public <T> T transaction(TaskWork<T> work) {
        return task.transaction(work);
    }
}
