package dev.gantry.e2e;

import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.time.Duration;

/** Programs that end by themselves. */
final class Programs {
    private Programs() {}

    /** Runs a program to its end and returns its status. */
    static int run(ProcessBuilder builder) throws IOException, InterruptedException {
        return run(builder, Eventually.PATIENCE);
    }

    /** Runs a program to its end, which must come in time, and returns its status. */
    static int run(ProcessBuilder builder, Duration time) throws IOException, InterruptedException {
        Process process = builder.start();
        if (!process.waitFor(time)) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            throw new AssertionError(builder.command() + " did not end within " + time.toSeconds() + " s");
        }
        return process.exitValue();
    }
}
