package dev.gantry.provider.openai;

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
import dev.gantry.provider.OutputLimitField;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpenAiRequestWriterTest {
    /** Written and read again, so that numbers compare by value. */
    private static ObjectNode write(ChatRequest request) {
        return Json.readObject(
                Json.write(new OpenAiRequestWriter(OutputLimitField.MAX_COMPLETION_TOKENS).write(request)));
    }

    @Test
    void shouldWriteEveryOption() {
        ChatRequest request = new ChatRequest(
                "gpt-5",
                List.of(Message.text(Role.SYSTEM, "Be brief."), Message.text(Role.USER, "Hi")),
                true,
                100,
                0.5,
                0.9,
                List.of("END"),
                7L,
                List.of(new Tool("find", "Finds", Json.object().put("type", "object"), true)),
                new ToolChoice.Named("find"),
                false,
                new OutputFormat.JsonSchema("city", Json.object().put("type", "object"), true),
                "low",
                "user-1");
        assertThat(write(request)).isEqualTo(Json.read("""
                {"model":"gpt-5",
                 "messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],
                 "stream":true,"stream_options":{"include_usage":true},
                 "max_completion_tokens":100,"temperature":0.5,"top_p":0.9,"stop":["END"],"seed":7,
                 "reasoning_effort":"low","user":"user-1",
                 "tools":[{"type":"function","function":
                   {"name":"find","description":"Finds","parameters":{"type":"object"},"strict":true}}],
                 "tool_choice":{"type":"function","function":{"name":"find"}},
                 "parallel_tool_calls":false,
                 "response_format":{"type":"json_schema","json_schema":
                   {"name":"city","schema":{"type":"object"},"strict":true}}}
                """));
    }

    @Test
    void shouldWriteNothingThatWasNotAskedFor() {
        assertThat(write(ChatRequest.of("m", List.of(Message.text(Role.USER, "Hi")))))
                .isEqualTo(Json.read("""
                        {"model":"m","messages":[{"role":"user","content":"Hi"}]}
                        """));
    }

    @Test
    void shouldUseTheOlderFieldForOlderServers() {
        ChatRequest plain = ChatRequest.of("m", List.of(Message.text(Role.USER, "Hi")));
        ChatRequest bounded = new ChatRequest(
                plain.model(),
                plain.messages(),
                false,
                9,
                null,
                null,
                List.of(),
                null,
                List.of(),
                plain.toolChoice(),
                null,
                plain.outputFormat(),
                null,
                null);
        assertThat(new OpenAiRequestWriter(OutputLimitField.MAX_TOKENS)
                        .write(bounded)
                        .path("max_tokens")
                        .asInt())
                .isEqualTo(9);
    }

    @Test
    void shouldGiveResultsOfToolsTheirOwnMessages() {
        ChatRequest request = ChatRequest.of(
                "m",
                List.of(
                        new Message(
                                Role.ASSISTANT,
                                List.of(
                                        new Part.Reasoning("hidden", "seal"),
                                        new Part.ToolCall("c1", "find", "{\"a\":1}"))),
                        new Message(
                                Role.USER,
                                List.of(
                                        new Part.ToolResult(
                                                "c1",
                                                List.of(
                                                        new Part.Text("gone"),
                                                        new Part.InlineImage("image/png", "aGk=")),
                                                true),
                                        new Part.Text("and now?")))));
        assertThat(write(request).path("messages")).isEqualTo(Json.read("""
                [{"role":"assistant","content":null,"tool_calls":
                   [{"id":"c1","type":"function","function":{"name":"find","arguments":"{\\"a\\":1}"}}]},
                 {"role":"tool","tool_call_id":"c1","content":"Error: gone"},
                 {"role":"user","content":[
                   {"type":"image_url","image_url":{"url":"data:image/png;base64,aGk="}},
                   {"type":"text","text":"and now?"}]}]
                """));
    }
}
