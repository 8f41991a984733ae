package dev.gantry.triggers;

import java.util.Locale;

/** Whether a trigger starts anything. */
public enum TriggerState {
    /** It does. */
    ACTIVE,
    /** Somebody said that it should not for now. */
    PAUSED,
    /** It cannot any more; its reason says why, and somebody has to resume it. */
    STOPPED;

    /** Returns the name under which it is stored and shown. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    static TriggerState of(String id) {
        return valueOf(id.toUpperCase(Locale.ROOT));
    }
}
