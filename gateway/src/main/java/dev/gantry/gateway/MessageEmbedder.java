package dev.gantry.gateway;

import dev.gantry.provider.ProviderException;

/** Turns a message into a vector of length one, in this process. Thread-safe; blocks. */
@FunctionalInterface
public interface MessageEmbedder {
    /**
     * Returns the vector of a text.
     *
     * @throws ProviderException if the model cannot be loaded here
     */
    float[] embed(String text) throws ProviderException;
}
