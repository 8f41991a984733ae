package dev.gantry.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.OutputLimitField;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.ResponsesInterface;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.testing.ReceivedRequest;
import dev.gantry.provider.testing.Simulator;
import dev.gantry.provider.testing.Transcript;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Azure differs from OpenAI by its paths and its header; the contract itself is tried against OpenAI's form. */
class AzureProviderTest {
    private static final CallContext CONTEXT =
            new CallContext(Duration.ofSeconds(30), Duration.ofSeconds(20), null, "request-1", null);

    private final Simulator simulator = Simulator.start();
    private final Vertx vertx = Vertx.vertx();
    private final UpstreamHttp http = new UpstreamHttp(vertx);

    @AfterEach
    void close() {
        http.close();
        vertx.close().toCompletionStage().toCompletableFuture().join();
        simulator.close();
    }

    private static ProviderSettings settings(ProviderType type, @Nullable URI address, @Nullable String version) {
        ProviderSettings plain =
                ProviderSettings.of(type, Optional.ofNullable(address), Optional.of(Secret.of("key-one")));
        return new ProviderSettings(
                plain.type(),
                plain.baseUrl(),
                plain.apiKey(),
                plain.apiKeySecondary(),
                plain.apiKeys(),
                plain.region(),
                plain.connectTimeout(),
                plain.timeout(),
                plain.idleTimeout(),
                plain.maxConnections(),
                plain.maxReplySize(),
                Map.of("X-Team", "platform"),
                Optional.ofNullable(version),
                OutputLimitField.AUTO,
                ResponsesInterface.AUTO,
                Optional.empty());
    }

    private ChatProvider provider(@Nullable String version) {
        return new OpenAiFactory().create("azure", settings(ProviderType.AZURE, simulator.address(), version), http);
    }

    private static ChatRequest request(String model, boolean stream) {
        return ChatRequest.of(model, List.of(Message.text(Role.USER, "hello"))).withStream(stream);
    }

    @Test
    void shouldNameTheDeploymentInThePath() throws ProviderException {
        for (boolean stream : new boolean[] {false, true}) {
            Transcript answer = Transcript.of(provider("2024-10-21"), request("my gpt/4", stream), CONTEXT);
            assertThat(answer.text()).isEqualTo("hello");
            ReceivedRequest received = simulator.lastRequest();
            assertThat(received.uri())
                    .isEqualTo("/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21");
            assertThat(received.headers().get("api-key")).isEqualTo("key-one");
            assertThat(received.headers().get("X-Team")).isEqualTo("platform");
            assertThat(received.headers().contains("Authorization")).isFalse();
        }
    }

    @Test
    void shouldUseTheNewerPathsWithoutAVersion() throws ProviderException {
        Transcript.of(provider(null), request("gpt-5", false), CONTEXT);
        assertThat(simulator.lastRequest().uri()).isEqualTo("/openai/v1/chat/completions");
        assertThat(simulator.lastRequest().headers().get("api-key")).isEqualTo("key-one");
    }

    @Test
    void shouldFindTheDeploymentInAForwardedBody() throws ProviderException {
        String body = "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"gpt-4o\"}";
        provider("2024-10-21")
                .nativeEndpoint(ClientSchema.OPENAI_CHAT)
                .orElseThrow()
                .send(Buffer.buffer(body), false, Map.of(), CONTEXT)
                .close();
        assertThat(simulator.lastRequest().uri()).startsWith("/openai/deployments/gpt-4o/chat/completions?");
    }

    @ParameterizedTest
    @CsvSource(
            nullValues = "-",
            value = {
                "AZURE, https://a.openai.azure.com, -, https://a.openai.azure.com/openai/v1/chat/completions",
                "AZURE, https://a.openai.azure.com/, -, https://a.openai.azure.com/openai/v1/chat/completions",
                "AZURE, https://a.openai.azure.com/openai/v1/, -, https://a.openai.azure.com/openai/v1/chat/completions",
                "AZURE, https://a.openai.azure.com/openai, 1, "
                        + "https://a.openai.azure.com/openai/deployments/m/chat/completions?api-version=1",
                "OPENAI, -, -, https://api.openai.com/v1/chat/completions",
                "OPENAI, http://vllm:8000/v1, -, http://vllm:8000/v1/chat/completions"
            })
    void shouldFindTheEndpoint(ProviderType type, @Nullable URI given, @Nullable String version, String expected) {
        OpenAiAddress address = OpenAiAddress.of(settings(type, given, version));
        assertThat(address.base() + address.chatPath("m")).isEqualTo(expected);
    }

    @Test
    void shouldInsistOnAnAddress() {
        assertThatThrownBy(() -> settings(ProviderType.AZURE, null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("base_url");
    }
}
