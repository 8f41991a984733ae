package dev.gantry.gateway;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;

/**
 * One try at a request.
 *
 * @param usage what it consumed
 * @param outcome {@code success}, {@code cancelled}, {@code circuit_open} when nothing was sent, or the code of its failure
 * @param nanos how long it took
 */
public record Attempt(Model model, TokenUsage usage, String outcome, long nanos) {
    /** Returns whether there is something to pay. */
    boolean hasConsumed() {
        return !usage.equals(TokenUsage.NONE);
    }
}
