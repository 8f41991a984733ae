package dev.gantry.tools;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A program and all that it starts. On Linux it is the leader of a session of its own, so that everything of it can be ended
 * even after it has ended itself; elsewhere what it started while it ran. Thread-safe.
 */
final class ProcessGroup {
    private static final Path SETSID = Path.of("/usr/bin/setsid");
    private static final boolean HAS_SETSID = Files.isExecutable(SETSID);

    private final Process process;
    private final AtomicBoolean closed = new AtomicBoolean();

    private ProcessGroup(Process process) {
        this.process = process;
    }

    /**
     * Starts a program.
     *
     * @param environment all of it; nothing is inherited
     * @throws IOException if it cannot be started
     */
    static ProcessGroup start(List<String> argv, Map<String, String> environment, Path directory) throws IOException {
        if (HAS_SETSID
                && !Files.isExecutable(Path.of(argv.getFirst()))
                && argv.getFirst().startsWith("/")) {
            // Through setsid this would look like a failure of the program itself.
            throw new IOException(argv.getFirst() + " is no program that can be run");
        }
        List<String> line = new ArrayList<>();
        if (HAS_SETSID) {
            line.add(SETSID.toString());
        }
        line.addAll(argv);
        ProcessBuilder builder = new ProcessBuilder(line).directory(directory.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new ProcessGroup(builder.start());
    }

    Process process() {
        return process;
    }

    /** Ends it and all that it started, at once. What it has written can still be read. */
    void end() {
        if (closed.getAndSet(true)) {
            // The number of the group may be another's by now.
            return;
        }
        List<ProcessHandle> started = process.descendants().toList();
        if (HAS_SETSID) {
            killGroup(process.pid());
        }
        // By its handle: the process itself would close its pipes, with what nobody has read yet.
        process.toHandle().destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    /** Ends it and gives up what nobody has read yet, so that nobody waits for more. */
    void close() {
        end();
        process.destroyForcibly();
    }

    private static void killGroup(long leader) {
        try {
            Process kill = new ProcessBuilder("/bin/kill", "-KILL", "--", "-" + leader)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            kill.waitFor(2, TimeUnit.SECONDS);
        } catch (IOException absent) {
            // What was found among its descendants is ended all the same.
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }
}
