package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.groups.Tuple.tuple;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class OpenAiResponsesTest {
    private static ChatRequest read(String body) {
        return OpenAiResponsesReader.read((ObjectNode) Json.read(body));
    }

    private static Prompt.Raw prompt(String body) {
        return Prompt.Raw.read(ClientSchema.OPENAI_RESPONSES, body.getBytes(StandardCharsets.UTF_8), Map.of());
    }

    @Nested
    class Requests {
        @Test
        void shouldPutTheItemsOfOneTurnTogether() {
            ChatRequest request = read("""
                    {"model":"m","instructions":"rules","input":[
                      {"role":"user","content":"hi"},
                      {"type":"reasoning","summary":[{"type":"summary_text","text":"t"}],"encrypted_content":"gantry:seal"},
                      {"type":"message","role":"assistant","content":[{"type":"output_text","text":"I look"}]},
                      {"type":"function_call","call_id":"c1","name":"f","arguments":"{}"},
                      {"type":"function_call","call_id":"c2","name":"g","arguments":""},
                      {"type":"function_call_output","call_id":"c1","output":"one"},
                      {"type":"function_call_output","call_id":"c2","output":[{"type":"input_text","text":"two"}]},
                      {"role":"developer","content":"be brief"}]}""");
            assertThat(request.messages())
                    .extracting(ChatRequest.Message::role)
                    .containsExactly(Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER, Role.SYSTEM);
            assertThat(request.messages().get(2).parts())
                    .containsExactly(
                            new Part.Reasoning("t", "seal"),
                            new Part.Text("I look"),
                            new Part.ToolCall("c1", "f", "{}"),
                            new Part.ToolCall("c2", "g", "{}"));
            assertThat(request.messages().get(3).parts())
                    .containsExactly(
                            new Part.ToolResult("c1", List.of(new Part.Text("one")), false),
                            new Part.ToolResult("c2", List.of(new Part.Text("two")), false));
        }

        @Test
        void shouldKeepReasoningThatOnlyItsAuthorCanReadFromOthers() {
            ChatRequest request = read("""
                    {"model":"m","input":[{"role":"user","content":"hi"},
                      {"type":"reasoning","summary":[],"encrypted_content":"gAAAAOpenAI"}]}""");
            assertThat(request.messages()).hasSize(1);
        }

        @Test
        void shouldOfferOnlyTheToolsThatAreAllowed() {
            ChatRequest request = read("""
                    {"model":"m","input":"x","tools":[{"type":"function","name":"f"},{"type":"function","name":"g"}],
                     "tool_choice":{"type":"allowed_tools","mode":"required","tools":[{"type":"function","name":"g"}]}}""");
            assertThat(request.tools()).extracting(ChatRequest.Tool::name).containsExactly("g");
            assertThat(request.toolChoice()).isEqualTo(new ToolChoice.Any());
        }

        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "{\"model\":\"m\"} | /input",
                    "{\"model\":\"m\",\"input\":[]} | /input",
                    "{\"model\":\"m\",\"input\":\"x\",\"tools\":[{\"type\":\"web_search\"}]} | /tools/0/type",
                    "{\"model\":\"m\",\"input\":\"x\",\"reasoning\":{\"effort\":\"heroic\"}} | /reasoning/effort",
                    "{\"model\":\"m\",\"input\":[{\"type\":\"item_reference\",\"id\":\"a\"}]} | /input/0/type",
                    "{\"model\":\"m\",\"input\":[{\"type\":\"computer_call\"}]} | /input/0/type",
                    "{\"model\":\"m\",\"input\":[{\"role\":\"user\",\"content\":[{\"type\":\"input_image\","
                            + "\"file_id\":\"f\"}]}]} | /input/0/content/0/file_id",
                })
        void shouldNameWhatCannotBeTranslated(String body, String pointer) {
            GantryException refusal = catchThrowableOfType(GantryException.class, () -> read(body));
            assertThat(refusal.errors())
                    .extracting(GantryException.FieldError::pointer)
                    .containsExactly(pointer);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"store\":true",
                    "\"store\":false,\"store\":true",
                    "\"\\u0073tore\":false",
                    "\"store\":\"no\"",
                    "\"previous_response_id\":\"r\"",
                    "\"\\u0070revious_response_id\":\"r\"",
                    "\"conversation\":{}",
                    "\"background\":true",
                    "\"prompt\":{\"id\":\"p\"}"
                })
        void shouldRefuseStateHoweverItIsWritten(String field) {
            assertThatThrownBy(() -> prompt("{\"model\":\"m\",\"input\":\"x\"," + field + "}"))
                    .isInstanceOf(GantryException.class);
        }

        @Test
        void shouldTakeTheDefaultsOfStatefulFields() {
            assertThat(prompt("{\"model\":\"m\",\"input\":\"x\",\"store\":null,\"previous_response_id\":null,"
                                    + "\"background\":false}")
                            .conversation()
                            .messages())
                    .hasSize(1);
        }
    }

    @Nested
    class Streams {
        private final OpenAiResponsesEvents events =
                new OpenAiResponsesEvents(7, prompt("{\"model\":\"m\",\"input\":\"x\"}"));
        private final StringBuilder written = new StringBuilder();

        private void send(ChatEvent... sent) {
            for (ChatEvent event : sent) {
                written.append(events.event(event));
            }
        }

        private List<JsonNode> data() {
            return written.toString()
                    .lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> Json.read(line.substring(6)))
                    .toList();
        }

        private List<JsonNode> done() {
            return data().stream()
                    .filter(event -> event.path("type").asText().equals("response.output_item.done"))
                    .map(event -> event.path("item"))
                    .toList();
        }

        @Test
        void shouldKeepCallsApartThatAreFilledInTurns() {
            send(
                    new ChatEvent.Started("a", "m"),
                    new ChatEvent.ToolCallStarted(0, "c0", "f"),
                    new ChatEvent.ToolCallStarted(1, "c1", "g"),
                    new ChatEvent.ToolCallDelta(0, "{\"a\":"),
                    new ChatEvent.ToolCallDelta(1, "{}"),
                    new ChatEvent.ToolCallDelta(0, "1}"),
                    new ChatEvent.Finished(FinishReason.TOOL_CALLS, null, null));
            assertThat(done())
                    .extracting(
                            item -> item.path("call_id").asText(),
                            item -> item.path("arguments").asText())
                    .containsExactly(tuple("c0", "{\"a\":1}"), tuple("c1", "{}"));
        }

        @Test
        void shouldGiveEachSealedThoughtAnItemOfItsOwn() {
            send(
                    new ChatEvent.Started("a", "m"),
                    new ChatEvent.ReasoningDelta("one", null),
                    new ChatEvent.ReasoningDelta("", "seal1"),
                    new ChatEvent.ReasoningDelta("two", null),
                    new ChatEvent.ReasoningDelta("", "seal2"),
                    new ChatEvent.TextDelta("answer"),
                    new ChatEvent.Finished(FinishReason.STOP, null, null));
            assertThat(done())
                    .extracting(
                            item -> item.path("type").asText(),
                            item -> item.at("/summary/0/text").asText(),
                            item -> item.path("encrypted_content").asText())
                    .containsExactly(
                            tuple("reasoning", "one", "gantry:seal1"),
                            tuple("reasoning", "two", "gantry:seal2"),
                            tuple("message", "", ""));
        }

        @Test
        void shouldNumberEveryEventAndTellWhatBrokeOff() {
            send(new ChatEvent.Started("a", "m"), new ChatEvent.TextDelta("half"));
            written.append(events.broken(new GantryException(ErrorCode.PROVIDER_UNAVAILABLE, "gone"), "request-1"));
            assertThat(data())
                    .extracting(event -> event.path("sequence_number").asInt())
                    .containsExactly(0, 1, 2, 3, 4, 5);
            assertThat(data().getLast().path("code").asText()).isEqualTo("provider_unavailable");
            assertThat(data().getLast().at("/error/message").asText()).isEqualTo("gone");
        }
    }
}
