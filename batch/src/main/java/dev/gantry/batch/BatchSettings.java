package dev.gantry.batch;

import dev.gantry.config.Setting;
import java.time.Duration;

/** Section {@code batches}. */
public record BatchSettings(
        @Setting(value = "Most requests of a batch", defaultValue = "10000", min = 1, max = 100_000)
        int itemsMax,

        @Setting(
                value = "Most batches of an organization that are not finished; more are refused with 429",
                defaultValue = "100",
                min = 1,
                max = 100_000)
        int openMax,

        @Setting(
                value = "Requests of one batch that are under way at the same time, over all nodes. Each takes one of "
                        + "jobs.max_workers.",
                defaultValue = "4",
                min = 1,
                max = 100)
        int parallel,

        @Setting(
                value =
                        "How often a request is tried whose provider or platform failed in a way that may pass; waiting for a "
                                + "rate limit does not count",
                defaultValue = "3",
                min = 1,
                max = 20)
        int attemptsMax,

        @Setting(
                value = "How long a batch may take; requests that have not begun by then are not made",
                defaultValue = "24h",
                min = 1_000,
                max = 30L * 24 * 3600 * 1000)
        Duration timeout,

        @Setting(
                value = "How long the results of a finished batch are kept",
                defaultValue = "30d",
                min = 1_000,
                max = 3650L * 24 * 3600 * 1000)
        Duration retention) {}
