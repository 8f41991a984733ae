package dev.gantry.runs;

import java.util.Locale;

/** Where a run is in its life. */
public enum RunState {
    /** It waits until its workflow's limit of runs leaves room. */
    QUEUED,
    /** Steps are done, or waited for. */
    RUNNING,
    /** Nothing new begins until somebody resumes it. */
    PAUSED,
    /** A step failed; steps under way come to their end. */
    FAILING,
    /** Somebody cancelled it; steps under way are told to stop. */
    CANCELLING,
    /** All steps have ended. */
    SUCCEEDED,
    /** It ended without its outputs; the error says why. */
    FAILED,
    /** Somebody ended it. */
    CANCELLED;

    /** Returns the name under which it is stored and shown. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the state of that name. */
    static RunState of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    /** Returns whether nothing more happens unless somebody retries it. */
    public boolean isOver() {
        return this == SUCCEEDED || this == FAILED || this == CANCELLED;
    }
}
