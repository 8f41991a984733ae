package dev.gantry.provider;

import dev.gantry.kernel.TokenUsage;
import org.jspecify.annotations.Nullable;

/** One step of a model's answer. The order is: {@code Started}, deltas in any order, {@code Finished}. */
public sealed interface ChatEvent {
    /**
     * The provider has begun to answer.
     *
     * @param id the provider's own id of the answer
     * @param model the model that answers, as the provider names it
     */
    record Started(String id, String model) implements ChatEvent {}

    /** A piece of the answer's text. */
    record TextDelta(String text) implements ChatEvent {}

    /**
     * A piece of the model's visible reasoning.
     *
     * @param signature the provider's seal over the reasoning so far, to be sent back with it; null in most deltas
     */
    record ReasoningDelta(String text, @Nullable String signature) implements ChatEvent {}

    /** The model begins to call a tool; {@code index} counts the calls of this answer from 0. */
    record ToolCallStarted(int index, String id, String name) implements ChatEvent {}

    /** A piece of the JSON text of a tool call's arguments. */
    record ToolCallDelta(int index, String argumentsFragment) implements ChatEvent {}

    /**
     * The answer is complete.
     *
     * @param usage what the provider counted; null when it gave no numbers
     * @param stopSequence the sequence that ended the answer, where the provider names it
     */
    record Finished(
            FinishReason reason,
            @Nullable TokenUsage usage,
            @Nullable String stopSequence) implements ChatEvent {}

    /** Why an answer ended. */
    enum FinishReason {
        /** The model was done. */
        STOP,
        /** One of the caller's stop sequences appeared. */
        STOP_SEQUENCE,
        /** The bound on output tokens or the context was reached. */
        LENGTH,
        /** The model waits for the results of tool calls. */
        TOOL_CALLS,
        /** The provider withheld content, or the model refused. */
        REFUSAL
    }
}
