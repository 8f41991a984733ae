package dev.gantry.provider.anthropic;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.testing.AimockProviderContract;
import java.net.URI;
import java.util.Optional;

class AnthropicAimockTest extends AimockProviderContract {
    @Override
    protected ChatProvider provider(URI address, UpstreamHttp client) {
        return new AnthropicFactory()
                .create(
                        "aimock",
                        ProviderSettings.of(
                                ProviderType.ANTHROPIC,
                                Optional.of(URI.create(address + "")),
                                Optional.of(Secret.of("any"))),
                        client);
    }
}
