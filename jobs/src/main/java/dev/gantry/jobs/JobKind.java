package dev.gantry.jobs;

import java.time.Duration;

/**
 * A kind of jobs.
 *
 * @param name lower case, as in {@code analysis}
 * @param retriesMax how often a job that failed is tried again before it is dead
 * @param retryDelay how long it waits before that
 */
public record JobKind(String name, int retriesMax, Duration retryDelay) {
    /** Checks the name. */
    public JobKind {
        if (!name.matches("[a-z][a-z0-9_.]{0,62}") || retriesMax < 0 || retryDelay.isNegative()) {
            throw new IllegalArgumentException("Not a kind of jobs: " + name);
        }
    }

    /** A kind that is retried as the settings say. */
    public JobKind(String name, JobSettings settings) {
        this(name, settings.maxRetries(), settings.retryDelay());
    }

    String task() {
        return "job." + name;
    }
}
