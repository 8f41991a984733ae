package dev.gantry.server;

import dev.gantry.gateway.Ask;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Gateway;
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
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepDeferred;
import dev.gantry.runs.StepFailure;
import dev.gantry.workflow.Policy.FailureKind;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * What a step asks of a model: through the gate, like everybody's request, on the permissions and the account of whoever started
 * the run. Used once, by one thread.
 */
abstract class StepAsk implements Ask, ReplyFormat {
    private static final String ENDPOINT = "workflow";

    /** Tokens of an answer that neither workflow nor pattern bounds. */
    private static final int ANSWER_TOKENS = 4_096;

    /** The least that is worth asking for. */
    private static final int ANSWER_TOKENS_MIN = 64;

    /** What providers put around a prompt, and the most by which another family's tokenizer splits finer than ours. */
    private static final long FRAME_TOKENS = 256;

    private static final long OTHER_TOKENIZER = 2;

    private final StepCall call;
    private final StepExchange exchange;
    private final Origin origin;
    private @Nullable GantryException refusal;
    private @Nullable Exception own;
    private @Nullable Settled settled;
    private @Nullable ChatAnswer answer;

    /** An answer, and what it took. */
    record Given(ChatAnswer answer, long tokens, long costMicroUsd, String model) {}

    /**
     * A request.
     *
     * @param key of this piece of work, the same at every attempt
     */
    StepAsk(StepCall call, String key, Clock clock) {
        this.call = call;
        this.exchange = new StepExchange(call);
        this.origin = new Origin(
                ENDPOINT,
                "",
                call.run() + "/" + call.attempt(),
                call.run().toString().replace("-", ""),
                null,
                null,
                key,
                new Wishes(call.starter().region(), null, null, null),
                clock.instant(),
                System.nanoTime());
    }

    /**
     * Asks, and returns the answer.
     *
     * @throws StepFailure if the run's budget does not suffice
     * @throws StepDeferred if it has to wait for tokens of other steps
     * @throws GantryException any other refusal or failure
     */
    Given ask(Gateway gateway) throws Exception {
        gateway.serve(this);
        if (own != null) {
            throw own;
        }
        Settled done = settled;
        ChatAnswer complete = answer;
        if (refusal != null || done == null || complete == null) {
            throw refusal == null
                    ? new GantryException(ErrorCode.INTERNAL, "The model's answer did not arrive")
                    : refusal;
        }
        return new Given(
                complete,
                done.usage().total(),
                done.cost().value(),
                done.model().name());
    }

    /** Bounds the answer so that prompt and answer fit into what the run's budget gives. */
    final ChatRequest bounded(ChatRequest conversation) {
        return bounded(conversation, Long.MAX_VALUE);
    }

    /** The same for a step that has a bound of its own. */
    final ChatRequest bounded(ChatRequest conversation, long tokensMax) {
        long prompt = FRAME_TOKENS + promptTokens(conversation);
        Integer wished = conversation.outputTokensMax();
        long answerMost = wished == null ? ANSWER_TOKENS : wished;
        long least = prompt + Math.min(answerMost, ANSWER_TOKENS_MIN);
        try {
            if (least > tokensMax) {
                throw new StepFailure(
                        FailureKind.OTHER,
                        false,
                        "Its next turn needs about " + least + " tokens, and max_tokens leaves " + tokensMax);
            }
            long granted = call.budget().reserve(Math.min(tokensMax, prompt + answerMost), least);
            return conversation.withOutputTokensMax(Math.toIntExact(Math.min(answerMost, granted - prompt)));
        } catch (StepFailure | StepDeferred refused) {
            own = refused;
            throw new GantryException(ErrorCode.BUDGET_EXCEEDED, String.valueOf(refused.getMessage()), refused);
        }
    }

    private static long promptTokens(ChatRequest conversation) {
        long tokens = 0;
        for (Message message : conversation.messages()) {
            for (Part part : message.parts()) {
                tokens += tokens(part);
            }
        }
        for (Tool tool : conversation.tools()) {
            tokens += tokens(tool.name()) + tokens(String.valueOf(tool.description()));
            tokens += tokens(String.valueOf(tool.parameters()));
        }
        return tokens;
    }

    private static long tokens(Part part) {
        return switch (part) {
            case Part.Text text -> tokens(text.text());
            case Part.ToolCall call -> tokens(call.name()) + tokens(call.arguments());
            case Part.ToolResult result ->
                result.content().stream().mapToLong(StepAsk::tokens).sum();
            case Part.Reasoning reasoning -> tokens(reasoning.text());
            case Part.InlineImage _, Part.LinkedImage _, Part.CacheMark _ -> 0;
        };
    }

    private static long tokens(String text) {
        return TokenEstimator.count(text) * OTHER_TOKENIZER;
    }

    @Override
    public final Origin origin() {
        return origin;
    }

    @Override
    public final Credentials credentials() {
        return new Credentials(null, "");
    }

    @Override
    public final Caller authenticate(Identity identity) {
        return StepCaller.of(identity, call);
    }

    @Override
    public final ReplyFormat format() {
        return this;
    }

    @Override
    public final Exchange exchange() {
        return exchange;
    }

    @Override
    public final void answered(Settled settledNow, @Nullable ChatAnswer complete, Guarded guarded) {
        settled = settledNow;
        answer = complete;
    }

    @Override
    public final Buffer whole(ChatAnswer complete, Settled settledNow) {
        return Buffer.buffer();
    }

    @Override
    public final Buffer error(GantryException error, String requestId) {
        refusal = error;
        return Buffer.buffer();
    }

    @Override
    public final Buffer brokenStream(GantryException error, String requestId) {
        refusal = error;
        return Buffer.buffer();
    }

    @Override
    public final StreamWriter stream(Prompt prompt) {
        throw new IllegalStateException("A step takes its answer whole");
    }
}
