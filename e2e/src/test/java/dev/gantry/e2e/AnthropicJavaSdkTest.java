package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.anthropic.client.AnthropicClient;
import com.anthropic.client.okhttp.AnthropicOkHttpClient;
import com.anthropic.core.JsonValue;
import com.anthropic.core.http.StreamResponse;
import com.anthropic.errors.AnthropicException;
import com.anthropic.errors.BadRequestException;
import com.anthropic.errors.NotFoundException;
import com.anthropic.errors.RateLimitException;
import com.anthropic.errors.UnauthorizedException;
import com.anthropic.helpers.MessageAccumulator;
import com.anthropic.models.messages.Message;
import com.anthropic.models.messages.MessageCountTokensParams;
import com.anthropic.models.messages.MessageCreateParams;
import com.anthropic.models.messages.RawMessageStreamEvent;
import com.anthropic.models.messages.Tool;
import com.anthropic.models.messages.ToolUseBlock;
import com.fasterxml.jackson.core.type.TypeReference;
import dev.gantry.testing.Eventually;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code anthropic-java}, with models of providers of its own kind and of the other. */
@ExtendWith(SharedWorld.class)
class AnthropicJavaSdkTest {
    private final World world;
    private final AnthropicClient client;

    AnthropicJavaSdkTest(World world) {
        this.world = world;
        this.client = client(world.server().key());
    }

    private AnthropicClient client(String key) {
        return builder(key).maxRetries(0).build();
    }

    private AnthropicOkHttpClient.Builder builder(String key) {
        return AnthropicOkHttpClient.builder()
                .baseUrl(world.server().url().toString())
                .apiKey(key);
    }

    @AfterEach
    void close() {
        client.close();
    }

    private static MessageCreateParams.Builder request(String model) {
        return MessageCreateParams.builder().model(model).maxTokens(1_000).addUserMessage("hello out there");
    }

    private static Tool tool() {
        return Tool.builder()
                .name("get_weather")
                .inputSchema(Tool.InputSchema.builder()
                        .properties(Tool.InputSchema.Properties.builder()
                                .putAdditionalProperty("city", JsonValue.from(Map.of("type", "string")))
                                .build())
                        .build())
                .build();
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "bedrock"})
    void shouldAnswerMessages(String provider) {
        Message reply = client.messages().create(request(provider + "-echo").build());
        assertThat(reply.content().getFirst().asText().text()).isEqualTo("hello out there");
        assertThat(reply.stopReason().orElseThrow().asString()).isEqualTo("end_turn");
        assertThat(reply.usage().inputTokens()).isEqualTo(11);
        assertThat(reply.usage().outputTokens()).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "bedrock"})
    void shouldStream(String provider) {
        MessageAccumulator whole = MessageAccumulator.create();
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(request(provider + "-words").build())) {
            stream.stream().forEach(whole::accumulate);
        }
        Message reply = whole.message();
        assertThat(reply.content().getFirst().asText().text())
                .startsWith("word0 word1 ")
                .endsWith("word19 ");
        assertThat(reply.usage().outputTokens()).isEqualTo(20);
        assertThat(reply.stopReason().orElseThrow().asString()).isEqualTo("end_turn");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "bedrock"})
    void shouldPassCallsOfTools(String provider) {
        Message reply = client.messages()
                .create(request(provider + "-tool").addTool(tool()).build());
        ToolUseBlock call = reply.content().stream()
                .flatMap(block -> block.toolUse().stream())
                .findFirst()
                .orElseThrow();
        assertThat(call.name()).isEqualTo("get_weather");
        assertThat(call._input().convert(new TypeReference<Map<String, String>>() {}))
                .isEqualTo(Map.of("city", "Paris"));
        assertThat(reply.stopReason().orElseThrow().asString()).isEqualTo("tool_use");
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "bedrock"})
    void shouldTellTheRateLimitOfTheProvider(String provider) {
        assertThatExceptionOfType(RateLimitException.class)
                .isThrownBy(() ->
                        client.messages().create(request(provider + "-limited").build()))
                .satisfies(limited -> assertThat(limited.headers().values("Retry-After"))
                        .singleElement()
                        .matches(seconds -> seconds.matches("[1-7]")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "bedrock"})
    void shouldFailWhenTheProviderDiesInTheMiddleOfAStream(String provider) {
        assertThatExceptionOfType(AnthropicException.class).isThrownBy(() -> {
            try (StreamResponse<RawMessageStreamEvent> stream = client.messages()
                    .createStreaming(request(provider + "-dying").build())) {
                stream.stream().forEach(event -> {});
            }
        });
    }

    @Test
    void shouldCancelTheProviderWhenTheStreamIsClosed() {
        try (StreamResponse<RawMessageStreamEvent> stream =
                client.messages().createStreaming(request("anthropic-endless").build())) {
            assertThat(stream.stream().limit(5).count()).isEqualTo(5);
        }
        Eventually.holds("no answer is under way", () -> world.simulator().underWay() == 0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"anthropic", "openai", "gemini", "ollama"})
    void shouldCountTokens(String provider) {
        long counted = client.messages()
                .countTokens(MessageCountTokensParams.builder()
                        .model(provider + "-echo")
                        .system("Be brief.")
                        .addUserMessage("hello out there")
                        .build())
                .inputTokens();
        assertThat(counted).isBetween(6L, 20L);
    }

    /** A server error is asked again; what would fail the same way is not, since the reply says so. */
    @ParameterizedTest
    @CsvSource({"anthropic-failing, 2", "bedrock-failing, 2", "anthropic-rejecting, 1"})
    void shouldAskAgainWhereThatHelps(String model, int attempts) {
        String words = "retried " + model + " " + System.nanoTime();
        AnthropicClient patient = builder(world.server().key()).maxRetries(1).build();
        assertThatExceptionOfType(AnthropicException.class)
                .isThrownBy(() -> patient.messages()
                        .create(MessageCreateParams.builder()
                                .model(model)
                                .maxTokens(9)
                                .addUserMessage(words)
                                .build()));
        assertThat(world.simulator().requests())
                .filteredOn(request -> request.body().toString().contains(words))
                .hasSize(attempts);
        patient.close();
    }

    @Test
    void shouldEndWithTheTimeOutOfTheClient() {
        AnthropicClient hasty = builder(world.server().key())
                .maxRetries(0)
                .timeout(Duration.ofMillis(300))
                .build();
        assertThatExceptionOfType(AnthropicException.class)
                .isThrownBy(() -> hasty.messages().create(request("openai-slow").build()));
        hasty.close();
        Eventually.holds("no answer is under way", () -> world.simulator().underWay() == 0);
    }

    @Test
    void shouldListModels() {
        assertThat(client.models().list().items().stream().map(model -> model.id()))
                .contains("anthropic-echo", "offline/extract");
    }

    @Test
    void shouldRefuseAWrongKey() {
        AnthropicClient stranger = client("gk_wrong_key");
        assertThatExceptionOfType(UnauthorizedException.class)
                .isThrownBy(() ->
                        stranger.messages().create(request("anthropic-echo").build()));
        stranger.close();
    }

    @Test
    void shouldRefuseAnUnknownModel() {
        assertThatExceptionOfType(NotFoundException.class)
                .isThrownBy(() ->
                        client.messages().create(request("nothing-like-it").build()));
    }

    @Test
    void shouldRefuseAMalformedRequest() {
        assertThatExceptionOfType(BadRequestException.class)
                .isThrownBy(() -> client.messages()
                        .create(request("openai-echo")
                                .putAdditionalBodyProperty("messages", JsonValue.from("hello"))
                                .build()));
    }
}
