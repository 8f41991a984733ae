package dev.gantry.provider.openai;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.ProviderType;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.provider.testing.AimockProviderContract;
import java.net.URI;
import java.util.Optional;

class OpenAiAimockTest extends AimockProviderContract {
    @Override
    protected ChatProvider provider(URI address, UpstreamHttp client) {
        return new OpenAiFactory()
                .create(
                        "aimock",
                        ProviderSettings.of(
                                ProviderType.OPENAI,
                                Optional.of(URI.create(address + "/v1")),
                                Optional.of(Secret.of("any"))),
                        client);
    }
}
