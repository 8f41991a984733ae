package dev.gantry.triggers;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;

/** Section {@code triggers}. */
public record TriggerSettings(
        @Setting(
                value = "Largest body of a call to a webhook.",
                defaultValue = "1Mi",
                unit = "bytes",
                min = 1_024,
                max = 16_777_216)
        DataSize hookBodyMax,

        @Setting(
                value = "Runs that each webhook, and each trigger by an event, starts within a minute at the most.",
                defaultValue = "60",
                min = 1,
                max = 100_000)
        int runsPerMinute,

        @Setting(
                value = "How far the time of a signed call may be from that of the server.",
                defaultValue = "5m",
                unit = "seconds",
                min = 1_000,
                max = 3_600_000)
        Duration hookTolerance,

        @Setting(
                value = "How long calls of webhooks are remembered, so that the same call starts nothing again.",
                defaultValue = "7d",
                unit = "days",
                min = 3_600_000,
                max = 31_536_000_000L)
        Duration hookReplayWindow,

        @Setting(
                value =
                        "Runs in a row of which each was started by an event of the one before; the next is not started.",
                defaultValue = "5",
                min = 1,
                max = 100)
        int eventChainMax) {
    /** Returns the settings of a node that nobody configured. */
    public static TriggerSettings defaults() {
        return new TriggerSettings(new DataSize(1 << 20), 60, Duration.ofMinutes(5), Duration.ofDays(7), 5);
    }
}
