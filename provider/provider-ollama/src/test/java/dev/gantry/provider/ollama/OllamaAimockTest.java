package dev.gantry.provider.ollama;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.Secret;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.testing.AimockProviderContract;
import java.net.URI;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

class OllamaAimockTest extends AimockProviderContract {
    @Override
    protected ChatProvider provider(URI address, UpstreamHttp client) {
        return new OllamaFactory()
                .create(
                        "aimock",
                        ProviderSettings.of(
                                ProviderType.OLLAMA,
                                Optional.of(URI.create(address + "")),
                                Optional.of(Secret.of("any"))),
                        client);
    }

    /** It tells zeros here, and a zero is a zero. */
    @Override
    protected void checkUsage(@Nullable TokenUsage usage) {
        assertThat(usage).isEqualTo(TokenUsage.NONE);
    }
}
