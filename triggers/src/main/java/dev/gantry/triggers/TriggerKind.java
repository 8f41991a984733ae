package dev.gantry.triggers;

import java.util.Locale;

/** What makes a trigger start its workflow. */
public enum TriggerKind {
    /** The times of a cron expression. */
    SCHEDULE,
    /** A signed call from outside. */
    WEBHOOK,
    /** Something that happened on the platform. */
    EVENT;

    /** Returns the name under which it is stored and shown. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TriggerKind of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
