package dev.gantry.triggers;

import dev.gantry.jobs.MissedRuns;

/** What a trigger waits for. */
public sealed interface TriggerSource {
    /**
     * The times of a schedule.
     *
     * @param cron five fields, as in Unix
     * @param zone such as {@code Europe/Berlin}
     * @param missed what to do about times that passed while no node ran
     */
    record AtTimes(String cron, String zone, MissedRuns missed) implements TriggerSource {}

    /** A signed call from outside. */
    record OnCall() implements TriggerSource {}

    /**
     * Something that happens on the platform.
     *
     * @param event one of {@link TriggerEvents#NAMES}
     */
    record OnEvent(String event) implements TriggerSource {}

    /** Returns the kind of trigger that waits for such. */
    default TriggerKind kind() {
        return switch (this) {
            case AtTimes _ -> TriggerKind.SCHEDULE;
            case OnCall _ -> TriggerKind.WEBHOOK;
            case OnEvent _ -> TriggerKind.EVENT;
        };
    }
}
