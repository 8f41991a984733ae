package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;

/** Puts the events of a stream together again, as a client does, into what the whole reply would have been. */
final class StreamFolds {
    private StreamFolds() {}

    /** Returns the reply that a stream of a client's schema tells of. */
    static ObjectNode fold(String client, String stream) {
        List<ObjectNode> events = events(stream);
        return switch (client) {
            case "chat" -> chat(events);
            case "messages" -> message(events);
            case "responses" -> response(events);
            default -> throw new IllegalArgumentException(client);
        };
    }

    private static List<ObjectNode> events(String stream) {
        List<ObjectNode> events = new ArrayList<>();
        String name = "";
        for (String line : stream.lines().toList()) {
            if (line.startsWith("event: ")) {
                name = line.substring("event: ".length());
            } else if (line.startsWith("data: ") && !line.endsWith("[DONE]")) {
                ObjectNode data = (ObjectNode) Json.read(line.substring("data: ".length()));
                if (!name.isEmpty()) {
                    assertThat(data.path("type").textValue()).isEqualTo(name);
                }
                events.add(data);
                name = "";
            }
        }
        return events;
    }

    private static ObjectNode chat(List<ObjectNode> chunks) {
        ObjectNode reply = Json.object();
        ObjectNode message = Json.object();
        StringBuilder content = new StringBuilder();
        ArrayNode calls = Json.mapper().createArrayNode();
        JsonNode reason = null;
        for (ObjectNode chunk : chunks) {
            JsonNode choice = chunk.path("choices").path(0);
            JsonNode delta = choice.path("delta");
            if (delta.has("role")) {
                reply.setAll((ObjectNode) chunk.deepCopy().without("choices"));
                reply.put("object", "chat.completion");
                message.set("role", delta.get("role"));
            }
            content.append(delta.path("content").asText(""));
            for (JsonNode call : delta.path("tool_calls")) {
                if (call.has("id")) {
                    assertThat(call.path("index").intValue()).isEqualTo(calls.size());
                    calls.add(((ObjectNode) call.deepCopy()).without("index"));
                } else {
                    ObjectNode known = (ObjectNode)
                            calls.get(call.path("index").intValue()).path("function");
                    known.put(
                            "arguments",
                            known.path("arguments").asText()
                                    + call.at("/function/arguments").asText());
                }
            }
            reason = choice.path("finish_reason").isTextual() ? choice.get("finish_reason") : reason;
            if (chunk.hasNonNull("usage")) {
                reply.set("usage", chunk.get("usage"));
            }
        }
        message.put("content", content.toString()).putNull("refusal");
        if (!calls.isEmpty()) {
            message.set("tool_calls", calls);
        }
        ObjectNode choice = reply.putArray("choices").addObject().put("index", 0);
        choice.set("message", message);
        choice.putNull("logprobs");
        choice.set("finish_reason", reason);
        return reply;
    }

    private static ObjectNode message(List<ObjectNode> events) {
        ObjectNode message = Json.object();
        ArrayNode content = Json.mapper().createArrayNode();
        StringBuilder open = new StringBuilder();
        for (ObjectNode event : events) {
            switch (event.path("type").asText()) {
                case "message_start" -> message = (ObjectNode) event.get("message");
                case "content_block_start" -> {
                    assertThat(event.path("index").intValue()).isEqualTo(content.size());
                    content.add(event.get("content_block"));
                    open.setLength(0);
                }
                case "content_block_delta" -> {
                    JsonNode delta = event.path("delta");
                    open.append(delta.path("text").asText(""))
                            .append(delta.path("partial_json").asText(""));
                }
                case "content_block_stop" -> {
                    ObjectNode block = (ObjectNode) content.get(content.size() - 1);
                    if (block.path("type").asText().equals("tool_use")) {
                        block.set("input", Json.read(open.toString()));
                    } else {
                        block.put("text", open.toString());
                    }
                }
                case "message_delta" -> {
                    message.setAll((ObjectNode) event.get("delta"));
                    message.set("usage", event.get("usage"));
                }
                default -> assertThat(event.path("type").asText()).isIn("ping", "message_stop");
            }
        }
        assertThat(events.getLast().path("type").asText()).isEqualTo("message_stop");
        return message.set("content", content);
    }

    /** The last event has it all; what was told before must be the same. */
    private static ObjectNode response(List<ObjectNode> events) {
        StringBuilder told = new StringBuilder();
        ArrayNode items = Json.mapper().createArrayNode();
        for (int index = 0; index < events.size(); index++) {
            ObjectNode event = events.get(index);
            assertThat(event.path("sequence_number").intValue()).isEqualTo(index);
            told.append(event.path("delta").asText(""));
            if (event.path("type").asText().equals("response.output_item.done")) {
                items.add(event.get("item"));
            }
        }
        ObjectNode last = events.getLast();
        ObjectNode response = (ObjectNode) last.get("response");
        assertThat(last.path("type").asText())
                .isEqualTo("response." + response.path("status").asText());
        assertThat(items).isEqualTo(response.get("output"));
        StringBuilder whole = new StringBuilder();
        for (JsonNode item : items) {
            whole.append(item.at("/content/0/text").asText(""))
                    .append(item.path("arguments").asText(""));
        }
        assertThat(told).hasToString(whole.toString());
        return response;
    }
}
