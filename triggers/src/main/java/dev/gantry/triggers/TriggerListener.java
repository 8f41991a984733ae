package dev.gantry.triggers;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Hears what triggers do, to write it into the audit log. Thread-safe. */
public interface TriggerListener {
    /** Hears nothing. */
    TriggerListener NONE = _ -> {};

    /**
     * A trigger started a run, or could not.
     *
     * @param run null when it could not
     * @param problem why it could not; null when it could
     * @param stopped whether it will not try again until somebody resumes it
     */
    record Fired(
            Trigger trigger, @Nullable UUID run, @Nullable String problem, boolean stopped) {}

    /** Called after it took effect, and not again if it fails. */
    void fired(Fired fired);
}
