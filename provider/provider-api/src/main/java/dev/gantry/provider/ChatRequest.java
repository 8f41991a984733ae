package dev.gantry.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A conversation for a model, in the words that all providers share. A null component means: the provider's default.
 *
 * @param model the name of the model as the provider knows it
 * @param messages the conversation in order, system messages included
 * @param stream whether the answer is wanted as it is generated
 * @param outputTokensMax bound on generated tokens
 * @param temperature randomness, 0 to 2
 * @param topP nucleus sampling, 0 to 1
 * @param stop texts that end the answer
 * @param seed wish for a repeatable answer
 * @param tools tools that the model may call
 * @param toolChoice whether it must call one
 * @param parallelToolCalls whether it may call several at once
 * @param outputFormat the form that the answer must have
 * @param reasoningEffort how long the model should think: {@code minimal}, {@code low}, {@code medium}, {@code high}
 * @param endUser an opaque id of the person behind the request, for the provider's abuse checks
 * @param sampling further wishes for how tokens are drawn
 */
public record ChatRequest(
        String model,
        List<Message> messages,
        boolean stream,
        @Nullable Integer outputTokensMax,
        @Nullable Double temperature,
        @Nullable Double topP,
        List<String> stop,
        @Nullable Long seed,
        List<Tool> tools,
        ToolChoice toolChoice,
        @Nullable Boolean parallelToolCalls,
        OutputFormat outputFormat,
        @Nullable String reasoningEffort,
        @Nullable String endUser,
        Sampling sampling) {

    /** Copies the lists. */
    public ChatRequest {
        messages = List.copyOf(messages);
        stop = List.copyOf(stop);
        tools = List.copyOf(tools);
    }

    /** A request without further wishes for how tokens are drawn. */
    public ChatRequest(
            String model,
            List<Message> messages,
            boolean stream,
            @Nullable Integer outputTokensMax,
            @Nullable Double temperature,
            @Nullable Double topP,
            List<String> stop,
            @Nullable Long seed,
            List<Tool> tools,
            ToolChoice toolChoice,
            @Nullable Boolean parallelToolCalls,
            OutputFormat outputFormat,
            @Nullable String reasoningEffort,
            @Nullable String endUser) {
        this(
                model,
                messages,
                stream,
                outputTokensMax,
                temperature,
                topP,
                stop,
                seed,
                tools,
                toolChoice,
                parallelToolCalls,
                outputFormat,
                reasoningEffort,
                endUser,
                Sampling.USUAL);
    }

    /** Returns a request of text messages with every option at its default. */
    public static ChatRequest of(String model, List<Message> messages) {
        return new ChatRequest(
                model,
                messages,
                false,
                null,
                null,
                null,
                List.of(),
                null,
                List.of(),
                new ToolChoice.Auto(),
                null,
                new OutputFormat.PlainText(),
                null,
                null);
    }

    /** Returns the same request for another model. */
    public ChatRequest withModel(String name) {
        return new ChatRequest(
                name,
                messages,
                stream,
                outputTokensMax,
                temperature,
                topP,
                stop,
                seed,
                tools,
                toolChoice,
                parallelToolCalls,
                outputFormat,
                reasoningEffort,
                endUser,
                sampling);
    }

    /** Returns the same request with other messages. */
    public ChatRequest withMessages(List<Message> others) {
        return new ChatRequest(
                model,
                others,
                stream,
                outputTokensMax,
                temperature,
                topP,
                stop,
                seed,
                tools,
                toolChoice,
                parallelToolCalls,
                outputFormat,
                reasoningEffort,
                endUser,
                sampling);
    }

    /** Returns the same request, streamed or not. */
    public ChatRequest withStream(boolean streamed) {
        return new ChatRequest(
                model,
                messages,
                streamed,
                outputTokensMax,
                temperature,
                topP,
                stop,
                seed,
                tools,
                toolChoice,
                parallelToolCalls,
                outputFormat,
                reasoningEffort,
                endUser,
                sampling);
    }

    /** Returns the same request with another bound on generated tokens. */
    public ChatRequest withOutputTokensMax(int tokens) {
        return new ChatRequest(
                model,
                messages,
                stream,
                tokens,
                temperature,
                topP,
                stop,
                seed,
                tools,
                toolChoice,
                parallelToolCalls,
                outputFormat,
                reasoningEffort,
                endUser,
                sampling);
    }

    /**
     * Further wishes for how tokens are drawn; a null component means the provider's default.
     *
     * @param topK of how many of the likeliest tokens one is drawn
     * @param presencePenalty what is taken off the likelihood of a token that has come already, -2 to 2
     * @param frequencyPenalty what is taken off it for each time that it has come, -2 to 2
     */
    public record Sampling(
            @Nullable Integer topK,
            @Nullable Double presencePenalty,
            @Nullable Double frequencyPenalty) {
        /** No wishes. */
        public static final Sampling USUAL = new Sampling(null, null, null);
    }

    /** Who speaks. */
    public enum Role {
        /** Instructions of the application. */
        SYSTEM,
        /** The person, and results of tools. */
        USER,
        /** The model. */
        ASSISTANT
    }

    /** One turn of the conversation. */
    public record Message(Role role, List<Part> parts) {
        /** Copies the parts. */
        public Message {
            parts = List.copyOf(parts);
        }

        /** Returns a message of one text. */
        public static Message text(Role role, String text) {
            return new Message(role, List.of(new Part.Text(text)));
        }
    }

    /** A piece of a message. */
    public sealed interface Part {
        /** Text. */
        record Text(String text) implements Part {}

        /** A picture in the message itself, in base64 without line breaks. */
        record InlineImage(String mediaType, String base64) implements Part {}

        /** A picture that the provider fetches. */
        record LinkedImage(String url) implements Part {}

        /** A call that the model made; {@code arguments} is JSON text. */
        record ToolCall(String id, String name, String arguments) implements Part {}

        /** What a tool answered: texts and pictures. */
        record ToolResult(String toolCallId, List<Part> content, boolean isError) implements Part {
            /** Copies the content. */
            public ToolResult {
                content = List.copyOf(content);
            }
        }

        /**
         * The prompt up to here is worth keeping in the provider's cache. Providers that cache by themselves ignore it.
         *
         * @param ttl how long, in the words that Anthropic and Bedrock share ({@code 5m}, {@code 1h}); null for the usual time
         */
        record CacheMark(@Nullable String ttl) implements Part {}

        /**
         * Reasoning of an earlier answer that the provider wants back, with its seal.
         *
         * @param signature the seal; one with a prefix before a colon means something to that kind of provider alone
         */
        record Reasoning(String text, @Nullable String signature) implements Part {}
    }

    /**
     * A function that the model may ask the caller to run.
     *
     * @param parameters JSON Schema of the arguments; null for none
     * @param strict whether arguments must follow the schema exactly; null for the provider's default
     */
    public record Tool(
            String name,
            @Nullable String description,
            @Nullable ObjectNode parameters,
            @Nullable Boolean strict) {}

    /** Whether the model must call a tool. */
    public sealed interface ToolChoice {
        /** The model decides. */
        record Auto() implements ToolChoice {}

        /** No tool may be called. */
        record None() implements ToolChoice {}

        /** Some tool must be called. */
        record Any() implements ToolChoice {}

        /** This tool must be called. */
        record Named(String name) implements ToolChoice {}
    }

    /** The form of the answer. */
    public sealed interface OutputFormat {
        /** Free text. */
        record PlainText() implements OutputFormat {}

        /** Any JSON object. */
        record AnyJson() implements OutputFormat {}

        /** JSON that follows a schema. */
        record JsonSchema(
                String name, JsonNode schema, @Nullable Boolean strict) implements OutputFormat {}
    }
}
