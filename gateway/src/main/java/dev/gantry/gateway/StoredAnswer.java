package dev.gantry.gateway;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer.ToolCall;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import java.util.ArrayList;
import java.util.List;

/** A whole answer as bytes and as events, to be kept and told again. */
final class StoredAnswer {
    private StoredAnswer() {}

    static byte[] write(ChatAnswer answer) {
        ObjectNode node = Json.object()
                .put("id", answer.id())
                .put("model", answer.model())
                .put("text", answer.text())
                .put("reasoning", answer.reasoning())
                .put("signature", answer.signature())
                .put("finish", answer.finishReason().name())
                .put("stop", answer.stopSequence());
        ArrayNode calls = node.putArray("calls");
        for (ToolCall call : answer.toolCalls()) {
            calls.addObject().put("id", call.id()).put("name", call.name()).put("arguments", call.arguments());
        }
        return Json.write(node);
    }

    /** Reads what {@link #write} wrote, with the numbers that are kept beside it. */
    static ChatAnswer read(byte[] bytes, TokenUsage usage) {
        ObjectNode node = Json.readObject(bytes);
        List<ToolCall> calls = new ArrayList<>();
        for (JsonNode call : node.path("calls")) {
            calls.add(new ToolCall(
                    call.path("id").textValue(),
                    call.path("name").textValue(),
                    call.path("arguments").textValue()));
        }
        return new ChatAnswer(
                node.path("id").textValue(),
                node.path("model").textValue(),
                node.path("text").textValue(),
                node.path("reasoning").textValue(),
                node.path("signature").textValue(),
                calls,
                ChatEvent.FinishReason.valueOf(node.path("finish").textValue()),
                node.path("stop").textValue(),
                usage);
    }

    /** Returns the events that make up an answer, its texts in one piece each. */
    static List<ChatEvent> events(ChatAnswer answer) {
        List<ChatEvent> events = new ArrayList<>();
        events.add(new ChatEvent.Started(answer.id(), answer.model()));
        if (!answer.reasoning().isEmpty() || answer.signature() != null) {
            events.add(new ChatEvent.ReasoningDelta(answer.reasoning(), answer.signature()));
        }
        if (!answer.text().isEmpty()) {
            events.add(new ChatEvent.TextDelta(answer.text()));
        }
        for (int index = 0; index < answer.toolCalls().size(); index++) {
            ToolCall call = answer.toolCalls().get(index);
            events.add(new ChatEvent.ToolCallStarted(index, call.id(), call.name()));
            events.add(new ChatEvent.ToolCallDelta(index, call.arguments()));
        }
        events.add(new ChatEvent.Finished(answer.finishReason(), answer.usage(), answer.stopSequence()));
        return events;
    }
}
