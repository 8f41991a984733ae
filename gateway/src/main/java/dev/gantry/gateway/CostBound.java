package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.metering.Prices;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.quota.BudgetAmounts;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;

/**
 * The most that a request can cost, whichever model of its plan answers.
 *
 * <p>Of the prompt, the cheap bound counts bytes: models split text into pieces of at least one byte each, and what they add
 * around a message is shorter than its JSON. Pictures, which may be small and cost much, are bounded by the largest price
 * that a provider has for one; documents, sound, references to what the provider keeps and tools that the provider runs are
 * bounded by the model's context alone, and so is everything else in the end. The answer is bounded by what the request
 * allows, else by the model. Unknown bounds of a model are taken for {@link #UNKNOWN_TOKENS}.
 *
 * <p>What a provider charges beside tokens, such as a fee for each search of its own, is not known to the catalog and not
 * bounded.
 */
final class CostBound {
    /** What is assumed of a model whose bounds nobody has said. */
    static final long UNKNOWN_TOKENS = 131_072;

    /** The dearest picture there is: gpt-4o-mini's, 2,833 tokens and 5,667 for each of at most eight tiles. */
    static final long PICTURE_TOKENS = 50_000;

    /** The dearest picture of all other models, with room. */
    private static final long COMMON_PICTURE_TOKENS = 8_000;

    /** What providers put around a prompt by themselves. */
    private static final long FRAME_TOKENS = 32;

    /** What they add when there are tools: Anthropic up to some 700 tokens. */
    private static final long TOOLS_TOKENS = 1_024;

    private static final long MESSAGE_TOKENS = 8;

    /** Longest text that is counted to find a closer bound. */
    private static final int COUNTED_BYTES_MAX = 1_000_000;

    /** How many times as many tokens another family's tokenizer may make of a text. */
    private static final long OTHER_TOKENIZER = 2;

    private static final long MILLION = 1_000_000;

    /** Stands for tokens that the body does not bound. */
    private static final long UNSEEN = Long.MAX_VALUE / 4;

    private CostBound() {}

    /** Bounds a request by the length of its body. */
    static BudgetAmounts byLength(Prompt prompt, Plan plan) {
        return switch (prompt) {
            case Prompt.Raw raw -> {
                BodyMarks marks = BodyMarks.of(raw.body());
                long input = marks.unbounded()
                        ? UNSEEN
                        : raw.body().length + frame(marks) + marks.pictures() * PICTURE_TOKENS;
                yield amounts(
                        prompt,
                        plan,
                        input,
                        raw.head().outputTokens(),
                        raw.head().choices(),
                        1);
            }
            case Prompt.Composed composed -> {
                ChatRequest conversation = composed.conversation();
                long input =
                        FRAME_TOKENS + MESSAGE_TOKENS * conversation.messages().size();
                for (Message message : conversation.messages()) {
                    for (Part part : message.parts()) {
                        input += bytes(part);
                    }
                }
                yield amounts(prompt, plan, input, wanted(conversation), 1, 1);
            }
        };
    }

    /** Bounds a request by counting its tokens, and pictures apart from the bytes that carry them. */
    static BudgetAmounts byCount(Prompt prompt, Plan plan) {
        boolean dear = plan.candidates().stream().anyMatch(model -> model.name().contains("4o-mini"));
        long picture = dear ? PICTURE_TOKENS : COMMON_PICTURE_TOKENS;
        return switch (prompt) {
            case Prompt.Raw raw -> {
                BodyMarks marks = BodyMarks.of(raw.body());
                if (marks.unbounded() || raw.body().length > COUNTED_BYTES_MAX) {
                    yield byLength(prompt, plan);
                }
                // The JSON around the words is counted with them, so that nothing that a provider reads is left out.
                long words = marks.pictures() == 0
                        ? TokenEstimator.count(new String(raw.body(), StandardCharsets.UTF_8))
                        : raw.body().length - pictureBytes(prompt.conversation());
                yield amounts(
                        prompt,
                        plan,
                        frame(marks) + words + marks.pictures() * picture,
                        raw.head().outputTokens(),
                        raw.head().choices(),
                        marks.pictures() == 0 ? OTHER_TOKENIZER : 1);
            }
            case Prompt.Composed composed -> {
                ChatRequest conversation = composed.conversation();
                long input =
                        FRAME_TOKENS + MESSAGE_TOKENS * conversation.messages().size();
                for (Message message : conversation.messages()) {
                    for (Part part : message.parts()) {
                        input += part instanceof Part.Text text && text.text().length() <= COUNTED_BYTES_MAX
                                ? TokenEstimator.count(text.text())
                                : bytes(part);
                    }
                }
                yield amounts(prompt, plan, input, wanted(conversation), 1, OTHER_TOKENIZER);
            }
        };
    }

    private static long frame(BodyMarks marks) {
        return FRAME_TOKENS + (marks.tools() ? TOOLS_TOKENS : 0);
    }

    private static long wanted(ChatRequest conversation) {
        return conversation.outputTokensMax() == null ? -1 : conversation.outputTokensMax();
    }

    private static long bytes(Part part) {
        return switch (part) {
            case Part.Text text -> 3L * text.text().length();
            case Part.InlineImage _, Part.LinkedImage _ -> PICTURE_TOKENS;
            case Part.ToolCall call ->
                3L * (call.name().length() + call.arguments().length());
            case Part.ToolResult result -> {
                long sum = 0;
                for (Part inner : result.content()) {
                    sum += bytes(inner);
                }
                yield sum;
            }
            case Part.Reasoning reasoning -> 3L * reasoning.text().length();
            case Part.CacheMark _ -> 0;
        };
    }

    private static long pictureBytes(ChatRequest conversation) {
        return conversation.messages().stream()
                .flatMap(message -> message.parts().stream())
                .mapToLong(CostBound::pictureBytes)
                .sum();
    }

    private static long pictureBytes(Part part) {
        return switch (part) {
            case Part.InlineImage image -> image.base64().length();
            case Part.ToolResult result ->
                result.content().stream().mapToLong(CostBound::pictureBytes).sum();
            case Part.Text _, Part.LinkedImage _, Part.ToolCall _, Part.Reasoning _, Part.CacheMark _ -> 0;
        };
    }

    /** Takes the dearest of the models that may answer, for money and for tokens apart. */
    private static BudgetAmounts amounts(
            Prompt prompt, Plan plan, long input, long wanted, long choices, long otherTokenizer) {
        if (prompt.operation() == Operation.TOKEN_COUNT) {
            return BudgetAmounts.NONE;
        }
        boolean answers = prompt.operation() == Operation.CHAT;
        long microUsd = 0;
        long tokens = 0;
        for (Model model : plan.candidates()) {
            long words = isOpenAi(model) ? input : saturated(input, otherTokenizer);
            long prompted = model.contextTokens() > 0 ? Math.min(words, model.contextTokens()) : bounded(words);
            long answered = answers ? saturated(answerTokens(model, wanted), choices) : 0;
            tokens = Math.max(tokens, prompted + answered);
            microUsd = Math.max(microUsd, price(model, prompted, answered));
        }
        return new BudgetAmounts(microUsd, tokens);
    }

    /** What refers to something unseen, at a model whose context nobody has said, is taken for the assumed context. */
    private static long bounded(long words) {
        return words == UNSEEN ? UNKNOWN_TOKENS : words;
    }

    private static boolean isOpenAi(Model model) {
        return model.provider().equals("openai") || model.provider().equals("offline");
    }

    private static long answerTokens(Model model, long wanted) {
        long most = model.outputTokensMax() > 0
                ? model.outputTokensMax()
                : model.contextTokens() > 0 ? model.contextTokens() : UNKNOWN_TOKENS;
        if (wanted < 0) {
            return most;
        }
        // A bound that nobody has said is no reason to believe less than the caller asks for.
        return model.outputTokensMax() > 0 ? Math.min(wanted, most) : wanted;
    }

    private static long price(Model model, long input, long output) {
        long normal = price(model.prices(), input, output);
        return model.longPrompt() == null
                ? normal
                : Math.max(normal, price(model.longPrompt().prices(), input, output));
    }

    private static long price(Prices prices, long input, long output) {
        long dearest = Math.max(
                Math.max(prices.inputPerMillion(), prices.cacheReadPerMillion()),
                Math.max(prices.cacheWritePerMillion(), prices.cacheWriteLongPerMillion()));
        if ((input | output) < 1L << 30 && (dearest | prices.outputPerMillion()) < 1L << 32) {
            return Math.ceilDiv(input * dearest + output * prices.outputPerMillion(), MILLION);
        }
        BigInteger sum = BigInteger.valueOf(input)
                .multiply(BigInteger.valueOf(dearest))
                .add(BigInteger.valueOf(output).multiply(BigInteger.valueOf(prices.outputPerMillion())))
                .divide(BigInteger.valueOf(MILLION))
                .add(BigInteger.ONE);
        return sum.bitLength() < 62 ? sum.longValue() : UNSEEN;
    }

    private static long saturated(long amount, long times) {
        return amount > UNSEEN / Math.max(1, times) ? UNSEEN : amount * times;
    }
}
