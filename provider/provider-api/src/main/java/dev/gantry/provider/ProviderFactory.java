package dev.gantry.provider;

/** Makes providers of a kind. Each provider module has one public implementation; the server names it in its wiring. */
@FunctionalInterface
public interface ProviderFactory {
    /**
     * Makes a provider. Nothing is sent yet.
     *
     * @param name the name under which it is configured
     * @throws IllegalArgumentException if the settings cannot be used; the message says which and holds no secret
     */
    ChatProvider create(String name, ProviderSettings settings, UpstreamHttp http);
}
