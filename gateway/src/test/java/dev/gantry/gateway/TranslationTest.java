package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.ToolChoice;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TranslationTest {
    private static ObjectNode json(String text) {
        return (ObjectNode) Json.read(text);
    }

    @Nested
    class FromOpenAi {
        @Test
        void shouldReadEveryKindOfMessageAndOption() {
            ChatRequest request = OpenAiChatReader.read(json("""
                    {"model":"m","stream":true,"max_completion_tokens":9,"temperature":0.5,"top_p":0.9,"stop":"END",
                     "seed":7,"user":"u1","parallel_tool_calls":false,"reasoning_effort":"low",
                     "response_format":{"type":"json_schema","json_schema":{"name":"s","schema":{"type":"object"},"strict":true}},
                     "tools":[{"type":"function","function":{"name":"f","description":"d","parameters":{"type":"object"}}}],
                     "tool_choice":{"type":"function","function":{"name":"f"}},
                     "messages":[
                       {"role":"developer","content":"rules"},
                       {"role":"user","content":[{"type":"text","text":"look"},
                          {"type":"image_url","image_url":{"url":"data:image/png;base64,AAAA"}},
                          {"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]},
                       {"role":"assistant","content":null,"tool_calls":[{"id":"c1","type":"function",
                          "function":{"name":"f","arguments":"{\\"a\\":1}"}}]},
                       {"role":"tool","tool_call_id":"c1","content":"42"}]}"""));
            assertThat(request.messages())
                    .extracting(ChatRequest.Message::role)
                    .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER);
            assertThat(request.messages().get(1).parts())
                    .containsExactly(
                            new Part.Text("look"),
                            new Part.InlineImage("image/png", "AAAA"),
                            new Part.LinkedImage("https://example.com/a.png"));
            assertThat(request.messages().get(2).parts()).containsExactly(new Part.ToolCall("c1", "f", "{\"a\":1}"));
            assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Named("f"));
            assertThat(request.outputFormat()).isInstanceOf(OutputFormat.JsonSchema.class);
            assertThat(request.outputTokensMax()).isEqualTo(9);
            assertThat(request.stop()).containsExactly("END");
            assertThat(request.parallelToolCalls()).isFalse();
        }

        @Test
        void shouldNameTheFieldThatIsWrong() {
            assertThatThrownBy(() -> OpenAiChatReader.read(
                            json("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":7}]}")))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.errors().getFirst().pointer())
                                    .isEqualTo("/messages/0/content"));
        }

        @Test
        void shouldReadPenaltiesAndTheNewerNameOfThePerson() {
            ChatRequest request = OpenAiChatReader.read(json("""
                    {"model":"m","presence_penalty":0.5,"frequency_penalty":-1,"safety_identifier":"new","user":"old",
                     "messages":[{"role":"user","content":"x"}]}"""));
            assertThat(request.sampling()).isEqualTo(new ChatRequest.Sampling(null, 0.5, -1.0));
            assertThat(request.endUser()).isEqualTo("new");
        }
    }

    @Nested
    class FromAnthropic {
        @Test
        void shouldReadSystemBlocksToolsAndResults() {
            ChatRequest request = AnthropicMessagesReader.read(json("""
                    {"model":"m","max_tokens":10,"system":[{"type":"text","text":"rules","cache_control":{"type":"ephemeral"}}],
                     "stop_sequences":["A","B"],"thinking":{"type":"enabled","budget_tokens":2000},
                     "tools":[{"name":"f","input_schema":{"type":"object"}}],
                     "tool_choice":{"type":"any","disable_parallel_tool_use":true},
                     "messages":[
                       {"role":"user","content":"hi"},
                       {"role":"assistant","content":[{"type":"thinking","thinking":"t","signature":"s"},
                          {"type":"tool_use","id":"c1","name":"f","input":{"a":1}}]},
                       {"role":"user","content":[{"type":"tool_result","tool_use_id":"c1","content":"no","is_error":true}]}]}"""));
            assertThat(request.messages().getFirst().role()).isEqualTo(Role.SYSTEM);
            assertThat(request.messages().get(2).parts())
                    .containsExactly(new Part.Reasoning("t", "s"), new Part.ToolCall("c1", "f", "{\"a\":1}"));
            assertThat(request.messages().get(3).parts())
                    .containsExactly(new Part.ToolResult("c1", List.of(new Part.Text("no")), true));
            assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Any());
            assertThat(request.parallelToolCalls()).isFalse();
            assertThat(request.reasoningEffort()).isEqualTo("low");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
                {"type":"adaptive"}                     | {"effort":"max"}  |
                {"type":"adaptive"}                     | {}                |
                {"type":"enabled","budget_tokens":9000} | {"effort":"low"}  | low
                {"type":"enabled","budget_tokens":9000} | {"effort":"max"}  | high
                {"type":"enabled","budget_tokens":9000} | {}                | medium
                {"type":"disabled"}                     | {"effort":"high"} |
                """)
        void shouldReadHowLongToThink(String thinking, String config, @Nullable String effort) {
            ChatRequest request = AnthropicMessagesReader.read(json(
                    "{\"model\":\"m\",\"max_tokens\":10,\"top_k\":4,\"thinking\":" + thinking + ",\"output_config\":"
                            + config + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}"));
            assertThat(request.reasoningEffort()).isEqualTo(effort);
            assertThat(request.sampling().topK()).isEqualTo(4);
        }

        @Test
        void shouldInsistOnTheBoundThatAnthropicInsistsOn() {
            assertThatThrownBy(() -> AnthropicMessagesReader.read(
                            json("{\"model\":\"m\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")))
                    .hasMessageContaining("max_tokens");
        }
    }
}
