package dev.gantry.provider.openai;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ChatSchema;
import dev.gantry.provider.OutputLimitField;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.RemoteProviderContract;
import dev.gantry.provider.testing.Transcript;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The contract over Azure's older paths, with Azure's header. */
class AzureProviderTest extends RemoteProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new OpenAiFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        ProviderSettings plain = ProviderSettings.of(ProviderType.AZURE, Optional.of(simulatorAddress), key);
        return new ProviderSettings(
                plain.type(),
                plain.baseUrl(),
                plain.apiKey(),
                plain.apiKeySecondary(),
                plain.connectTimeout(),
                plain.timeout(),
                plain.idleTimeout(),
                plain.maxConnections(),
                plain.maxReplySize(),
                Map.of("X-Team", "platform"),
                Optional.of("2024-10-21"),
                OutputLimitField.AUTO);
    }

    @Test
    void shouldNameTheDeploymentInThePath() throws ProviderException {
        Transcript.of(provider(), request(false).withModel("my gpt/4"), context());
        assertThat(simulator.lastRequest().uri())
                .isEqualTo("/openai/deployments/my%20gpt%2F4/chat/completions?api-version=2024-10-21");
        assertThat(simulator.lastRequest().headers().get("api-key")).isEqualTo("key-one");
        assertThat(simulator.lastRequest().headers().get("X-Team")).isEqualTo("platform");
        assertThat(simulator.lastRequest().headers().contains("Authorization")).isFalse();
    }

    @Test
    void shouldFindTheDeploymentInAForwardedBody() throws ProviderException {
        provider()
                .nativeChat(ChatSchema.OPENAI_CHAT)
                .orElseThrow()
                .send(
                        Buffer.buffer(
                                "{\"messages\":[{\"role\":\"user\",\"content\":\"hello\"}],\"model\":\"gpt-4o\"}"),
                        false,
                        Map.of(),
                        context())
                .close();
        assertThat(simulator.lastRequest().uri()).startsWith("/openai/deployments/gpt-4o/chat/completions?");
    }
}
