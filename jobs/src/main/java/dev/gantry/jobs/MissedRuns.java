package dev.gantry.jobs;

import java.util.Locale;

/** What a schedule does about times that passed while no node ran. */
public enum MissedRuns {
    /** Nothing: it goes on with the next time. */
    SKIP,
    /** It fires once for all of them. */
    ONCE,
    /** It fires for each of them, up to {@value Schedules#MISSED_MAX}. */
    ALL;

    /** Returns the name under which it is stored and written in files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static MissedRuns of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
