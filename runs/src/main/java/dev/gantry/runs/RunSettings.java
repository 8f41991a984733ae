package dev.gantry.runs;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.time.Duration;

/** Section {@code workflows}. */
public record RunSettings(
        @Setting(
                value = "Largest output of a step, and of a run.",
                defaultValue = "8Mi",
                unit = "bytes",
                min = 1_024,
                max = 268_435_456)
        DataSize outputSizeMax,

        @Setting(
                value = "Outputs beyond this size are kept outside of the database, in the object store.",
                defaultValue = "64Ki",
                unit = "bytes",
                min = 1_024,
                max = 16_777_216)
        DataSize outputInlineMax,

        @Setting(
                value = "How long runs that are over are kept, with what their steps gave.",
                defaultValue = "30d",
                unit = "days",
                min = 3_600_000,
                max = 315_360_000_000L)
        Duration retention) {}
