package dev.gantry.signin;

import dev.gantry.config.Setting;
import java.time.Duration;

/**
 * The section {@code authentication.session}, as the Fabric guide prints it in {@code security.yaml}.
 *
 * @param timeout how long a session lasts without being used
 * @param refreshEnabled whether use prolongs it; otherwise it ends that long after signing in
 * @param absoluteTimeout how long a session lasts, however much it is used
 * @param perUserMax how many one principal may have; the one that was not used for longest gives way
 * @param apiKeys whether an API key opens one
 */
public record SessionSettings(
        @Setting(
                value = "How long a session lasts without being used.",
                defaultValue = "3600",
                unit = "seconds",
                min = 60_000,
                max = 30L * 24 * 60 * 60 * 1000)
        Duration timeout,

        @Setting(
                value = "Whether use prolongs a session; otherwise it ends that long after signing in.",
                defaultValue = "true")
        boolean refreshEnabled,

        @Setting(
                value = "How long a session lasts, however much it is used; then one signs in again.",
                defaultValue = "12h",
                unit = "seconds",
                min = 60_000,
                max = 90L * 24 * 60 * 60 * 1000)
        Duration absoluteTimeout,

        @Setting(
                value = "Sessions that one user may have; the one that was not used for longest gives way.",
                defaultValue = "20",
                min = 1,
                max = 1_000)
        int perUserMax,

        @Setting(
                value =
                        "Whether somebody may sign in to the console with an API key, for which no second factor is asked.",
                defaultValue = "true")
        boolean apiKeys) {
    /** Refuses limits that contradict each other. */
    public SessionSettings {
        if (absoluteTimeout.compareTo(timeout) < 0) {
            throw new IllegalArgumentException("absolute_timeout is shorter than timeout; make it as long at least");
        }
    }

    /** An hour without use, twelve in all. */
    public static SessionSettings defaults() {
        return new SessionSettings(Duration.ofHours(1), true, Duration.ofHours(12), 20, true);
    }
}
