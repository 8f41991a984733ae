package dev.gantry.jobs;

import java.time.Duration;
import java.util.function.BooleanSupplier;

/** Waits for what must come true. */
final class Wait {
    private static final Duration MAX = Duration.ofSeconds(20);

    private Wait() {}

    static void until(String what, BooleanSupplier condition) throws InterruptedException {
        long end = System.nanoTime() + MAX.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("Not within " + MAX + ": " + what);
            }
            Thread.sleep(5);
        }
    }
}
