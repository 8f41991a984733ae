package dev.gantry.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
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
import org.junit.jupiter.params.provider.ValueSource;

class GeminiRequestWriterTest {
    private static final UpstreamFailures FAILURES = new UpstreamFailures("gemini");
    private static final ObjectNode SCHEMA = (ObjectNode)
            Json.read("{\"type\":\"object\",\"properties\":{\"city\":{\"type\":\"string\"}},\"$defs\":{}}");

    private static ObjectNode write(String model, Message... messages) throws ProviderException {
        return GeminiRequestWriter.write(ChatRequest.of(model, List.of(messages)), FAILURES);
    }

    private static ChatRequest request(
            String model,
            List<Tool> tools,
            ToolChoice choice,
            OutputFormat format,
            @Nullable String effort,
            @Nullable Long seed) {
        return new ChatRequest(
                model,
                List.of(Message.text(Role.USER, "Hi")),
                false,
                9,
                1.5,
                0.5,
                List.of("END"),
                seed,
                tools,
                choice,
                null,
                format,
                effort,
                "someone");
    }

    private static Message call(Part... parts) {
        return new Message(Role.ASSISTANT, List.of(parts));
    }

    private static Message result(String id, String text) {
        return new Message(Role.USER, List.of(new Part.ToolResult(id, List.of(new Part.Text(text)), false)));
    }

    @Test
    void shouldGatherSystemMessagesAndNeighboursOfOneRole() throws ProviderException {
        ObjectNode body = write(
                "gemini-2.5-flash",
                Message.text(Role.SYSTEM, "Be brief."),
                Message.text(Role.USER, "One"),
                Message.text(Role.USER, ""),
                Message.text(Role.SYSTEM, "Be kind."),
                Message.text(Role.USER, "Two"),
                Message.text(Role.ASSISTANT, "Three"));
        assertThat(body).isEqualTo(Json.read("""
                {"systemInstruction":{"parts":[{"text":"Be brief."},{"text":"Be kind."}]},
                 "contents":[{"role":"user","parts":[{"text":"One"},{"text":"Two"}]},
                             {"role":"model","parts":[{"text":"Three"}]}]}"""));
    }

    @Test
    void shouldPutSealsBackWhereTheyWereAndMarkCallsWithoutOne() throws ProviderException {
        ObjectNode body = write(
                "gemini-3.8-flash",
                Message.text(Role.USER, "Weather?"),
                call(
                        new Part.Reasoning("thinking", "gemini:c2VhbA=="),
                        new Part.ToolCall("a", "weather", "{\"city\":\"Oslo\"}"),
                        new Part.ToolCall("b", "weather", "")),
                result("a", "rain"),
                result("b", "sun"),
                call(new Part.Reasoning("", "of-another-provider"), new Part.ToolCall("c", "weather", "[1]")),
                result("c", "fog"),
                call(new Part.Text("Fog."), new Part.Reasoning("", "gemini:ZW5k")));
        assertThat(body.path("contents")).isEqualTo(Json.read("""
                [{"role":"user","parts":[{"text":"Weather?"}]},
                 {"role":"model","parts":[
                  {"functionCall":{"id":"a","name":"weather","args":{"city":"Oslo"}},"thoughtSignature":"c2VhbA=="},
                  {"functionCall":{"id":"b","name":"weather","args":{}}}]},
                 {"role":"user","parts":[
                  {"functionResponse":{"id":"a","name":"weather","response":{"output":"rain"}}},
                  {"functionResponse":{"id":"b","name":"weather","response":{"output":"sun"}}}]},
                 {"role":"model","parts":[
                  {"functionCall":{"id":"c","name":"weather","args":{"value":[1]}},
                   "thoughtSignature":"skip_thought_signature_validator"}]},
                 {"role":"user","parts":[
                  {"functionResponse":{"id":"c","name":"weather","response":{"output":"fog"}}}]},
                 {"role":"model","parts":[{"text":"Fog.","thoughtSignature":"ZW5k"}]}]"""));
    }

    @Test
    void shouldNotMarkCallsForModelsThatSealNone() throws ProviderException {
        ObjectNode body = write("gemini-2.5-pro", call(new Part.ToolCall("a", "weather", "{}")), result("a", "rain"));
        assertThat(body.at("/contents/0/parts/0").has("thoughtSignature")).isFalse();
    }

    @Test
    void shouldSendPicturesAndErrorsOfTools() throws ProviderException {
        ObjectNode body = write(
                "gemini-2.5-pro",
                call(new Part.ToolCall("a", "look", "{}")),
                new Message(
                        Role.USER,
                        List.of(
                                new Part.Text("Well?"),
                                new Part.ToolResult(
                                        "a",
                                        List.of(new Part.Text("dark"), new Part.InlineImage("image/png", "AAAA")),
                                        true),
                                new Part.LinkedImage("https://example.org/cat.JPG?size=big"))));
        assertThat(body.at("/contents/1/parts")).isEqualTo(Json.read("""
                [{"functionResponse":{"id":"a","name":"look","response":{"error":"dark"}}},
                 {"inlineData":{"mimeType":"image/png","data":"AAAA"}},
                 {"text":"Well?"},
                 {"fileData":{"mimeType":"image/jpeg","fileUri":"https://example.org/cat.JPG?size=big"}}]"""));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://example.org/cat.png", "https://example.org/cat", "https://example.org/cat.pdf#.png"})
    void shouldRefusePicturesThatItCannotFetch(String url) {
        ProviderException refusal = catchThrowableOfType(
                ProviderException.class,
                () -> write("gemini-2.5-pro", new Message(Role.USER, List.of(new Part.LinkedImage(url)))));
        assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
        assertThat(refusal).hasMessageContaining("send it in the message");
    }

    @Test
    void shouldRefuseAResultWithoutItsCall() {
        ProviderException refusal =
                catchThrowableOfType(ProviderException.class, () -> write("gemini-2.5-pro", result("lost", "rain")));
        assertThat(refusal.failure()).isEqualTo(Failure.UNSUPPORTED);
        assertThat(refusal).hasMessageContaining("'lost'");
    }

    @Test
    void shouldWriteOptions() throws ProviderException {
        ChatRequest request = request(
                "gemini-2.5-pro",
                List.of(),
                new ToolChoice.Auto(),
                new OutputFormat.JsonSchema("city", SCHEMA, true),
                null,
                -7L);
        JsonNode options = GeminiRequestWriter.write(request, FAILURES).path("generationConfig");
        assertThat(options.toString())
                .isEqualTo(
                        "{\"maxOutputTokens\":9,\"temperature\":1.5,\"topP\":0.5,\"stopSequences\":[\"END\"],\"seed\":-7,"
                                + "\"responseMimeType\":\"application/json\",\"responseJsonSchema\":" + SCHEMA + "}");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.0-flash, '{\"presencePenalty\":0.5,\"frequencyPenalty\":-1.0}'",
        "gemini-2.5-flash, '{}'",
        "gemini-3-pro, '{}'",
        "gemini-flash-latest, '{}'"
    })
    void shouldSendPenaltiesOnlyToModelsThatTakeThem(String model, String expected) throws ProviderException {
        ChatRequest request = new ChatRequest(
                model,
                List.of(Message.text(Role.USER, "Hi")),
                false,
                null,
                null,
                null,
                List.of(),
                null,
                List.of(),
                new ToolChoice.Auto(),
                null,
                new OutputFormat.PlainText(),
                null,
                null,
                new ChatRequest.Sampling(null, 0.5, -1.0));
        JsonNode options = GeminiRequestWriter.write(request, FAILURES).path("generationConfig");
        assertThat(options.isMissingNode() ? "{}" : options.toString()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-3.8-flash, none, '{\"thinkingLevel\":\"minimal\"}'",
        "gemini-3.1-pro-preview, minimal, '{\"thinkingLevel\":\"low\",\"includeThoughts\":true}'",
        "gemini-4-argon, high, '{\"thinkingLevel\":\"high\",\"includeThoughts\":true}'",
        "gemini-flash-latest, medium, '{\"thinkingLevel\":\"medium\",\"includeThoughts\":true}'",
        "gemini-2.5-flash, none, '{\"thinkingBudget\":0}'",
        "gemini-2.5-pro, none, '{\"thinkingBudget\":128}'",
        "gemini-2.5-pro, low, '{\"thinkingBudget\":1024,\"includeThoughts\":true}'",
        "gemini-2.5-flash, high, '{\"thinkingBudget\":24576,\"includeThoughts\":true}'"
    })
    void shouldThinkAsLongAsWished(String model, String effort, String expected) throws ProviderException {
        ChatRequest request =
                request(model, List.of(), new ToolChoice.Auto(), new OutputFormat.PlainText(), effort, 1L << 40);
        JsonNode options = GeminiRequestWriter.write(request, FAILURES).path("generationConfig");
        assertThat(options.path("thinkingConfig")).isEqualTo(Json.read(expected));
        assertThat(options.path("seed").isInt()).isTrue();
    }

    @Test
    void shouldSayHowToolsAreChosen() throws ProviderException {
        assertThat(config(new ToolChoice.Auto(), null)).isEqualTo(Json.read("null"));
        assertThat(config(new ToolChoice.Auto(), true))
                .isEqualTo(Json.read("{\"functionCallingConfig\":{\"mode\":\"VALIDATED\"}}"));
        assertThat(config(new ToolChoice.None(), null))
                .isEqualTo(Json.read("{\"functionCallingConfig\":{\"mode\":\"NONE\"}}"));
        assertThat(config(new ToolChoice.Any(), true))
                .isEqualTo(Json.read("{\"functionCallingConfig\":{\"mode\":\"ANY\"}}"));
        assertThat(config(new ToolChoice.Named("weather"), null))
                .isEqualTo(Json.read(
                        "{\"functionCallingConfig\":{\"mode\":\"ANY\",\"allowedFunctionNames\":[\"weather\"]}}"));
    }

    private static JsonNode config(ToolChoice choice, @Nullable Boolean strict) throws ProviderException {
        Tool tool = new Tool("weather", null, SCHEMA, strict);
        ObjectNode body = GeminiRequestWriter.write(
                request("gemini-2.5-pro", List.of(tool), choice, new OutputFormat.PlainText(), null, null), FAILURES);
        assertThat(body.at("/tools/0/functionDeclarations/0"))
                .isEqualTo(Json.read(
                        "{\"name\":\"weather\",\"description\":\"\",\"parametersJsonSchema\":" + SCHEMA + "}"));
        JsonNode config = body.get("toolConfig");
        return config == null ? Json.read("null") : config;
    }
}
