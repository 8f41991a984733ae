package dev.gantry.provider.gemini;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent.FinishReason;
import dev.gantry.provider.ChatOption;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.EmbeddingRequest;
import dev.gantry.provider.Embeddings;
import dev.gantry.provider.ListedModel;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderException.Failure;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.RemoteProviderContract;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Transcript;
import java.net.URI;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiProviderTest extends RemoteProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new GeminiFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        return ProviderSettings.of(ProviderType.GEMINI, Optional.of(simulatorAddress), key);
    }

    @ParameterizedTest
    @CsvSource({"gemini-2.0-flash, TAKEN", "gemini-2.5-pro, MISSING", "gemini-3-pro, MISSING"})
    void shouldSayWhichModelsTakePenalties(String model, ChatOption.Support expected) {
        assertThat(provider()
                        .support(ChatOption.PRESENCE_PENALTY, request(false).withModel(model)))
                .isEqualTo(expected);
        assertThat(provider()
                        .support(ChatOption.FREQUENCY_PENALTY, request(false).withModel(model)))
                .isEqualTo(expected);
    }

    @Test
    void shouldSendTheKeyInAHeaderOnly() throws ProviderException {
        Transcript.of(provider(), request(true), context());
        assertThat(simulator.lastRequest().headers().get("x-goog-api-key")).isEqualTo("key-one");
        assertThat(simulator.lastRequest().uri()).isEqualTo("/v1beta/models/sim-small:streamGenerateContent?alt=sse");
    }

    @ParameterizedTest
    @CsvSource({
        "gemini-2.5-flash, /v1beta/models/gemini-2.5-flash:generateContent",
        "models/gemini-2.5-flash, /v1beta/models/gemini-2.5-flash:generateContent",
        "tunedModels/mine, /v1beta/tunedModels/mine:generateContent",
        "../../x?y#z:deleteAll, /v1beta/../..%2Fx%3Fy%23z%3AdeleteAll:generateContent"
    })
    void shouldKeepModelNamesWithinTheirPath(String model, String path) throws ProviderException {
        Transcript.of(provider(), request(false).withModel(model), context());
        assertThat(simulator.lastRequest().uri()).isEqualTo(path);
    }

    @ParameterizedTest
    @CsvSource({"/v1beta, v1beta", "/v1alpha, v1alpha", "/v1, v1", "'', v1beta", "/, v1beta"})
    void shouldTakeTheAddressWithAndWithoutItsVersion(String suffix, String version) {
        ProviderSettings settings = settings(URI.create("https://example.org" + suffix), Optional.empty());
        assertThat(GeminiPaths.of(settings)).isEqualTo(new GeminiPaths(URI.create("https://example.org"), version));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldCountEveryKindOfTokenOnce(boolean stream) throws ProviderException {
        simulator.next(Scenario.text("one ", "two").counted(100, 40, 0, 7));
        TokenUsage usage =
                Transcript.of(provider(), request(stream), context()).finished().usage();
        assertThat(usage).isEqualTo(new TokenUsage(60, 9, 40, 0, 7, false));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldHandThoughtsOn(boolean stream) throws ProviderException {
        simulator.next(Scenario.reasoned("let me see", "so it is"));
        Transcript answer = Transcript.of(provider(), request(stream), context());
        assertThat(answer.reasoning()).isEqualTo("let me see");
        assertThat(answer.text()).isEqualTo("so it is");
    }

    @ParameterizedTest
    @CsvSource({
        "SAFETY, REFUSAL",
        "PROHIBITED_CONTENT, REFUSAL",
        "RECITATION, REFUSAL",
        "SPII, REFUSAL",
        "OTHER, REFUSAL",
        "SOMETHING_NEW, REFUSAL",
        "MAX_TOKENS, LENGTH",
        "STOP, STOP"
    })
    void shouldSayWhyAnAnswerEnded(String told, FinishReason expected) throws ProviderException {
        String reply = "{\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"As\"}]},\"finishReason\":\"" + told
                + "\"}],\"usageMetadata\":{\"promptTokenCount\":5,\"candidatesTokenCount\":1}}";
        for (boolean stream : new boolean[] {false, true}) {
            simulator.next(Scenario.verbatim(reply, "data: " + reply + "\n\n"));
            Transcript answer = Transcript.of(provider(), request(stream), context());
            assertThat(answer.finished().reason()).isEqualTo(expected);
            assertThat(answer.text()).isEqualTo("As");
            assertThat(answer.started().model()).isEqualTo("sim-small");
        }
    }

    @Test
    void shouldTakeABlockedPromptForARefusal() throws ProviderException {
        String reply = "{\"promptFeedback\":{\"blockReason\":\"PROHIBITED_CONTENT\"},"
                + "\"usageMetadata\":{\"promptTokenCount\":5}}";
        for (boolean stream : new boolean[] {false, true}) {
            simulator.next(Scenario.verbatim(reply, "data: " + reply + "\n\n"));
            Transcript answer = Transcript.of(provider(), request(stream), context());
            assertThat(answer.finished().reason()).isEqualTo(FinishReason.REFUSAL);
            assertThat(answer.finished().usage()).isEqualTo(new TokenUsage(5, 0, 0, 0, 0, false));
            assertThat(answer.text()).isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"candidates\":[]}",
                "{\"candidates\":[{\"finishReason\":\"MALFORMED_FUNCTION_CALL\"}]}",
                "{\"candidates\":[{\"content\":{\"parts\":[{\"functionCall\":{}}]},\"finishReason\":\"STOP\"}]}"
            })
    void shouldTellOfAnswersThatAreNone(String reply) {
        simulator.next(Scenario.verbatim(reply, ""));
        ProviderException failure = catchThrowableOfType(
                ProviderException.class, () -> Transcript.of(provider(), request(false), context()));
        assertThat(failure.failure()).isEqualTo(Failure.BAD_REPLY);
    }

    @Test
    void shouldObeyTheRetryDelayInTheErrorAndKnowABadKeyByItsReason() {
        ProviderException limited = refusal(429, """
                {"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED","details":[
                 {"@type":"type.googleapis.com/google.rpc.Help","links":[]},
                 {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.5s"}]}}""");
        assertThat(limited.failure()).isEqualTo(Failure.RATE_LIMITED);
        assertThat(limited.retryAfter()).contains(Duration.ofMillis(34_500));
        ProviderException locked = refusal(400, """
                {"error":{"code":400,"message":"API key not valid: key-one","status":"INVALID_ARGUMENT","details":[
                 {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}""");
        assertThat(locked.failure()).isEqualTo(Failure.AUTHENTICATION);
        assertThat(locked.getMessage()).doesNotContain("key-one");
        ProviderException suspended = refusal(403, """
                {"error":{"code":403,"message":"Consumer 'api_key:key-one' has been suspended.","status":"PERMISSION_DENIED",
                 "details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"CONSUMER_SUSPENDED"}]}}""");
        assertThat(suspended.failure()).isEqualTo(Failure.AUTHENTICATION);
        ProviderException denied = refusal(403, """
                {"error":{"code":403,"message":"Permission denied on the tuned model of key-one.","status":"PERMISSION_DENIED"}}""");
        assertThat(denied.failure()).isEqualTo(Failure.DENIED);
        assertThat(denied.getMessage()).doesNotContain("key-one").contains("does not let the key use the model");
        assertThat(refusal(
                                429,
                                "{\"error\":{\"code\":429,\"details\":[{\"@type\":"
                                        + "\"type.googleapis.com/google.rpc.RetryInfo\",\"retryDelay\":\"soon\"}]}}")
                        .retryAfter())
                .isEmpty();
    }

    private ProviderException refusal(int status, String body) {
        simulator.next(Scenario.raw(status, body));
        try (ChatProvider fresh =
                factory().create("fresh", settings(simulator.address(), Optional.of(Secret.of("key-one"))), http)) {
            return catchThrowableOfType(ProviderException.class, () -> Transcript.of(fresh, request(false), context()));
        }
    }

    @Test
    void shouldCountTokensBeforehand() throws ProviderException {
        simulator.next(Scenario.ECHO.counted(321, 0, 0, 0));
        long tokens = provider().tokenCounter().orElseThrow().count(requestWithTool(false), context());
        assertThat(tokens).isEqualTo(321);
        var asked = simulator.lastRequest();
        assertThat(asked.uri()).isEqualTo("/v1beta/models/sim-small:countTokens");
        assertThat(asked.json().at("/generateContentRequest/model").asText()).isEqualTo("models/sim-small");
        assertThat(asked.json()
                        .at("/generateContentRequest/tools/0/functionDeclarations/0/name")
                        .asText())
                .isEqualTo("find_weather");
    }

    @Test
    void shouldEmbedInBatches() throws ProviderException {
        List<String> texts = Collections.nCopies(250, "a text");
        Embeddings embeddings =
                provider().embedder().orElseThrow().embed(new EmbeddingRequest("sim-embed", texts, 8, null), context());
        assertThat(embeddings.vectors()).hasSize(250).allSatisfy(vector -> {
            double squares = 0;
            for (float number : vector) {
                squares += number * number;
            }
            assertThat(vector).hasSize(8);
            assertThat(squares).isBetween(0.999, 1.001);
        });
        assertThat(embeddings.usage()).isEqualTo(new TokenUsage(33, 0, 0, 0, 0, false));
        assertThat(simulator.requests()).hasSize(3);
        assertThat(simulator.lastRequest().json().path("requests")).hasSize(50);
        assertThat(simulator
                        .lastRequest()
                        .json()
                        .at("/requests/0/outputDimensionality")
                        .asInt())
                .isEqualTo(8);
    }

    @Test
    void shouldTellWhenVectorsAreMissing() {
        simulator.next(Scenario.verbatim("{\"embeddings\":[{\"values\":[1,2]}]}", ""));
        assertThatThrownBy(() -> provider()
                        .embedder()
                        .orElseThrow()
                        .embed(new EmbeddingRequest("sim-embed", List.of("a", "b"), null, null), context()))
                .hasMessageContaining("1 vectors for 2 texts");
    }

    @Test
    void shouldListItsModels() throws ProviderException {
        assertThat(provider().listModels(context()))
                .containsExactly(ListedModel.of("sim-small"), ListedModel.of("sim-large"));
    }
}
