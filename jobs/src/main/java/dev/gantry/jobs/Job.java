package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A job as it was when it was read.
 *
 * @param kind what is to be done
 * @param key what the caller named it; null when it has no name
 * @param payload what it is about
 * @param attempts how often it was begun
 * @param attemptsMax how often it may be begun
 * @param progress from 0 to 100, as its work says
 * @param reason of the last failure; null when there was none
 * @param result what its work left; null when it left nothing
 * @param dueAt when it is or was to be begun
 */
public record Job(
        UUID id,
        String kind,
        @Nullable String key,
        JobState state,
        JobPriority priority,
        ObjectNode payload,
        int attempts,
        int attemptsMax,
        int progress,
        @Nullable String reason,
        @Nullable ObjectNode result,
        Instant createdAt,
        Instant dueAt,
        @Nullable Instant startedAt,
        @Nullable Instant finishedAt) {}
