package dev.gantry.identity;

import dev.gantry.kernel.Secret;

/**
 * A key with a new secret: the only moment at which the secret is known.
 *
 * @param text the whole key as clients send it
 */
public record IssuedKey(ApiKey key, Secret text) {}
