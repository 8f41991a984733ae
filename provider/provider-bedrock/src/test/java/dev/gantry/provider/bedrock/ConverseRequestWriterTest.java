package dev.gantry.provider.bedrock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.UpstreamFailures;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConverseRequestWriterTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("bedrock");
    private static final String CLAUDE = "eu.anthropic.claude-sonnet-4-5-20250929-v1:0";
    private static final ObjectNode SCHEMA =
            (ObjectNode) Json.read("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}}}");
    private static final Tool WEATHER = new Tool("weather", "Tells it", SCHEMA, true);

    static ChatRequest withSchema(String model, boolean stream) {
        return request(
                        model,
                        List.of(),
                        new ToolChoice.Auto(),
                        new OutputFormat.JsonSchema("city", SCHEMA, true),
                        null,
                        Message.text(Role.USER, "Name a city."))
                .withStream(stream);
    }

    private static ChatRequest request(
            String model,
            List<Tool> tools,
            ToolChoice choice,
            OutputFormat format,
            @Nullable String effort,
            Message... messages) {
        return new ChatRequest(
                model,
                List.of(messages),
                false,
                null,
                1.5,
                0.5,
                List.of("END"),
                7L,
                tools,
                choice,
                null,
                format,
                effort,
                "someone");
    }

    private static ObjectNode write(ChatRequest request) throws ProviderException {
        return new ConverseRequestWriter(request, BedrockModel.of(request.model()), FAILURES).write();
    }

    private static ObjectNode write(String model, Message... messages) throws ProviderException {
        return write(ChatRequest.of(model, List.of(messages)));
    }

    @Test
    void shouldGatherSystemMessagesNeighboursAndCachePoints() throws ProviderException {
        ObjectNode body = write(
                CLAUDE,
                new Message(Role.SYSTEM, List.of(new Part.Text("Be brief."), new Part.CacheMark("1h"))),
                new Message(
                        Role.USER, List.of(new Part.CacheMark(null), new Part.Text("One"), new Part.CacheMark(null))),
                Message.text(Role.USER, " "),
                Message.text(Role.USER, "Two"),
                Message.text(Role.ASSISTANT, "Three"));
        assertThat(body).isEqualTo(Json.read("""
                {"messages":[{"role":"user","content":[{"text":"One"},{"cachePoint":{"type":"default"}},{"text":"Two"}]},
                             {"role":"assistant","content":[{"text":"Three"}]}],
                 "system":[{"text":"Be brief."},{"cachePoint":{"type":"default","ttl":"1h"}}]}"""));
    }

    @Test
    void shouldWriteCallsResultsReasoningAndPictures() throws ProviderException {
        ObjectNode body = write(
                CLAUDE,
                new Message(
                        Role.ASSISTANT,
                        List.of(
                                new Part.Reasoning("so", "c2VhbA=="),
                                new Part.Reasoning("", "redacted:QUJD"),
                                new Part.Reasoning("not theirs", "gemini:eA=="),
                                new Part.Reasoning("not sealed", null),
                                new Part.ToolCall("a", "look", "{\"at\":1}"),
                                new Part.ToolCall("b", "look", "oops"))),
                new Message(
                        Role.USER,
                        List.of(
                                new Part.ToolResult(
                                        "a",
                                        List.of(new Part.Text("dark"), new Part.InlineImage("image/png", "AAAA")),
                                        true),
                                new Part.ToolResult("b", List.of(), false))));
        assertThat(body.path("messages")).isEqualTo(Json.read("""
                [{"role":"assistant","content":[
                  {"reasoningContent":{"reasoningText":{"text":"so","signature":"c2VhbA=="}}},
                  {"reasoningContent":{"redactedContent":"QUJD"}},
                  {"toolUse":{"toolUseId":"a","name":"look","input":{"at":1}}},
                  {"toolUse":{"toolUseId":"b","name":"look","input":{"value":"oops"}}}]},
                 {"role":"user","content":[
                  {"toolResult":{"toolUseId":"a","content":[{"text":"dark"},
                   {"image":{"format":"png","source":{"bytes":"AAAA"}}}],"status":"error"}},
                  {"toolResult":{"toolUseId":"b","content":[{"json":{}}]}}]}]"""));
    }

    @Test
    void shouldWriteOptions() throws ProviderException {
        ObjectNode body = write(withSchema(CLAUDE, false));
        assertThat(body.path("inferenceConfig").toString())
                .isEqualTo("{\"temperature\":1.0,\"topP\":0.5,\"stopSequences\":[\"END\"]}");
        assertThat(body.path("additionalModelResponseFieldPaths")).isEqualTo(Json.read("[\"/stop_sequence\"]"));
        assertThat(body.at("/outputConfig/textFormat/type").asText()).isEqualTo("json_schema");
        JsonNode described = body.at("/outputConfig/textFormat/structure/jsonSchema");
        assertThat(described.path("name").asText()).isEqualTo("city");
        assertThat(Json.read(described.path("schema").asText()))
                .isEqualTo(Json.read("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},"
                        + "\"additionalProperties\":false}"));
        assertThat(body.has("toolConfig")).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "amazon.nova-pro-v1:0, true",
        "anthropic.claude-3-haiku-20240307-v1:0, true",
        "us.anthropic.claude-opus-4-1-20250805-v1:0, true",
        "anthropic.claude-sonnet-4-20250514-v1:0, true",
        "anthropic.claude-opus-4-6-v1, false",
        "openai.gpt-oss-120b-1:0, false"
    })
    void shouldAskForASchemaAsTheModelKnowsIt(String model, boolean byTool) throws ProviderException {
        ObjectNode body = write(withSchema(model, false));
        assertThat(body.has("outputConfig")).isEqualTo(!byTool);
        assertThat(body.at("/toolConfig/toolChoice/tool/name").asText()).isEqualTo(byTool ? "answer" : "");
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-sonnet-4-5-20250929-v1:0, medium, '{\"thinking\":{\"type\":\"enabled\",\"budget_tokens\":4096}}'",
        "anthropic.claude-opus-4-6-v1, high, '{\"thinking\":{\"type\":\"adaptive\"},\"output_config\":{\"effort\":\"high\"}}'",
        "us.amazon.nova-2-lite-v1:0, low, '{\"reasoningConfig\":{\"type\":\"enabled\",\"maxReasoningEffort\":\"low\"}}'",
        "openai.gpt-oss-120b-1:0, minimal, '{\"reasoning_effort\":\"low\"}'"
    })
    void shouldThinkAsTheModelKnowsIt(String model, String effort, String expected) throws ProviderException {
        ObjectNode body = write(request(
                model,
                List.of(),
                new ToolChoice.Auto(),
                new OutputFormat.PlainText(),
                effort,
                Message.text(Role.USER, "Hi")));
        assertThat(body.path("additionalModelRequestFields").toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "anthropic.claude-opus-4-6-v1, TAKEN",
        "us.amazon.nova-2-lite-v1:0, TAKEN",
        "openai.gpt-oss-120b-1:0, TAKEN",
        "amazon.nova-pro-v1:0, MISSING",
        "meta.llama4-scout-17b-instruct-v1:0, MISSING",
        "mistral.mistral-large-2407-v1:0, MISSING"
    })
    void shouldSayWhichModelsCanBeToldHowLongToThink(String model, ChatOption.Support expected) {
        ChatRequest request = request(
                model,
                List.of(),
                new ToolChoice.Auto(),
                new OutputFormat.PlainText(),
                "low",
                Message.text(Role.USER, "Hi"));
        assertThat(ConverseOptions.support(ChatOption.REASONING_EFFORT, request))
                .isEqualTo(expected);
    }

    @Test
    void shouldSayHowToolsAreChosen() throws ProviderException {
        assertThat(tools(new ToolChoice.Auto()).has("toolChoice")).isFalse();
        assertThat(tools(new ToolChoice.Any()).path("toolChoice")).isEqualTo(Json.read("{\"any\":{}}"));
        assertThat(tools(new ToolChoice.Named("weather")).path("toolChoice"))
                .isEqualTo(Json.read("{\"tool\":{\"name\":\"weather\"}}"));
        assertThat(tools(new ToolChoice.None()).isMissingNode()).isTrue();
        assertThat(tools(new ToolChoice.Auto()).path("tools"))
                .isEqualTo(Json.read(
                        "[{\"toolSpec\":{\"name\":\"weather\",\"description\":\"Tells it\",\"inputSchema\":{\"json\":"
                                + SCHEMA + "},\"strict\":true}}]"));
    }

    private static JsonNode tools(ToolChoice choice) throws ProviderException {
        return write(request(
                        CLAUDE,
                        List.of(WEATHER),
                        choice,
                        new OutputFormat.PlainText(),
                        null,
                        Message.text(Role.USER, "Hi")))
                .path("toolConfig");
    }

    @Test
    void shouldRefuseWhatCannotBeSaid() {
        Message user = Message.text(Role.USER, "Hi");
        assertRefused(
                "by address", ChatRequest.of(CLAUDE, List.of(picture(new Part.LinkedImage("https://a.org/b.png")))));
        assertRefused("image/tiff", ChatRequest.of(CLAUDE, List.of(picture(new Part.InlineImage("image/tiff", "AA")))));
        assertRefused(
                "tools together",
                request(
                        "amazon.nova-pro-v1:0",
                        List.of(WEATHER),
                        new ToolChoice.Auto(),
                        new OutputFormat.JsonSchema("city", SCHEMA, true),
                        null,
                        user));
        assertRefused(
                "tool_choice none",
                request(
                        CLAUDE,
                        List.of(WEATHER),
                        new ToolChoice.None(),
                        new OutputFormat.PlainText(),
                        null,
                        user,
                        new Message(Role.ASSISTANT, List.of(new Part.ToolCall("a", "weather", "{}")))));
        assertRefused(
                "reasoning_effort",
                request(
                        "meta.llama4-scout-17b-instruct-v1:0",
                        List.of(),
                        new ToolChoice.Auto(),
                        new OutputFormat.PlainText(),
                        "high",
                        user));
    }

    private static Message picture(Part picture) {
        return new Message(Role.USER, List.of(picture));
    }

    private static void assertRefused(String words, ChatRequest request) {
        ProviderException refusal = catchThrowableOfType(ProviderException.class, () -> write(request));
        assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
        assertThat(refusal).hasMessageContaining(words);
    }
}
