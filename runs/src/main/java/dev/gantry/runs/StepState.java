package dev.gantry.runs;

import java.util.Locale;

/** Where a step of a run is in its life. A step that has not begun has no state. */
public enum StepState {
    /** It may begin as soon as there is a worker, or when its next attempt is due. */
    READY,
    /** A worker has it. */
    RUNNING,
    /** Steps within it are being done. */
    OPEN,
    /** It waits for people, a time, an event or another run. */
    WAITING,
    /** It has an output. */
    DONE,
    /** It was left out. */
    SKIPPED,
    /** It failed. */
    FAILED,
    /** It was given up with its run, or with the map that it is part of. */
    CANCELLED;

    /** Returns the name under which it is stored and shown. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static StepState of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }

    /** Returns whether steps that depend on it may begin. */
    public boolean hasEnded() {
        return this == DONE || this == SKIPPED || this == FAILED || this == CANCELLED;
    }
}
