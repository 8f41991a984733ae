package dev.gantry.runs;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Policy.FailureKind;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** One attempt at a step, on a thread of its own, which can be given up. Thread-safe. */
final class Attempt {
    /** How long a step may take to stop by itself, after it was told and before it is interrupted. */
    private static final Duration GRACE = Duration.ofSeconds(2);

    private final BooleanSupplier held;
    private final AtomicBoolean cancelled = new AtomicBoolean();
    /** Done, or told to stop. */
    private final CountDownLatch wake = new CountDownLatch(1);

    private final CountDownLatch done = new CountDownLatch(1);
    private volatile @Nullable StepOutcome outcome;
    private volatile @Nullable Throwable failure;
    private volatile boolean lost;

    /** How it ended: with an outcome or a failure, or else it was given up. */
    record Result(@Nullable StepOutcome outcome, @Nullable Throwable failure, boolean timedOut, boolean cancelled) {}

    /**
     * An attempt that has not begun.
     *
     * @param held whether this node still has the step, as far as it knows; may be asked by several threads
     */
    Attempt(BooleanSupplier held) {
        this.held = held;
    }

    /**
     * Returns whether another node has the step, or may take it. What was once lost stays so, whatever is known later: somebody
     * may have given up for that.
     */
    boolean isLost() {
        if (!lost && !held.getAsBoolean()) {
            lost = true;
        }
        return lost;
    }

    boolean isCancelled() {
        return cancelled.get();
    }

    /** Tells the step to stop. */
    void cancel() {
        cancelled.set(true);
        wake.countDown();
    }

    /**
     * Does the step and waits for its end, or until it is given up.
     *
     * @throws InterruptedException if the node stops
     */
    Result run(StepExecutor executor, StepCall call, Duration timeout) throws InterruptedException {
        Thread worker = Thread.ofVirtual().name("step-" + call.path()).start(() -> work(executor, call));
        boolean timedOut = false;
        try {
            timedOut = !wake.await(timeout.toNanos(), TimeUnit.NANOSECONDS);
            if (done.getCount() > 0) {
                cancelled.set(true);
                if (!done.await(GRACE.toNanos(), TimeUnit.NANOSECONDS)) {
                    worker.interrupt();
                    done.await(GRACE.toNanos(), TimeUnit.NANOSECONDS);
                }
            }
            return new Result(outcome, failure, timedOut, cancelled.get() && !timedOut);
        } catch (InterruptedException stopping) {
            cancelled.set(true);
            worker.interrupt();
            throw stopping;
        }
    }

    private void work(StepExecutor executor, StepCall call) {
        try {
            outcome = executor.execute(call);
        } catch (Exception | LinkageError | StackOverflowError thrown) {
            failure = thrown;
        } finally {
            done.countDown();
            wake.countDown();
        }
    }

    /** Returns a failure in the terms of the workflow's rules. */
    static StepFailure asFailure(Throwable thrown) {
        return switch (thrown) {
            case StepFailure failure -> failure;
            case GantryException known -> {
                ErrorCode code = known.code();
                FailureKind kind = switch (code) {
                    case RATE_LIMITED, PROVIDER_RATE_LIMITED -> FailureKind.RATE_LIMIT;
                    case PROVIDER_TIMEOUT, REQUEST_TIMEOUT -> FailureKind.TIMEOUT;
                    case PROVIDER_BAD_REPLY -> FailureKind.INVALID_OUTPUT;
                    default ->
                        switch (code.kind()) {
                            case PROVIDER -> FailureKind.PROVIDER;
                            case INTERNAL -> FailureKind.INTERNAL;
                            case CALLER, POLICY -> FailureKind.OTHER;
                        };
                };
                yield new StepFailure(kind, code.retriable(), String.valueOf(known.getMessage()), 0, 0, known);
            }
            default ->
                new StepFailure(
                        FailureKind.INTERNAL,
                        true,
                        thrown.getClass().getSimpleName() + ": " + thrown.getMessage(),
                        0,
                        0,
                        thrown);
        };
    }
}
