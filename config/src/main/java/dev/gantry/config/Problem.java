package dev.gantry.config;

/**
 * One thing that is wrong with the configuration.
 *
 * @param origin where it is
 * @param key the setting, such as {@code database.pool_size}; empty when the file as a whole is meant
 * @param text what is wrong and what to do; never a secret
 */
public record Problem(Origin origin, String key, String text) {
    /** Returns the line that is shown: {@code config/gantry.yaml:12: server.port: must be a whole number, not 'x'}. */
    @Override
    public String toString() {
        return origin.place() + ": " + (key.isEmpty() ? "" : key + ": ") + text;
    }
}
