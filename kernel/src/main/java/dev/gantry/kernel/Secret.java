package dev.gantry.kernel;

import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A value that must not be printed: a password, a provider key. Its text leaves only through {@link #reveal()}, so that
 * every place that uses a secret can be found by searching for that word. The text of a {@link #live} secret changes when
 * the secret is renewed, wherever it is kept; who asks at the point of use follows by itself. Thread-safe.
 */
public final class Secret {
    private final Supplier<String> text;

    private Secret(Supplier<String> text) {
        this.text = text;
    }

    /** Wraps a text. */
    public static Secret of(String text) {
        return new Secret(() -> text);
    }

    /**
     * Wraps a text that may change.
     *
     * @param text returns, at once and from any thread, what the secret is now
     */
    public static Secret live(Supplier<String> text) {
        return new Secret(text);
    }

    /** Returns the text itself; to be used at the point of use only, never kept or logged. */
    public String reveal() {
        return text.get();
    }

    /** Returns a secret that is derived from this one, and follows it. */
    public Secret map(Function<String, String> function) {
        return new Secret(() -> function.apply(text.get()));
    }

    /** Returns what the secret is now, for good; for what can only be replaced together with something else. */
    public Secret asItIsNow() {
        return of(text.get());
    }

    /** Compares what both are now. */
    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.reveal().equals(reveal());
    }

    @Override
    public int hashCode() {
        return reveal().hashCode();
    }

    /** Returns asterisks. */
    @Override
    public String toString() {
        return "******";
    }
}
