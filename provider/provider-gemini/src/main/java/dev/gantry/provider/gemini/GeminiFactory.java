package dev.gantry.provider.gemini;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;

/** Makes providers of the type {@code gemini}. */
public final class GeminiFactory implements ProviderFactory {
    @Override
    public ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        return new GeminiProvider(name, settings, http);
    }
}
