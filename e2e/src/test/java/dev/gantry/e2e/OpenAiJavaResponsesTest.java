package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.OpenAIException;
import com.openai.helpers.ResponseAccumulator;
import com.openai.models.embeddings.CreateEmbeddingResponse;
import com.openai.models.embeddings.EmbeddingCreateParams;
import com.openai.models.responses.FunctionTool;
import com.openai.models.responses.Response;
import com.openai.models.responses.ResponseCreateParams;
import com.openai.models.responses.ResponseFunctionToolCall;
import com.openai.models.responses.ResponseStatus;
import com.openai.models.responses.ResponseStreamEvent;
import dev.gantry.testing.Eventually;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code openai-java} on responses and embeddings; it can check that a reply has the form of the public reference. */
@ExtendWith(SharedWorld.class)
class OpenAiJavaResponsesTest {
    private final World world;
    private final OpenAIClient client;

    OpenAiJavaResponsesTest(World world) {
        this.world = world;
        this.client = OpenAIOkHttpClient.builder()
                .baseUrl(world.server().url() + "/v1")
                .apiKey(world.server().key())
                .maxRetries(0)
                .build();
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static ResponseCreateParams.Builder request(String model) {
        return ResponseCreateParams.builder().model(model).input("hello out there");
    }

    private static String text(Response response) {
        return response.output().stream()
                .flatMap(item -> item.message().stream())
                .flatMap(message -> message.content().stream())
                .map(content -> content.asOutputText().text())
                .reduce("", String::concat);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "ollama"})
    void shouldAnswerInTheFormOfTheReference(String provider) {
        Response response = client.responses()
                .create(request(provider + "-echo").instructions("Repeat.").build());
        assertThat(response.validate()).isSameAs(response);
        assertThat(text(response)).isEqualTo("hello out there");
        assertThat(response.status()).contains(ResponseStatus.COMPLETED);
        assertThat(response.usage().orElseThrow().totalTokens()).isEqualTo(14);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai", "anthropic", "ollama"})
    void shouldStream(String provider) {
        ResponseAccumulator whole = ResponseAccumulator.create();
        try (StreamResponse<ResponseStreamEvent> stream =
                client.responses().createStreaming(request(provider + "-words").build())) {
            stream.stream().forEach(whole::accumulate);
        }
        assertThat(text(whole.response())).startsWith("word0 word1 ").endsWith("word19 ");
        assertThat(whole.response().usage().orElseThrow().outputTokens()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "ollama"})
    void shouldStreamEventsInTheFormOfTheReference(String provider) {
        ResponseCreateParams params =
                request(provider + "-tools").addTool(tool()).build();
        try (StreamResponse<ResponseStreamEvent> stream = client.responses().createStreaming(params)) {
            stream.stream().forEach(ResponseStreamEvent::validate);
        }
    }

    private static FunctionTool tool() {
        return FunctionTool.builder()
                .name("get_weather")
                .strict(false)
                .parameters(FunctionTool.Parameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai", "anthropic", "ollama"})
    void shouldPassCallsOfTools(String provider) {
        Response response = client.responses()
                .create(request(provider + "-tools").addTool(tool()).build());
        List<ResponseFunctionToolCall> calls = response.output().stream()
                .flatMap(item -> item.functionCall().stream())
                .toList();
        assertThat(calls).extracting(ResponseFunctionToolCall::name).containsExactly("get_weather", "get_weather");
        assertThat(calls.getLast().arguments()).isEqualToIgnoringWhitespace("{\"city\":\"Oslo\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "openai", "anthropic", "ollama"})
    void shouldFailWhenTheProviderDiesInTheMiddleOfAStream(String provider) {
        assertThatExceptionOfType(OpenAIException.class).isThrownBy(() -> {
            try (StreamResponse<ResponseStreamEvent> stream = client.responses()
                    .createStreaming(request(provider + "-dying").build())) {
                stream.stream().forEach(event -> {});
            }
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "anthropic"})
    void shouldCancelTheProviderWhenTheStreamIsClosed(String provider) {
        try (StreamResponse<ResponseStreamEvent> stream = client.responses()
                .createStreaming(request(provider + "-endless").build())) {
            assertThat(stream.stream().limit(6).count()).isEqualTo(6);
        }
        Eventually.holds("no answer is under way", () -> world.simulator().underWay() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "anthropic"})
    void shouldRefuseState(String provider) {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.responses()
                        .create(request(provider + "-echo")
                                .previousResponseId("resp_1")
                                .build()))
                .satisfies(refused -> assertThat(refused.param()).contains("previous_response_id"));
    }

    @Test
    void shouldTellTheProviderToStoreNothing() {
        client.responses().create(request("native-json").build());
        assertThat(world.simulator().requests().reversed().stream()
                        .filter(request -> request.uri().endsWith("/responses"))
                        .map(request -> request.json())
                        .filter(body -> body.path("model").asText().equals("simulated-json")))
                .isNotEmpty()
                .allSatisfy(
                        body -> assertThat(body.path("store").asBoolean(true)).isFalse());
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-embedding", "openai-numbers-only", "gemini-embedding", "ollama-embedding"})
    void shouldEmbed(String model) {
        for (EmbeddingCreateParams.EncodingFormat format :
                List.of(EmbeddingCreateParams.EncodingFormat.FLOAT, EmbeddingCreateParams.EncodingFormat.BASE64)) {
            CreateEmbeddingResponse reply = client.embeddings()
                    .create(EmbeddingCreateParams.builder()
                            .model(model)
                            .inputOfArrayOfStrings(List.of("one", "two"))
                            .encodingFormat(format)
                            .build());
            assertThat(reply.data())
                    .hasSize(2)
                    .allSatisfy(item -> assertThat(item.embedding()).hasSize(8));
            assertThat(reply.usage().promptTokens()).isEqualTo(11);
        }
    }
}
