package dev.gantry.provider.testing;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How the simulator answers one request. Also has a form in text, {@code key=value} pairs with commas between them, in
 * which another process can ask for it: by a model name such as {@code simulate:chunks=50,pace=20ms}.
 *
 * @param answer what the model says
 * @param fault what goes wrong
 * @param delay how long before the reply begins
 * @param pace how long between the pieces of a stream
 * @param inputTokens prompt tokens, including those of the cache
 * @param cacheReadTokens prompt tokens from the cache
 * @param cacheWriteTokens prompt tokens into the cache, where the interface knows that
 * @param reasoningTokens tokens spent on thinking, part of the output
 * @param usage whether the numbers are told at all
 */
public record Scenario(
        Answer answer,
        Fault fault,
        Duration delay,
        Duration pace,
        int inputTokens,
        int cacheReadTokens,
        int cacheWriteTokens,
        int reasoningTokens,
        boolean usage) {

    /** What a model says. */
    public sealed interface Answer {
        /** The last message of the user, word by word. */
        record Echo() implements Answer {}

        /** These pieces, each of which counts as one token and is one chunk of a stream. */
        record Text(List<String> pieces) implements Answer {
            /** Copies the pieces. */
            public Text {
                pieces = List.copyOf(pieces);
            }
        }

        /** Calls of tools; a name that is null stands for the first tool of the request. */
        record ToolCalls(List<ToolCall> calls) implements Answer {
            /** Copies the calls. */
            public ToolCalls {
                calls = List.copyOf(calls);
            }
        }

        /** Reasoning first, then text. */
        record Reasoned(String reasoning, String text) implements Answer {}

        /** Exactly these bytes, for a request of a whole reply and for one of a stream. */
        record Verbatim(String whole, String stream) implements Answer {}
    }

    /** One call of a tool. */
    public record ToolCall(@Nullable String name, String arguments) {}

    /** What the simulator does when nobody asked for anything else: it echoes. */
    public static final Scenario ECHO = of(new Answer.Echo());

    private static final String MODEL_PREFIX = "simulate:";

    private static Scenario of(Answer answer) {
        return new Scenario(answer, new Fault.None(), Duration.ZERO, Duration.ZERO, 11, 0, 0, 0, true);
    }

    /** Returns an answer of these pieces. */
    public static Scenario text(String... pieces) {
        return of(new Answer.Text(List.of(pieces)));
    }

    /** Returns an answer of many short pieces. */
    public static Scenario chunks(int count) {
        return of(new Answer.Text(IntStream.range(0, count)
                .mapToObj(index -> "word" + index + " ")
                .toList()));
    }

    /** Returns an answer that calls a tool. */
    public static Scenario toolCall(@Nullable String name, String arguments) {
        return of(new Answer.ToolCalls(List.of(new ToolCall(name, arguments))));
    }

    /** Returns an answer that calls tools. */
    public static Scenario toolCalls(ToolCall... calls) {
        return of(new Answer.ToolCalls(List.of(calls)));
    }

    /** Returns an answer with reasoning before it. */
    public static Scenario reasoned(String reasoning, String text) {
        return of(new Answer.Reasoned(reasoning, text));
    }

    /** Returns an answer that is the same whatever was asked. */
    public static Scenario verbatim(String whole, String stream) {
        return of(new Answer.Verbatim(whole, stream));
    }

    /** Returns an answer with an error status. */
    public static Scenario status(int status, String type, String message) {
        return ECHO.with(new Fault.Status(status, type, message, Map.of()));
    }

    /** Returns an answer with an error status and exactly this body. */
    public static Scenario raw(int status, String body) {
        return ECHO.with(new Fault.Raw(status, body, Map.of()));
    }

    /** Returns the same with a fault. */
    public Scenario with(Fault other) {
        return new Scenario(
                answer, other, delay, pace, inputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usage);
    }

    /** Returns the same with time between the pieces of a stream. */
    public Scenario paced(Duration other) {
        return new Scenario(
                answer, fault, delay, other, inputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usage);
    }

    /** Returns the same with time before the reply. */
    public Scenario delayed(Duration other) {
        return new Scenario(
                answer, fault, other, pace, inputTokens, cacheReadTokens, cacheWriteTokens, reasoningTokens, usage);
    }

    /** Returns the same with other numbers. */
    public Scenario counted(int input, int cacheRead, int cacheWrite, int reasoning) {
        return new Scenario(answer, fault, delay, pace, input, cacheRead, cacheWrite, reasoning, true);
    }

    /** Returns the same without numbers. */
    public Scenario uncounted() {
        return new Scenario(answer, fault, delay, pace, 0, 0, 0, 0, false);
    }

    /** Returns the scenario that a model name asks for, or null when it is an ordinary name. */
    static @Nullable Scenario ofModel(String model) {
        return model.startsWith(MODEL_PREFIX) ? parse(model.substring(MODEL_PREFIX.length())) : null;
    }

    /**
     * Reads the form in text. Keys: {@code text}, {@code chunks}, {@code tool} with {@code arguments}; {@code delay},
     * {@code pace} in milliseconds ({@code 20ms}); {@code input}, {@code cached}, {@code written}, {@code reasoning},
     * {@code usage=no}; {@code fault} with {@code after}, {@code status}, {@code type}, {@code retry_after}, {@code bytes}.
     *
     * @throws IllegalArgumentException if it cannot be read
     */
    public static Scenario parse(String form) {
        Map<String, String> values = new HashMap<>();
        for (String pair : form.isBlank() ? new String[0] : form.split(",")) {
            int equals = pair.indexOf('=');
            if (equals < 1) {
                throw new IllegalArgumentException("'" + pair + "' is not of the form key=value");
            }
            values.put(
                    pair.substring(0, equals).strip(),
                    pair.substring(equals + 1).strip());
        }
        Scenario scenario = answer(values)
                .with(fault(values))
                .delayed(milliseconds(values.remove("delay")))
                .paced(milliseconds(values.remove("pace")))
                .counted(
                        number(values, "input", 11),
                        number(values, "cached", 0),
                        number(values, "written", 0),
                        number(values, "reasoning", 0));
        boolean uncounted = "no".equals(values.remove("usage"));
        if (!values.isEmpty()) {
            throw new IllegalArgumentException("unknown keys " + values.keySet());
        }
        return uncounted ? scenario.uncounted() : scenario;
    }

    private static Scenario answer(Map<String, String> values) {
        String tool = values.remove("tool");
        String arguments = values.remove("arguments");
        String text = values.remove("text");
        int chunks = number(values, "chunks", 0);
        if (tool != null) {
            return toolCall(tool.equals("first") ? null : tool, arguments == null ? "{}" : arguments);
        }
        return text != null ? text(text) : chunks > 0 ? chunks(chunks) : ECHO;
    }

    private static Fault fault(Map<String, String> values) {
        String kind = values.remove("fault");
        int after = number(values, "after", 1);
        int status = number(values, "status", 500);
        int bytes = number(values, "bytes", 1024);
        String type = values.remove("type");
        String retryAfter = values.remove("retry_after");
        Map<String, String> headers = retryAfter == null ? Map.of() : Map.of("Retry-After", retryAfter);
        return switch (kind == null ? "none" : kind) {
            case "none" -> new Fault.None();
            case "status" ->
                new Fault.Status(status, type == null ? "server_error" : type, "simulated failure", headers);
            case "close" -> new Fault.CloseWithoutReply();
            case "stall" -> new Fault.StallAfter(after);
            case "die" -> new Fault.DieAfter(after);
            case "end" -> new Fault.EndAfter(after);
            case "error" -> new Fault.ErrorAfter(after, type == null ? "server_error" : type, "simulated failure");
            case "rubbish" -> new Fault.Rubbish();
            case "huge" -> new Fault.HugeBody(bytes);
            case "drip" -> new Fault.SlowDrip(bytes, Duration.ofMillis(20));
            case "html" -> new Fault.WrongContentType();
            default -> throw new IllegalArgumentException("unknown fault '" + kind + "'");
        };
    }

    private static int number(Map<String, String> values, String key, int otherwise) {
        String value = values.remove(key);
        return value == null ? otherwise : Integer.parseInt(value);
    }

    private static Duration milliseconds(@Nullable String value) {
        return value == null
                ? Duration.ZERO
                : Duration.ofMillis(
                        Long.parseLong(value.endsWith("ms") ? value.substring(0, value.length() - 2) : value));
    }
}
