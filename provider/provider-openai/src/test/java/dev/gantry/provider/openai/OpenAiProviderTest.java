package dev.gantry.provider.openai;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.testing.RemoteProviderContract;
import java.net.URI;
import java.util.Optional;

/** The provider's contract, in OpenAI's own form. */
class OpenAiProviderTest extends RemoteProviderContract {
    @Override
    protected ProviderFactory factory() {
        return new OpenAiFactory();
    }

    @Override
    protected ProviderSettings settings(URI simulatorAddress, Optional<Secret> key) {
        return ProviderSettings.of(ProviderType.OPENAI, Optional.of(URI.create(simulatorAddress + "/v1")), key);
    }
}
