package dev.gantry.jobs;

import java.util.Locale;

/** Where a job is in its life. */
public enum JobState {
    /** It waits for its time, a worker or its next try. */
    WAITING,
    /** A node does it. */
    RUNNING,
    /** It succeeded. */
    DONE,
    /** It failed for good; the reason says why. */
    DEAD,
    /** Somebody cancelled it. */
    CANCELLED;

    /** Returns the name under which it is stored and shown. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static JobState of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    /** Returns whether nothing more will happen to the job, unless somebody revives it. */
    public boolean isOver() {
        return this == DONE || this == DEAD || this == CANCELLED;
    }
}
