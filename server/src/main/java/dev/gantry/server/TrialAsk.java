package dev.gantry.server;

import dev.gantry.gateway.Ask;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Guarded;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Settled;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A request that tries something out for somebody who is known already: through the gate, on their permissions and account.
 * Used by one thread.
 */
final class TrialAsk implements Ask, ReplyFormat {
    private static final String ENDPOINT = "pattern-test";

    private final Caller caller;
    private final Function<Caller, Prompt> prompt;
    private final Exchange exchange = new BatchExchange();
    private final Origin origin;
    private @Nullable GantryException refusal;
    private @Nullable Settled settled;
    private @Nullable ChatAnswer answer;

    /** {@code region} is where the model must be; null for anywhere. */
    TrialAsk(Caller caller, @Nullable String region, Instant now, Function<Caller, Prompt> prompt) {
        this.caller = caller;
        this.prompt = prompt;
        this.origin = new Origin(
                ENDPOINT,
                "",
                Ids.next().toString(),
                Trace.of(null, false).traceId(),
                null,
                null,
                null,
                new Wishes(region, null, null, null),
                now,
                System.nanoTime());
    }

    /** What came back. */
    record Outcome(String text, String model, long costMicroUsd) {}

    /**
     * Returns what came back.
     *
     * @throws GantryException why nothing did
     */
    Outcome outcome() {
        Settled done = settled;
        ChatAnswer text = answer;
        if (refusal != null || done == null || text == null) {
            throw refusal == null
                    ? new GantryException(ErrorCode.INTERNAL, "The model's answer did not arrive")
                    : refusal;
        }
        return new Outcome(text.text(), done.model().name(), done.cost().value());
    }

    @Override
    public Origin origin() {
        return origin;
    }

    @Override
    public Credentials credentials() {
        return new Credentials(null, "");
    }

    @Override
    public Caller authenticate(Identity identity) {
        return caller;
    }

    @Override
    public Prompt prepare(Caller known) {
        return prompt.apply(known);
    }

    @Override
    public ReplyFormat format() {
        return this;
    }

    @Override
    public Exchange exchange() {
        return exchange;
    }

    @Override
    public void answered(Settled settledNow, @Nullable ChatAnswer complete, Guarded guarded) {
        settled = settledNow;
        answer = complete;
    }

    @Override
    public Buffer whole(ChatAnswer complete, Settled settledNow) {
        return Buffer.buffer();
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        refusal = error;
        return Buffer.buffer();
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        refusal = error;
        return Buffer.buffer();
    }

    @Override
    public StreamWriter stream(Prompt asked) {
        throw new IllegalStateException("A trial takes its answer whole");
    }
}
