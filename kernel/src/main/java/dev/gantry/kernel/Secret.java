package dev.gantry.kernel;

import java.util.function.Function;

/**
 * A value that must not be printed: a password, a provider key. Its text leaves only through {@link #reveal()}, so that
 * every place that uses a secret can be found by searching for that word.
 */
public final class Secret {
    private final String text;

    private Secret(String text) {
        this.text = text;
    }

    /** Wraps a text. */
    public static Secret of(String text) {
        return new Secret(text);
    }

    /** Returns the text itself; to be used at the point of use only, never kept or logged. */
    public String reveal() {
        return text;
    }

    /** Returns a secret that is derived from this one. */
    public Secret map(Function<String, String> function) {
        return new Secret(function.apply(text));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.text.equals(text);
    }

    @Override
    public int hashCode() {
        return text.hashCode();
    }

    /** Returns asterisks. */
    @Override
    public String toString() {
        return "******";
    }
}
