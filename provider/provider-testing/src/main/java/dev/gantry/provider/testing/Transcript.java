package dev.gantry.provider.testing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ProviderException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** An answer that was read to its end; the order of its events has been checked. */
public record Transcript(List<ChatEvent> events) {
    /** Copies the events. */
    public Transcript {
        events = List.copyOf(events);
    }

    /** Asks and reads to the end. */
    public static Transcript of(ChatProvider provider, ChatRequest request, CallContext context)
            throws ProviderException {
        try (ChatReply reply = provider.chat(request, context)) {
            List<ChatEvent> events = new ArrayList<>();
            for (ChatEvent event = reply.next(); event != null; event = reply.next()) {
                events.add(event);
            }
            assertThat(reply.next()).as("nothing follows the end").isNull();
            Transcript transcript = new Transcript(events);
            transcript.checkOrder();
            return transcript;
        }
    }

    private void checkOrder() {
        assertThat(events).as("an answer has a beginning and an end").hasSizeGreaterThanOrEqualTo(2);
        assertThat(events.getFirst()).isInstanceOf(ChatEvent.Started.class);
        assertThat(events.getLast()).isInstanceOf(ChatEvent.Finished.class);
        assertThat(events.subList(1, events.size() - 1))
                .as("one beginning and one end")
                .noneMatch(event -> event instanceof ChatEvent.Started || event instanceof ChatEvent.Finished);
        List<Integer> calls = new ArrayList<>();
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.ToolCallStarted call) {
                calls.add(call.index());
            }
            if (event instanceof ChatEvent.ToolCallDelta delta) {
                assertThat(calls).as("arguments follow the name of their tool").contains(delta.index());
            }
        }
        assertThat(calls).as("calls are counted from 0").isEqualTo(List.copyOf(indexes(calls.size())));
    }

    private static List<Integer> indexes(int count) {
        List<Integer> indexes = new ArrayList<>();
        for (int index = 0; index < count; index++) {
            indexes.add(index);
        }
        return indexes;
    }

    /** Returns the text. */
    public String text() {
        StringBuilder text = new StringBuilder();
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.TextDelta delta) {
                text.append(delta.text());
            }
        }
        return text.toString();
    }

    /** Returns the reasoning. */
    public String reasoning() {
        StringBuilder text = new StringBuilder();
        for (ChatEvent event : events) {
            if (event instanceof ChatEvent.ReasoningDelta delta) {
                text.append(delta.text());
            }
        }
        return text.toString();
    }

    /** Returns how many pieces of text there were. */
    public long textDeltas() {
        return events.stream().filter(ChatEvent.TextDelta.class::isInstance).count();
    }

    /** Returns the calls of tools, as {@code name(arguments)}. */
    public List<String> toolCalls() {
        TreeMap<Integer, StringBuilder> calls = new TreeMap<>();
        for (ChatEvent event : events) {
            switch (event) {
                case ChatEvent.ToolCallStarted call ->
                    calls.put(call.index(), new StringBuilder(call.name()).append('('));
                case ChatEvent.ToolCallDelta delta ->
                    calls.getOrDefault(delta.index(), new StringBuilder()).append(delta.argumentsFragment());
                case ChatEvent.Started ignored -> {}
                case ChatEvent.TextDelta ignored -> {}
                case ChatEvent.ReasoningDelta ignored -> {}
                case ChatEvent.Finished ignored -> {}
            }
        }
        return calls.values().stream().map(call -> call.append(')').toString()).toList();
    }

    /** Returns the ids of the calls of tools. */
    public List<String> toolCallIds() {
        return events.stream()
                .filter(ChatEvent.ToolCallStarted.class::isInstance)
                .map(event -> ((ChatEvent.ToolCallStarted) event).id())
                .toList();
    }

    /** Returns the end. */
    public ChatEvent.Finished finished() {
        return (ChatEvent.Finished) events.getLast();
    }

    /** Returns the beginning. */
    public ChatEvent.Started started() {
        return (ChatEvent.Started) events.getFirst();
    }
}
