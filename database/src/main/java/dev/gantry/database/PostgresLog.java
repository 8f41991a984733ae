package dev.gantry.database;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log of the server: goes into ours, and its last lines are kept to explain why a server ended. */
final class PostgresLog {
    private static final Logger LOG = LoggerFactory.getLogger("dev.gantry.database.postgres");
    private static final int LAST_LINES = 30;

    private final Deque<String> lastLines = new ArrayDeque<>();
    private final Thread reader;

    /** Starts reading what a process prints, until it closes its output. */
    PostgresLog(InputStream output) {
        this.reader = Thread.ofVirtual().name("gantry-postgres-log").start(() -> read(output));
    }

    private void read(InputStream output) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(output, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                keep(line);
                log(line);
            }
        } catch (IOException closed) {
            LOG.debug("The output of PostgreSQL ended: {}", closed.toString());
        }
    }

    private synchronized void keep(String line) {
        if (lastLines.size() == LAST_LINES) {
            lastLines.removeFirst();
        }
        lastLines.addLast(line);
    }

    /** Returns the last lines once the output has ended; waits for that a moment. */
    List<String> lastWords() {
        try {
            reader.join(Duration.ofSeconds(2));
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
        synchronized (this) {
            return List.copyOf(lastLines);
        }
    }

    private static void log(String line) {
        if (line.startsWith("PANIC")) {
            LOG.error(line);
        } else if (line.startsWith("WARNING")) {
            LOG.warn(line);
        } else {
            // Failures of statements and connections arrive here too; whoever made them reports them.
            LOG.debug(line);
        }
    }
}
