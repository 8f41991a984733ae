package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatReply;
import dev.gantry.provider.EventReader;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ReplyJson;
import dev.gantry.provider.UpstreamFailures;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A streamed completion as events. The last event waits for the usage, which comes in a chunk of its own at the end. */
final class OpenAiStreamReply implements ChatReply {
    private final EventReader reader;
    private final UpstreamFailures failures;
    private final ArrayDeque<ChatEvent> events = new ArrayDeque<>();
    private final Map<Integer, String> toolCalls = new HashMap<>();
    private boolean started;
    private boolean refused;
    private boolean ended;
    private @Nullable ObjectNode lastChoice;
    private @Nullable TokenUsage usage;

    OpenAiStreamReply(EventReader reader, UpstreamFailures failures) {
        this.reader = reader;
        this.failures = failures;
    }

    @Override
    public @Nullable ChatEvent next() throws ProviderException {
        while (events.isEmpty() && !ended) {
            byte[] data = reader.next();
            if (data == null || OpenAiInspector.isDone(data, 0, data.length)) {
                end();
            } else {
                take(ReplyJson.object(data, failures));
            }
        }
        return events.poll();
    }

    private void end() throws ProviderException {
        ended = true;
        if (lastChoice == null) {
            throw failures.brokenOff();
        }
        events.add(OpenAiReplyReader.finished(lastChoice, refused, usage));
    }

    private void take(ObjectNode chunk) throws ProviderException {
        JsonNode error = chunk.get("error");
        if (error != null && !error.isNull()) {
            throw OpenAiErrors.of(error, failures);
        }
        TokenUsage counted = UsageScan.read(chunk.get("usage"));
        usage = counted == null ? usage : counted;
        if (!(chunk.path("choices").get(0) instanceof ObjectNode choice)
                || choice.path("index").asInt(0) != 0) {
            return;
        }
        if (!started) {
            started = true;
            events.add(OpenAiReplyReader.started(chunk));
        }
        delta(choice.path("delta"));
        if (choice.path("finish_reason").isTextual()) {
            lastChoice = choice;
        }
    }

    private void delta(JsonNode delta) throws ProviderException {
        String reasoning = OpenAiReplyReader.reasoning(delta);
        if (reasoning != null && !reasoning.isEmpty()) {
            events.add(new ChatEvent.ReasoningDelta(reasoning, null));
        }
        String text = ReplyJson.text(delta, "content");
        if (text != null && !text.isEmpty()) {
            events.add(new ChatEvent.TextDelta(text));
        }
        String refusal = ReplyJson.text(delta, "refusal");
        if (refusal != null && !refusal.isEmpty()) {
            refused = true;
            events.add(new ChatEvent.TextDelta(refusal));
        }
        int position = 0;
        for (JsonNode call : delta.path("tool_calls")) {
            toolCall(call, position++);
        }
    }

    /** Some compatible servers leave out the index and send each call whole: then a new id is a new call. */
    private void toolCall(JsonNode call, int position) throws ProviderException {
        String id = ReplyJson.text(call, "id");
        int index = call.path("index").isInt() ? call.path("index").intValue() : indexOf(id, position);
        JsonNode function = call.path("function");
        if (!toolCalls.containsKey(index)) {
            String name = ReplyJson.text(function, "name");
            if (name == null) {
                throw failures.badReply("a tool call in it has no name");
            }
            String known = id == null || id.isEmpty() ? "call_" + index : id;
            toolCalls.put(index, known);
            events.add(new ChatEvent.ToolCallStarted(index, known, name));
        }
        String arguments = arguments(function.path("arguments"));
        if (!arguments.isEmpty()) {
            events.add(new ChatEvent.ToolCallDelta(index, arguments));
        }
    }

    private int indexOf(@Nullable String id, int position) {
        if (id == null) {
            return position;
        }
        for (Map.Entry<Integer, String> known : toolCalls.entrySet()) {
            if (known.getValue().equals(id)) {
                return known.getKey();
            }
        }
        return toolCalls.size();
    }

    private static String arguments(JsonNode arguments) {
        if (arguments.isTextual()) {
            return arguments.textValue();
        }
        return arguments.isObject() ? new String(Json.write(arguments), StandardCharsets.UTF_8) : "";
    }

    @Override
    public void close() {
        reader.close();
    }
}
