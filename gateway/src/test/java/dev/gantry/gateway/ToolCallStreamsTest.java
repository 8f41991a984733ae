package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ClientSchema;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Calls of tools that a model writes in turns reach clients as the SDKs put them together: each whole, under its own number. */
class ToolCallStreamsTest {
    private static final List<ChatEvent> IN_TURNS = List.of(
            new ChatEvent.Started("a", "m"),
            new ChatEvent.TextDelta("Let me see."),
            new ChatEvent.ToolCallStarted(0, "c0", "f"),
            new ChatEvent.ToolCallDelta(0, "{\"a\":"),
            new ChatEvent.ToolCallStarted(1, "c1", "g"),
            new ChatEvent.ToolCallDelta(1, "{\"b\""),
            new ChatEvent.ToolCallDelta(0, "1"),
            new ChatEvent.ToolCallStarted(2, "c2", "f"),
            new ChatEvent.ToolCallDelta(1, ":2}"),
            new ChatEvent.ToolCallDelta(0, "}"),
            new ChatEvent.Finished(FinishReason.TOOL_CALLS, null, null));

    private static List<JsonNode> written(ReplyFormat format) {
        ChatRequest request = ChatRequest.of("m", List.of());
        ReplyFormat.StreamWriter writer =
                format.stream(new Prompt.Composed(request, Prompt.Subject.of(ClientSchema.OPENAI_CHAT), List.of()));
        List<JsonNode> data = new ArrayList<>();
        for (ChatEvent event : IN_TURNS) {
            writer.event(event)
                    .toString()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .forEach(line -> data.add(Json.read(line.substring("data: ".length()))));
        }
        return data;
    }

    @Test
    void shouldKeepThemApartForClientsOfAnthropic() {
        Map<Integer, String> names = new LinkedHashMap<>();
        Map<Integer, StringBuilder> inputs = new LinkedHashMap<>();
        for (JsonNode event : written(new AnthropicMessagesFormat())) {
            int index = event.path("index").asInt(-1);
            if (event.at("/content_block/type").asText().equals("tool_use")) {
                names.put(index, event.at("/content_block/id").asText());
                inputs.put(index, new StringBuilder());
            }
            if (event.at("/delta/type").asText().equals("input_json_delta")) {
                assertThat(inputs)
                        .as("a delta of block %d before it began", index)
                        .containsKey(index);
                Objects.requireNonNull(inputs.get(index))
                        .append(event.at("/delta/partial_json").asText());
            }
        }
        assertThat(names).containsExactly(Map.entry(1, "c0"), Map.entry(2, "c1"), Map.entry(3, "c2"));
        assertThat(inputs.values()).map(StringBuilder::toString).containsExactly("{\"a\":1}", "{\"b\":2}", "");
    }

    @Test
    void shouldKeepThemApartForClientsOfOpenAi() {
        Map<Integer, String> names = new LinkedHashMap<>();
        Map<Integer, StringBuilder> arguments = new LinkedHashMap<>();
        for (JsonNode chunk : written(new OpenAiChatFormat(Clock.systemUTC()))) {
            for (JsonNode call : chunk.at("/choices/0/delta/tool_calls")) {
                int index = call.path("index").intValue();
                if (call.has("id")) {
                    names.put(index, call.path("id").asText());
                }
                arguments
                        .computeIfAbsent(index, none -> new StringBuilder())
                        .append(call.at("/function/arguments").asText());
            }
        }
        assertThat(names).containsExactly(Map.entry(0, "c0"), Map.entry(1, "c1"), Map.entry(2, "c2"));
        assertThat(arguments.values()).map(StringBuilder::toString).containsExactly("{\"a\":1}", "{\"b\":2}", "");
    }
}
