package dev.gantry.provider.ollama;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;

/** Makes providers of the type {@code ollama}. */
public final class OllamaFactory implements ProviderFactory {
    @Override
    public ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        return new OllamaProvider(name, settings, http);
    }
}
