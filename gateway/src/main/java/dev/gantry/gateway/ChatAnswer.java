package dev.gantry.gateway;

import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import java.util.List;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A model's whole answer in the words that all schemas share.
 *
 * @param id the provider's id of the answer
 * @param model the model that answered, as the provider names it
 * @param text the visible text
 * @param reasoning visible reasoning; empty for none
 * @param signature the provider's seal over the reasoning; null for none
 * @param stopSequence the sequence that ended the answer; null when none did
 * @param usage the provider's numbers; null when it gave none
 */
public record ChatAnswer(
        String id,
        String model,
        String text,
        String reasoning,
        @Nullable String signature,
        List<ToolCall> toolCalls,
        FinishReason finishReason,
        @Nullable String stopSequence,
        @Nullable TokenUsage usage) {
    /** Copies the list. */
    public ChatAnswer {
        toolCalls = List.copyOf(toolCalls);
    }

    /** One call of a tool; {@code arguments} is JSON text. */
    public record ToolCall(String id, String name, String arguments) {}

    /** Gathers the events of an answer. Not thread-safe. */
    static final class Builder {
        private final StringBuilder text = new StringBuilder();
        private final StringBuilder reasoning = new StringBuilder();
        private final TreeMap<Integer, OpenCall> calls = new TreeMap<>();
        private String id = "";
        private String model = "";
        private @Nullable String signature;
        private ChatEvent.@Nullable Finished finished;

        private record OpenCall(String id, String name, StringBuilder arguments) {}

        /** Adds the next event. */
        void add(ChatEvent event) {
            switch (event) {
                case ChatEvent.Started started -> {
                    id = started.id();
                    model = started.model();
                }
                case ChatEvent.TextDelta delta -> text.append(delta.text());
                case ChatEvent.ReasoningDelta delta -> {
                    reasoning.append(delta.text());
                    signature = delta.signature() == null ? signature : delta.signature();
                }
                case ChatEvent.ToolCallStarted call ->
                    calls.put(call.index(), new OpenCall(call.id(), call.name(), new StringBuilder()));
                case ChatEvent.ToolCallDelta delta -> {
                    OpenCall call = calls.get(delta.index());
                    if (call != null) {
                        call.arguments().append(delta.argumentsFragment());
                    }
                }
                case ChatEvent.Finished end -> finished = end;
            }
        }

        /** Returns everything that the model produced so far, as text, for an estimate of tokens. */
        String produced() {
            StringBuilder produced = new StringBuilder(text).append(reasoning);
            calls.values().forEach(call -> produced.append(call.name()).append(call.arguments()));
            return produced.toString();
        }

        /** Returns the provider's numbers, once they came. */
        @Nullable
        TokenUsage usage() {
            return finished == null ? null : finished.usage();
        }

        /** Returns the answer so far. */
        ChatAnswer build() {
            List<ToolCall> toolCalls = calls.values().stream()
                    .map(call -> new ToolCall(
                            call.id(),
                            call.name(),
                            call.arguments().isEmpty() ? "{}" : call.arguments().toString()))
                    .toList();
            return new ChatAnswer(
                    id,
                    model,
                    text.toString(),
                    reasoning.toString(),
                    signature,
                    toolCalls,
                    finished == null ? FinishReason.LENGTH : finished.reason(),
                    finished == null ? null : finished.stopSequence(),
                    finished == null ? null : finished.usage());
        }
    }
}
