package dev.gantry.workflow;

import dev.gantry.kernel.MicroDollars;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a step is executed.
 *
 * @param retry how often and when it is tried again
 * @param timeout the longest that one attempt may take; null where only the deadline of the run bounds it, as for steps
 *     that contain others or wait
 * @param onFailure what follows when the last attempt failed
 * @param circuitBreaker steps with the same key, in all runs of the organization, share one breaker: after failures in a row
 *     they fail at once for a while; null for none
 * @param cache whether an earlier result may be taken; null for never
 * @param estimate what it may use; for admission and for the check of the budget
 */
public record Policy(
        Retry retry,
        @Nullable Duration timeout,
        OnFailure onFailure,
        @Nullable String circuitBreaker,
        @Nullable Cache cache,
        Estimate estimate) {
    /**
     * When a failed attempt is followed by another.
     *
     * @param attemptsMax attempts in all, the first included
     * @param delay before the second attempt
     * @param backoff how the delay grows
     * @param delayMax the most that it grows to
     * @param on which failures are tried again; empty for those that may pass by themselves
     */
    public record Retry(int attemptsMax, Duration delay, Backoff backoff, Duration delayMax, Set<FailureKind> on) {
        /** One attempt only. */
        public static final Retry NEVER = new Retry(1, Duration.ZERO, Backoff.FIXED, Duration.ZERO, Set.of());

        /** Copies the set. */
        public Retry {
            on = Set.copyOf(on);
        }

        /**
         * Returns how long to wait after a failed attempt, without jitter.
         *
         * @param attempt the one that failed, from 1
         */
        public Duration delayAfter(int attempt) {
            Duration wanted = switch (backoff) {
                case FIXED -> delay;
                case LINEAR -> delay.multipliedBy(attempt);
                case EXPONENTIAL -> delay.multipliedBy(1L << Math.clamp(attempt - 1L, 0, 30));
            };
            return wanted.compareTo(delayMax) > 0 ? delayMax : wanted;
        }
    }

    /** How the delay between attempts grows. */
    public enum Backoff {
        /** Always the same. */
        FIXED,
        /** By the first delay each time. */
        LINEAR,
        /** Twice as long each time. */
        EXPONENTIAL
    }

    /** Why an attempt failed, as far as retries tell failures apart. */
    public enum FailureKind {
        /** A provider, tool or address failed, refused for its own reasons or could not be reached. */
        PROVIDER,
        /** A limit of rate was reached. */
        RATE_LIMIT,
        /** It took too long. */
        TIMEOUT,
        /** The answer was not of the type that the step declares. */
        INVALID_OUTPUT,
        /** Gantry's own trouble, such as a database that is away. */
        INTERNAL,
        /** Everything else, a refusal by the operator's rules among it. */
        OTHER
    }

    /** What follows from a step's failure. */
    public sealed interface OnFailure {
        /** The run fails. */
        record Abort() implements OnFailure {}

        /** The step counts as skipped: its output is empty, and the run goes on. */
        record Skip() implements OnFailure {}

        /**
         * Something else is done in its place.
         *
         * @param action never one that contains steps or waits
         */
        record Fallback(Action action) implements OnFailure {}

        /** A value takes the place of its output, and the run goes on. */
        record ContinueWithDefault(ValueTemplate value) implements OnFailure {}
    }

    /**
     * Taking an earlier result of the same step.
     *
     * @param ttl how long a result may be taken
     * @param key what must be the same; null for everything that the step is given
     */
    public record Cache(Duration ttl, @Nullable Template key) {}

    /**
     * What one attempt may use.
     *
     * @param tokens 0 when the file does not say
     * @param cost null when the file does not say
     */
    public record Estimate(long tokens, @Nullable MicroDollars cost) {
        /** Nothing is said. */
        public static final Estimate NONE = new Estimate(0, null);
    }
}
