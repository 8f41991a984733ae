package dev.gantry.jobs;

import java.util.Locale;

/** What a schedule does about times that passed while no node ran. */
public enum MissedRuns {
    /** Nothing: it goes on with the next time. */
    SKIP,
    /** It fires once for all of them, with the latest. */
    ONCE,
    /** It fires for each of them, of more than {@value Schedules#MISSED_MAX} for the latest. */
    ALL;

    /** Returns the name under which it is stored and written in files. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the rule of that name. */
    public static MissedRuns of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
