package dev.gantry.config;

/** A secret that cannot be had at the moment, or not at all. The message says why and what to do, and holds no secret. */
public final class UnavailableSecretException extends Exception {
    private static final long serialVersionUID = 1L;

    /**
     * A failure.
     *
     * @param text what is wrong and what to do; no secrets
     */
    public UnavailableSecretException(String text) {
        super(text);
    }

    /** Returns what is wrong. */
    public String text() {
        return String.valueOf(getMessage());
    }
}
