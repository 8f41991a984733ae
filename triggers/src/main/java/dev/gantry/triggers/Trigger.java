package dev.gantry.triggers;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.runs.Starter;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A trigger as it was when it was read.
 *
 * @param reason why it is stopped; null when it is not
 * @param workflow qualified, with {@code @version} where one was asked for
 * @param owner on whose rights the runs are done, and in what region the models must be that they ask
 * @param inputs values by the names of inputs, with the expressions in their texts
 * @param where null for always
 * @param nextAt when a schedule fires next; null for other kinds, and while it does not
 * @param started runs that it has started
 * @param failed how often it could not start one
 * @param problem why it could not the last time; null when it could
 * @param lastAt when it last started a run, or tried to; null for never
 * @param lastRun null for none
 */
public record Trigger(
        UUID id,
        String name,
        TriggerState state,
        @Nullable String reason,
        String workflow,
        Starter owner,
        ObjectNode inputs,
        @Nullable String where,
        TriggerSource source,
        @Nullable Instant nextAt,
        long started,
        long failed,
        @Nullable String problem,
        @Nullable Instant lastAt,
        @Nullable UUID lastRun,
        Instant createdAt,
        Instant changedAt) {
    /** Returns kind and name, as runs name what started them: {@code schedule:nightly}. */
    public String label() {
        return source.kind().id() + ":" + name;
    }
}
