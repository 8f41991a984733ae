package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A schedule as it was when it was read.
 *
 * @param kind says who hears of it
 * @param name unique within the kind
 * @param cron five fields
 * @param zone time zone
 * @param payload what is to be done; identifiers and settings
 * @param nextAt when it fires next; null when it is switched off or has no more times
 * @param firedAt when it fired last; null when it never did
 * @param problem why the last firing failed; null when it did not
 */
public record Schedule(
        UUID id,
        String kind,
        String name,
        String cron,
        String zone,
        MissedRuns missed,
        boolean enabled,
        ObjectNode payload,
        @Nullable Instant nextAt,
        @Nullable Instant firedAt,
        long fired,
        @Nullable String problem,
        Instant createdAt) {}
