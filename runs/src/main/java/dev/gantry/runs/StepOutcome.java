package dev.gantry.runs;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * What a step gave.
 *
 * @param output stored encrypted
 * @param tokens of all kinds that it used
 * @param costMicroUsd what that cost
 * @param model which model answered; null when none was asked
 */
public record StepOutcome(
        JsonNode output,
        long tokens,
        long costMicroUsd,
        @Nullable String model) {
    /** An output that cost nothing. */
    public static StepOutcome of(JsonNode output) {
        return new StepOutcome(output, 0, 0, null);
    }
}
