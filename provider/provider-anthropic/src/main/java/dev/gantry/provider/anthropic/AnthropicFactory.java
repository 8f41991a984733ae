package dev.gantry.provider.anthropic;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;

/** Makes providers of the type {@code anthropic}. */
public final class AnthropicFactory implements ProviderFactory {
    @Override
    public ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        return new AnthropicProvider(name, settings, http);
    }
}
