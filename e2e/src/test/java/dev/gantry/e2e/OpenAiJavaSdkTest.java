package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.openai.client.OpenAIClient;
import com.openai.client.okhttp.OpenAIOkHttpClient;
import com.openai.core.JsonValue;
import com.openai.core.http.StreamResponse;
import com.openai.errors.BadRequestException;
import com.openai.errors.NotFoundException;
import com.openai.errors.OpenAIException;
import com.openai.errors.RateLimitException;
import com.openai.errors.UnauthorizedException;
import com.openai.helpers.ChatCompletionAccumulator;
import com.openai.models.FunctionDefinition;
import com.openai.models.FunctionParameters;
import com.openai.models.chat.completions.ChatCompletion;
import com.openai.models.chat.completions.ChatCompletionChunk;
import com.openai.models.chat.completions.ChatCompletionCreateParams;
import com.openai.models.chat.completions.ChatCompletionMessageFunctionToolCall;
import com.openai.models.chat.completions.ChatCompletionStreamOptions;
import com.openai.models.completions.CompletionUsage;
import dev.gantry.testing.Eventually;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code openai-java}, with models of providers of its own kind and of the other. */
@ExtendWith(SharedWorld.class)
class OpenAiJavaSdkTest {
    private final World world;
    private final OpenAIClient client;

    OpenAiJavaSdkTest(World world) {
        this.world = world;
        this.client = client(world.server().key());
    }

    private OpenAIClient client(String key) {
        return builder(key).maxRetries(0).build();
    }

    private OpenAIOkHttpClient.Builder builder(String key) {
        return OpenAIOkHttpClient.builder()
                .baseUrl(world.server().url() + "/v1")
                .apiKey(key);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static ChatCompletionCreateParams.Builder request(String model) {
        return ChatCompletionCreateParams.builder().model(model).addUserMessage("hello out there");
    }

    private static FunctionDefinition tool() {
        return FunctionDefinition.builder()
                .name("get_weather")
                .parameters(FunctionParameters.builder()
                        .putAdditionalProperty("type", JsonValue.from("object"))
                        .putAdditionalProperty("properties", JsonValue.from(Map.of("city", Map.of("type", "string"))))
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock"})
    void shouldChat(String provider) {
        ChatCompletion reply =
                client.chat().completions().create(request(provider + "-echo").build());
        assertThat(reply.choices().getFirst().message().content()).contains("hello out there");
        assertThat(reply.choices().getFirst().finishReason().asString()).isEqualTo("stop");
        CompletionUsage usage = reply.usage().orElseThrow();
        assertThat(usage.promptTokens()).isEqualTo(11);
        assertThat(usage.completionTokens()).isEqualTo(3);
        assertThat(usage.totalTokens()).isEqualTo(14);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock"})
    void shouldStream(String provider) {
        ChatCompletionAccumulator whole = ChatCompletionAccumulator.create();
        ChatCompletionCreateParams params = request(provider + "-words")
                .streamOptions(
                        ChatCompletionStreamOptions.builder().includeUsage(true).build())
                .build();
        try (StreamResponse<ChatCompletionChunk> stream =
                client.chat().completions().createStreaming(params)) {
            stream.stream().forEach(whole::accumulate);
        }
        ChatCompletion reply = whole.chatCompletion();
        assertThat(reply.choices().getFirst().message().content().orElseThrow())
                .startsWith("word0 word1 ")
                .endsWith("word19 ");
        assertThat(reply.usage().orElseThrow().completionTokens()).isEqualTo(20);
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock"})
    void shouldPassCallsOfTools(String provider) {
        ChatCompletion reply = client.chat()
                .completions()
                .create(request(provider + "-tool").addFunctionTool(tool()).build());
        ChatCompletionMessageFunctionToolCall call = reply.choices()
                .getFirst()
                .message()
                .toolCalls()
                .orElseThrow()
                .getFirst()
                .asFunction();
        assertThat(call.function().name()).isEqualTo("get_weather");
        assertThat(call.function().arguments()).isEqualToIgnoringWhitespace("{\"city\":\"Paris\"}");
        assertThat(reply.choices().getFirst().finishReason().asString()).isEqualTo("tool_calls");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock"})
    void shouldTellTheRateLimitOfTheProvider(String provider) {
        assertThatExceptionOfType(RateLimitException.class)
                .isThrownBy(() -> client.chat()
                        .completions()
                        .create(request(provider + "-limited").build()))
                .satisfies(limited -> assertThat(limited.headers().values("Retry-After"))
                        .singleElement()
                        .matches(seconds -> seconds.matches("[1-7]")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock"})
    void shouldFailWhenTheProviderDiesInTheMiddleOfAStream(String provider) {
        assertThatExceptionOfType(OpenAIException.class).isThrownBy(() -> {
            try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                    .completions()
                    .createStreaming(request(provider + "-dying").build())) {
                stream.stream().forEach(chunk -> {});
            }
        });
    }

    @Test
    void shouldCancelTheProviderWhenTheStreamIsClosed() {
        try (StreamResponse<ChatCompletionChunk> stream = client.chat()
                .completions()
                .createStreaming(request("openai-endless").build())) {
            assertThat(stream.stream().limit(3).count()).isEqualTo(3);
        }
        Eventually.holds("no answer is under way", () -> world.simulator().underWay() == 0);
    }

    /** A server error is asked again; what would fail the same way is not, since the reply says so. */
    @ParameterizedTest
    @CsvSource({"openai-failing, 2", "gemini-failing, 2", "openai-rejecting, 1"})
    void shouldAskAgainWhereThatHelps(String model, int attempts) {
        String words = "retried " + model + " " + System.nanoTime();
        OpenAIClient patient = builder(world.server().key()).maxRetries(1).build();
        assertThatExceptionOfType(OpenAIException.class)
                .isThrownBy(() -> patient.chat()
                        .completions()
                        .create(ChatCompletionCreateParams.builder()
                                .model(model)
                                .addUserMessage(words)
                                .build()));
        assertThat(world.simulator().requests())
                .filteredOn(request -> request.body().toString().contains(words))
                .hasSize(attempts);
        patient.close();
    }

    @Test
    void shouldEndWithTheTimeOutOfTheClient() {
        OpenAIClient hasty = builder(world.server().key())
                .maxRetries(0)
                .timeout(Duration.ofMillis(300))
                .build();
        assertThatExceptionOfType(OpenAIException.class)
                .isThrownBy(() ->
                        hasty.chat().completions().create(request("openai-slow").build()));
        hasty.close();
        Eventually.holds("no answer is under way", () -> world.simulator().underWay() == 0);
    }

    @Test
    void shouldListModels() {
        List<String> names =
                client.models().list().items().stream().map(model -> model.id()).toList();
        assertThat(names).contains("openai-echo", "offline/extract");
    }

    @Test
    void shouldRefuseAWrongKey() {
        OpenAIClient stranger = client("gk_wrong_key");
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() -> stranger.chat()
                        .completions()
                        .create(request("openai-echo").build()))
                .satisfies(refused -> assertThat(refused.code()).contains("invalid_api_key"));
        stranger.close();
    }

    @Test
    void shouldRefuseAnUnknownModel() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() -> client.chat()
                        .completions()
                        .create(request("openai-ecko").build()))
                .satisfies(refused -> assertThat(refused.code()).contains("model_not_found"));
    }

    @Test
    void shouldRefuseAMalformedRequest() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.chat()
                        .completions()
                        .create(request("anthropic-echo")
                                .putAdditionalBodyProperty("messages", JsonValue.from("hello"))
                                .build()))
                .satisfies(refused -> assertThat(refused.type()).contains("invalid_request_error"));
    }
}
