package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.identity.PrincipalDetails;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.quota.Admittance;
import dev.gantry.quota.Holder;
import dev.gantry.quota.RateLimits;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Admits requests within the limits on requests, tokens and parallel requests. Thread-safe. */
public final class RateAdmission implements Admission {
    /** English prose has some four characters a token; the true number is charged when it is known. */
    private static final int CHARS_PER_TOKEN = 4;

    private final RateLimits limits;
    private final Function<UUID, String> organizationName;
    private final int outputTokensExpected;

    /**
     * An admission over limits.
     *
     * @param organizationName as the configuration names organizations; quick
     * @param outputTokensExpected what is held for an answer that the request does not bound
     */
    public RateAdmission(RateLimits limits, Function<UUID, String> organizationName, int outputTokensExpected) {
        this.limits = limits;
        this.organizationName = organizationName;
        this.outputTokensExpected = outputTokensExpected;
    }

    @Override
    public Hold admit(Ask ask, Caller caller, Prompt prompt, Plan plan) {
        Holder holder = holder(caller, plan.model().name(), prompt.subject().pattern());
        return new RateHold(limits.admit(holder, () -> tokens(prompt, outputTokensExpected)));
    }

    /**
     * Admits a request that asks no model; it counts as a request of its caller.
     *
     * @throws dev.gantry.kernel.GantryException if a limit is reached
     */
    public Admittance admit(Caller caller) {
        return limits.admit(holder(caller, null, null), () -> 0);
    }

    /** Returns the caller as the limits know it. */
    public Holder holder(Caller caller, @Nullable String model, @Nullable String pattern) {
        return new Holder(
                caller.organization(),
                organizationName.apply(caller.organization()),
                caller.principalId(),
                caller.principal(),
                caller.keyId(),
                caller.team(),
                model,
                pattern);
    }

    /**
     * Returns somebody else of the caller's organization as the limits know them, without any key of theirs.
     *
     * @param whom as if they asked on the account of the team that they joined first
     */
    public Holder holder(Caller caller, PrincipalDetails whom, @Nullable String model, @Nullable String pattern) {
        return new Holder(
                caller.organization(),
                organizationName.apply(caller.organization()),
                whom.principal().id(),
                whom.principal().name(),
                null,
                whom.teams().isEmpty() ? null : whom.teams().getFirst(),
                model,
                pattern);
    }

    /** Returns what the request may take: its prompt by its length, and its answers by the bound that it gives. */
    static long tokens(Prompt prompt, int outputTokensExpected) {
        if (prompt.operation() == Operation.TOKEN_COUNT) {
            return 0;
        }
        long input = switch (prompt) {
            case Prompt.Raw raw -> raw.body().length / CHARS_PER_TOKEN;
            case Prompt.Composed composed -> characters(composed) / CHARS_PER_TOKEN;
        };
        return prompt.operation() == Operation.EMBEDDINGS ? input : input + outputTokens(prompt, outputTokensExpected);
    }

    private static long outputTokens(Prompt prompt, int outputTokensExpected) {
        return switch (prompt) {
            case Prompt.Raw raw -> {
                long bound = raw.head().outputTokens();
                yield (bound < 0 ? outputTokensExpected : bound)
                        * Math.max(1, raw.head().choices());
            }
            case Prompt.Composed composed -> {
                Integer bound = composed.conversation().outputTokensMax();
                yield bound == null ? outputTokensExpected : bound;
            }
        };
    }

    private static long characters(Prompt.Composed prompt) {
        long characters = 0;
        for (Message message : prompt.conversation().messages()) {
            for (Part part : message.parts()) {
                if (part instanceof Part.Text text) {
                    characters += text.text().length();
                }
            }
        }
        return characters;
    }

    private record RateHold(Admittance admittance) implements Hold {
        @Override
        public void settle(Settled settled) {
            admittance.settle(settled.usage().total(), settled::tokensOf);
        }

        @Override
        public void release() {
            admittance.release();
        }

        @Override
        public boolean enter(Model model) {
            return admittance.enter(model.name());
        }

        @Override
        public Map<String, String> replyHeaders() {
            return admittance.headers();
        }
    }
}
