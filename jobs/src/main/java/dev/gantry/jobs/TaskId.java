package dev.gantry.jobs;

import java.util.UUID;

/**
 * Names one task.
 *
 * @param kind says whose work it is, as {@link DurableTasks#handle} knows it
 * @param organization whose data it touches
 * @param id never used for another task of the kind: whoever once had a task must not be taken for having a later one
 */
public record TaskId(String kind, UUID organization, UUID id) {
    String instance() {
        return organization + "/" + id;
    }

    static TaskId of(String kind, String instance) {
        int slash = instance.indexOf('/');
        return new TaskId(
                kind, UUID.fromString(instance.substring(0, slash)), UUID.fromString(instance.substring(slash + 1)));
    }
}
