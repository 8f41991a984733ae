package dev.gantry.jobs;

import dev.gantry.config.Setting;
import java.time.Duration;
import java.util.Optional;

/** Section {@code jobs}. */
public record JobSettings(
        @Setting(
                value = "Pieces of durable work, such as steps of workflows, that a node does at the same time.",
                defaultValue = "20",
                min = 1,
                max = 1_000)
        int maxWorkers,

        @Setting(
                value =
                        "Pieces of durable work that each organization may have running at the same time, over all nodes.",
                min = 1,
                max = 1_000_000)
        Optional<Integer> maxWorkersPerTenant,

        @Setting(
                value = "How often a job that failed is tried again before it is dead, where its kind does not say.",
                defaultValue = "3",
                min = 0,
                max = 100)
        int maxRetries,

        @Setting(
                value = "How long a job that failed waits before it is tried again.",
                defaultValue = "60s",
                unit = "seconds",
                min = 0,
                max = 86_400_000)
        Duration retryDelay,

        @Setting(
                value = "How long jobs that are over are kept.",
                defaultValue = "30d",
                unit = "days",
                min = 3_600_000,
                max = 315_360_000_000L)
        Duration retention,

        @Setting(
                value =
                        "How often a node shows that its work lives; after five times as long without a sign another node"
                                + " takes the work over. The same on all nodes.",
                defaultValue = "3s",
                unit = "seconds",
                min = 100,
                max = 60_000)
        Duration heartbeat) {
    /** Signs of life that a node may miss before it seems dead. */
    static final int HEARTBEATS_MISSED_MAX = 5;

    /** How often a node shows that its work lives where nobody says otherwise. */
    static final Duration HEARTBEAT = Duration.ofSeconds(3);

    /** Returns the longest time without a sign of life; looked for every second heartbeat. */
    Duration deadAfter() {
        return heartbeat.multipliedBy(HEARTBEATS_MISSED_MAX);
    }

    /** Returns the settings of a node that nobody configured. */
    public static JobSettings defaults() {
        return new JobSettings(20, Optional.empty(), 3, Duration.ofSeconds(60), Duration.ofDays(30), HEARTBEAT);
    }
}
