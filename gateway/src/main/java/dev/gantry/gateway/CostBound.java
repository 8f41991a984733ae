package dev.gantry.gateway;

import dev.gantry.kernel.Json;
import dev.gantry.metering.Model;
import dev.gantry.metering.Prices;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ClientSchema.Operation;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.provider.TokenEstimator.Vocabulary;
import dev.gantry.quota.BudgetAmounts;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The most that a request can cost, whichever model of its plan answers.
 *
 * <p>Of the prompt, the cheap bound counts bytes: models split text into pieces of at least one byte each, and what they add
 * around a message is shorter than its JSON. The closer one counts tokens for models whose tokenizer we have; how many
 * another family's makes of a text nobody can tell from ours, so that for all others bytes it stays. Pictures, which may be
 * small and cost much, are bounded by the largest price that a provider has for one; documents, sound, references to what the
 * provider keeps and tools that the provider runs are bounded by the model's context alone, and so is everything else in the
 * end. The answer is bounded by what the request allows, else by the model. Unknown bounds of a model are taken for
 * {@link #UNKNOWN_TOKENS}.
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

    /** The names, marks and quotes that a schema puts around a tool. */
    private static final long TOOL_FRAME_BYTES = 128;

    private static final List<String> O200K_MODELS =
            List.of("gpt-4o", "chatgpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "o1", "o3", "o4");
    private static final List<String> CL100K_MODELS = List.of("gpt-4", "gpt-3.5-turbo", "text-embedding-");

    private static final long MILLION = 1_000_000;

    /** Stands for tokens that the body does not bound. */
    private static final long UNSEEN = Long.MAX_VALUE / 4;

    private CostBound() {}

    /** How many tokens of a prompt a model may see. */
    @FunctionalInterface
    private interface PromptBound {
        long of(Model model);
    }

    /** Bounds a request by the length of its body. */
    static BudgetAmounts byLength(Prompt prompt, Plan plan) {
        return switch (prompt) {
            case Prompt.Raw raw -> {
                BodyMarks marks = BodyMarks.of(raw.body());
                long input = isUnbounded(raw, marks)
                        ? UNSEEN
                        : raw.body().length + frame(marks) + marks.pictures() * PICTURE_TOKENS;
                yield amounts(raw, plan, _ -> input);
            }
            case Prompt.Composed composed -> {
                ChatRequest conversation = composed.conversation();
                long input = frame(conversation) + bytesBesideMessages(conversation);
                for (Message message : conversation.messages()) {
                    for (Part part : message.parts()) {
                        input += bytes(part);
                    }
                }
                long most = input;
                yield amounts(composed, plan, _ -> most);
            }
        };
    }

    /** Bounds a request by counting its tokens where that is exact, and pictures apart from the bytes that carry them. */
    static BudgetAmounts byCount(Prompt prompt, Plan plan) {
        return switch (prompt) {
            case Prompt.Raw raw -> {
                BodyMarks marks = BodyMarks.of(raw.body());
                if (isUnbounded(raw, marks) || raw.body().length > COUNTED_BYTES_MAX) {
                    yield byLength(prompt, plan);
                }
                if (marks.pictures() > 0) {
                    boolean dear = plan.candidates().stream()
                            .anyMatch(model -> model.name().contains("4o-mini"));
                    long pictures = marks.pictures() * (dear ? PICTURE_TOKENS : COMMON_PICTURE_TOKENS);
                    long words = raw.body().length - pictureBytes(prompt.conversation());
                    yield amounts(raw, plan, _ -> frame(marks) + words + pictures);
                }
                // The JSON around the words is counted with them, so that nothing that a provider reads is left out.
                CountedText words = new CountedText(new String(raw.body(), StandardCharsets.UTF_8), raw.body().length);
                long frame = frame(marks) + escapes(raw.body());
                yield amounts(raw, plan, model -> frame + words.tokens(model));
            }
            case Prompt.Composed composed -> {
                ChatRequest conversation = composed.conversation();
                long fixed = frame(conversation) + bytesBesideMessages(conversation);
                StringBuilder text = new StringBuilder();
                for (Message message : conversation.messages()) {
                    for (Part part : message.parts()) {
                        if (part instanceof Part.Text words && words.text().length() <= COUNTED_BYTES_MAX) {
                            text.append(words.text()).append('\n');
                        } else {
                            fixed += bytes(part);
                        }
                    }
                }
                long beside = fixed;
                CountedText words = new CountedText(text.toString(), 3L * text.length());
                yield amounts(composed, plan, model -> beside + words.tokens(model));
            }
        };
    }

    /** What an escape stands for may have a token more than the escape. */
    private static long escapes(byte[] body) {
        long escapes = 0;
        for (byte character : body) {
            escapes += character == '\\' ? 1 : 0;
        }
        return escapes;
    }

    private static boolean isUnbounded(Prompt.Raw raw, BodyMarks marks) {
        return marks.unbounded() || raw.head().unseen();
    }

    /** A text that is counted once for each tokenizer that some model of a plan has. */
    private static final class CountedText {
        private final String text;
        private final long bytes;
        private final Map<Vocabulary, Long> counts = new EnumMap<>(Vocabulary.class);

        CountedText(String text, long bytes) {
            this.text = text;
            this.bytes = bytes;
        }

        long tokens(Model model) {
            Vocabulary vocabulary = vocabulary(model);
            return vocabulary == null
                    ? bytes
                    // A cut within a long run may hide a token.
                    : counts.computeIfAbsent(vocabulary, by -> TokenEstimator.count(text, by) + text.length() / 512);
        }
    }

    /** Returns the tokenizer of a model; null when we do not have it. */
    private static @Nullable Vocabulary vocabulary(Model model) {
        if (model.provider().equals("offline")) {
            return Vocabulary.O200K;
        }
        String name = model.upstreamName();
        if (!model.provider().equals("openai")) {
            return null;
        }
        if (startsWithAny(name, O200K_MODELS)) {
            return Vocabulary.O200K;
        }
        return startsWithAny(name, CL100K_MODELS) ? Vocabulary.CL100K : null;
    }

    private static boolean startsWithAny(String name, List<String> beginnings) {
        return beginnings.stream().anyMatch(name::startsWith);
    }

    private static long frame(BodyMarks marks) {
        return FRAME_TOKENS + (marks.tools() ? TOOLS_TOKENS : 0);
    }

    private static long frame(ChatRequest conversation) {
        return FRAME_TOKENS
                + MESSAGE_TOKENS * conversation.messages().size()
                + (conversation.tools().isEmpty() ? 0 : TOOLS_TOKENS);
    }

    /** What a provider reads beside messages: tools, and the schema of the answer. */
    private static long bytesBesideMessages(ChatRequest conversation) {
        long bytes = 0;
        for (Tool tool : conversation.tools()) {
            bytes += TOOL_FRAME_BYTES + 3L * tool.name().length();
            bytes += tool.description() == null ? 0 : 3L * tool.description().length();
            bytes += tool.parameters() == null ? 0 : Json.write(tool.parameters()).length;
        }
        if (conversation.outputFormat() instanceof OutputFormat.JsonSchema schema) {
            bytes += TOOL_FRAME_BYTES + Json.write(schema.schema()).length;
        }
        return bytes;
    }

    private static long wanted(Prompt prompt) {
        if (prompt instanceof Prompt.Raw raw) {
            return raw.head().outputTokens();
        }
        ChatRequest conversation = prompt.conversation();
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
            case Part.Reasoning reasoning ->
                3L * reasoning.text().length()
                        + (reasoning.signature() == null
                                ? 0
                                : reasoning.signature().length());
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
    private static BudgetAmounts amounts(Prompt prompt, Plan plan, PromptBound input) {
        if (prompt.operation() == Operation.TOKEN_COUNT) {
            return BudgetAmounts.NONE;
        }
        boolean answers = prompt.operation() == Operation.CHAT;
        long wanted = wanted(prompt);
        long choices = prompt instanceof Prompt.Raw raw ? raw.head().choices() : 1;
        long microUsd = 0;
        long tokens = 0;
        for (Model model : plan.candidates()) {
            long words = input.of(model);
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
