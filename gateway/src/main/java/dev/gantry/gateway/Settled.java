package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * An answer that is accounted for.
 *
 * @param id of the execution: of its row in the ledger
 * @param model the model that answered; of a request that failed, the one whose failure is told
 * @param reason why it was this model; empty when the caller named it
 * @param usage what was consumed, by all attempts together
 * @param cost of all attempts, each by the prices of its own model
 * @param duration from the request's arrival to the end of the answer
 * @param providerTime the part of it spent waiting for the provider
 * @param failure why the answer is not complete; null when it is
 * @param answerUsage the part of {@code usage} that is the answer's own
 * @param answerCost the part of {@code cost} that is the answer's own
 * @param others further attempts that consumed something
 * @param attempts everything that was tried, in order; empty when there was one attempt
 * @param guard what the guard found in request and answer
 * @param told what the reply says that the answer took: {@code answerUsage}, or, of an answer from the cache, what it took when
 *     it was new
 * @param cache what the cache had to do with it
 */
public record Settled(
        UUID id,
        Caller caller,
        Prompt prompt,
        Model model,
        String reason,
        TokenUsage usage,
        MicroDollars cost,
        Duration duration,
        Duration providerTime,
        @Nullable GantryException failure,
        TokenUsage answerUsage,
        MicroDollars answerCost,
        List<Paid> others,
        List<Attempt> attempts,
        GuardReport guard,
        TokenUsage told,
        CacheOutcome cache) {
    /** Copies the lists. */
    public Settled {
        others = List.copyOf(others);
        attempts = List.copyOf(attempts);
    }

    /**
     * An attempt that consumed something and whose answer nobody got.
     *
     * @param id of its row in the ledger
     */
    public record Paid(UUID id, Attempt attempt, MicroDollars cost) {}

    /** Returns the tokens that one model consumed, in all attempts at it. */
    long tokensOf(String modelName) {
        long tokens = model.name().equals(modelName) ? answerUsage.total() : 0;
        for (Paid paid : others) {
            Attempt attempt = paid.attempt();
            tokens += attempt.model().name().equals(modelName) ? attempt.usage().total() : 0;
        }
        return tokens;
    }

    /** Returns the closed-list status of metrics, ledger and audit. */
    public String status() {
        if (failure == null) {
            return "success";
        }
        return switch (failure.code()) {
            case CLIENT_CLOSED_REQUEST -> "cancelled";
            case CONTENT_BLOCKED, ANSWER_REJECTED -> "blocked";
            default -> "error";
        };
    }
}
