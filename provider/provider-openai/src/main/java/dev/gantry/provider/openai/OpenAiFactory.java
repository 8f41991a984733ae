package dev.gantry.provider.openai;

import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ProviderFactory;
import dev.gantry.provider.ProviderSettings;
import dev.gantry.provider.UpstreamHttp;

/** Makes providers of the types {@code openai} and {@code azure}. */
public final class OpenAiFactory implements ProviderFactory {
    @Override
    public ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http) {
        return new OpenAiProvider(name, settings, http);
    }
}
