package dev.gantry.provider.bedrock;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;
import java.time.Clock;

/** Makes providers of the type {@code bedrock}. */
public final class BedrockFactory implements ProviderFactory {
    @Override
    public ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        return new BedrockProvider(name, settings, http, Clock.systemUTC());
    }
}
