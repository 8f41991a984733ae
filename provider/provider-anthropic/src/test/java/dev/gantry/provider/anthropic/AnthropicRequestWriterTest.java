package dev.gantry.provider.anthropic;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnthropicRequestWriterTest {
    /** Written and read again, so that numbers compare by value. */
    private static ObjectNode write(ChatRequest request) {
        return Json.readObject(Json.write(AnthropicRequestWriter.write(request)));
    }

    private static ChatRequest request(
            String model,
            List<Message> messages,
            @Nullable Integer bound,
            OutputFormat format,
            @Nullable String effort) {
        return new ChatRequest(
                model,
                messages,
                false,
                bound,
                1.7,
                null,
                List.of(),
                3L,
                List.of(),
                new ToolChoice.Auto(),
                null,
                format,
                effort,
                null);
    }

    private static final List<Message> HI = List.of(Message.text(Role.USER, "Hi"));

    @Test
    void shouldHoistSystemMessagesAndMergeNeighbours() {
        List<Message> conversation = List.of(
                Message.text(Role.SYSTEM, "Be brief."),
                Message.text(Role.USER, "one"),
                Message.text(Role.USER, "two"),
                Message.text(Role.ASSISTANT, ""),
                Message.text(Role.SYSTEM, "Be kind."),
                new Message(
                        Role.ASSISTANT,
                        List.of(new Part.ToolCall("c1", "find", ""), new Part.Reasoning("why", "seal"))),
                new Message(
                        Role.USER,
                        List.of(
                                new Part.Text("so?"),
                                new Part.ToolResult("c1", List.of(new Part.Text("gone")), true))));
        ObjectNode written = write(request("claude-haiku-4-5", conversation, null, new OutputFormat.PlainText(), null));
        assertThat(written).isEqualTo(Json.read("""
                {"model":"claude-haiku-4-5","max_tokens":4096,"system":"Be brief.\\n\\nBe kind.",
                 "messages":[
                  {"role":"user","content":[{"type":"text","text":"one"},{"type":"text","text":"two"}]},
                  {"role":"assistant","content":[
                    {"type":"thinking","thinking":"why","signature":"seal"},
                    {"type":"tool_use","id":"c1","name":"find","input":{}}]},
                  {"role":"user","content":[
                    {"type":"tool_result","tool_use_id":"c1","content":[{"type":"text","text":"gone"}],"is_error":true},
                    {"type":"text","text":"so?"}]}],
                 "temperature":1.0}
                """));
    }

    @Test
    void shouldMarkInstructionsThatAreToBeKept() {
        List<Message> conversation = List.of(
                new Message(Role.SYSTEM, List.of(new Part.Text("Be brief."), new Part.CacheMark(null))),
                Message.text(Role.SYSTEM, "Be kind."),
                Message.text(Role.USER, "one"));
        ObjectNode written = write(request("claude-haiku-4-5", conversation, null, new OutputFormat.PlainText(), null));
        assertThat(written.path("system")).isEqualTo(Json.read("""
                [{"type":"text","text":"Be brief.","cache_control":{"type":"ephemeral"}},
                 {"type":"text","text":"Be kind."}]
                """));
    }

    @Test
    void shouldConstrainTextByASchemaOfClosedObjects() {
        OutputFormat format = new OutputFormat.JsonSchema(
                "city",
                Json.read("{\"type\":\"object\",\"properties\":{\"a\":{\"type\":\"object\"},"
                        + "\"b\":{\"type\":\"object\",\"additionalProperties\":{\"type\":\"string\"}}}}"),
                null);
        ObjectNode written = write(request("claude-sonnet-4-5", HI, 50, format, null));
        assertThat(written.path("output_config")).isEqualTo(Json.read("""
                {"format":{"type":"json_schema","schema":{"type":"object","additionalProperties":false,"properties":{
                  "a":{"type":"object","additionalProperties":false},
                  "b":{"type":"object","additionalProperties":{"type":"string"}}}}}}
                """));
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                // model, effort, bound, thinking, budget, effort sent, max_tokens
                "claude-opus-4-5-20251101, medium, -, enabled, 4096, -, 8192",
                "claude-opus-4-5-20251101, high, 3000, enabled, 1500, -, 3000",
                "claude-opus-4-5-20251101, high, 1000, -, 0, -, 1000",
                "claude-3-7-sonnet-latest, low, -, enabled, 1024, -, 5120",
                "claude-sonnet-4-20250514, low, -, enabled, 1024, -, 5120",
                "claude-haiku-4-5, minimal, -, -, 0, -, 4096",
                "claude-opus-4-6, high, 3000, adaptive, 0, high, 3000",
                "claude-sonnet-5, low, -, adaptive, 0, low, 4096",
                "claude-sonnet-5, minimal, -, -, 0, low, 4096",
                "claude-sonnet-5, none, -, -, 0, -, 4096",
                "my-own-name, medium, -, adaptive, 0, medium, 4096"
            })
    void shouldThinkInTheWayOfTheModel(
            String model,
            String effort,
            @Nullable Integer bound,
            @Nullable String thinking,
            int budget,
            @Nullable String sent,
            int outputTokensMax) {
        ObjectNode written = write(request(model, HI, bound, new OutputFormat.PlainText(), effort));
        assertThat(written.at("/thinking/type").asText(null)).isEqualTo(thinking);
        assertThat(written.at("/thinking/budget_tokens").asInt()).isEqualTo(budget);
        assertThat(written.at("/output_config/effort").asText(null)).isEqualTo(sent);
        assertThat(written.path("max_tokens").asInt()).isEqualTo(outputTokensMax);
        assertThat(written.has("temperature")).isEqualTo(thinking == null);
    }

    @Test
    void shouldNotThinkWhereAToolIsForced() {
        ChatRequest forced = new ChatRequest(
                "claude-opus-4-6",
                HI,
                true,
                100,
                null,
                null,
                List.of("END"),
                null,
                List.of(new Tool("find", null, null, null)),
                new ToolChoice.Any(),
                false,
                new OutputFormat.PlainText(),
                "high",
                "user-1");
        assertThat(write(forced)).isEqualTo(Json.read("""
                {"model":"claude-opus-4-6","max_tokens":100,"stream":true,
                 "messages":[{"role":"user","content":[{"type":"text","text":"Hi"}]}],
                 "stop_sequences":["END"],"metadata":{"user_id":"user-1"},
                 "tools":[{"name":"find","input_schema":{"type":"object"}}],
                 "tool_choice":{"type":"any","disable_parallel_tool_use":true}}
                """));
    }
}
