package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import java.time.Duration;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is accounted for.
 *
 * @param id of the execution: of its row in the ledger
 * @param model the model that was asked
 * @param usage what was consumed
 * @param cost by the catalog's prices
 * @param duration from the request's arrival to the end of the answer
 * @param providerTime the part of it spent waiting for the provider
 * @param failure why the answer is not complete; null when it is
 */
public record Settled(
        UUID id,
        Caller caller,
        Prompt prompt,
        Model model,
        TokenUsage usage,
        MicroDollars cost,
        Duration duration,
        Duration providerTime,
        @Nullable GantryException failure) {
    /** Returns the closed-list status of metrics, ledger and audit. */
    public String status() {
        if (failure == null) {
            return "success";
        }
        return switch (failure.code()) {
            case CLIENT_CLOSED_REQUEST -> "cancelled";
            default -> "error";
        };
    }
}
