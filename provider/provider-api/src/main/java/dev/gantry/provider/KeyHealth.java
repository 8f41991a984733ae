package dev.gantry.provider;

import java.util.List;

/**
 * How the keys of a provider are. Holds no part of a key.
 *
 * @param keys how many are configured
 * @param troubles what is wrong with which of them, for a person; empty when all work as far as is known
 */
public record KeyHealth(int keys, List<String> troubles) {
    /** A provider that needs no key. */
    public static final KeyHealth NONE = new KeyHealth(0, List.of());

    /** Copies the list. */
    public KeyHealth {
        troubles = List.copyOf(troubles);
    }
}
