package dev.gantry.jobs;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names one task.
 *
 * @param kind says whose work it is, as {@link DurableTasks#handle} knows it
 * @param organization whose data it touches
 * @param id never used for another task of the kind: whoever once had a task must not be taken for having a later one
 * @param subject what it is about, for whoever does it; null when the id says enough
 */
public record TaskId(
        String kind, UUID organization, UUID id, @Nullable UUID subject) {
    private static final int ID_LENGTH = 36;

    /** Names a task whose id says what it is about. */
    public TaskId(String kind, UUID organization, UUID id) {
        this(kind, organization, id, null);
    }

    String instance() {
        return organization + "/" + id + (subject == null ? "" : "/" + subject);
    }

    static TaskId of(String kind, String instance) {
        return new TaskId(
                kind,
                UUID.fromString(instance.substring(0, ID_LENGTH)),
                UUID.fromString(instance.substring(ID_LENGTH + 1, 2 * ID_LENGTH + 1)),
                instance.length() <= 2 * ID_LENGTH + 2 ? null : UUID.fromString(instance.substring(2 * ID_LENGTH + 2)));
    }
}
