package dev.gantry.client;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2) whose data are JSON objects. For one thread; any thread may close it,
 * which closes the connection.
 */
public final class EventStream implements AutoCloseable {
    private static final int EVENT_CHARS_MAX = 64 * 1024 * 1024;

    private final InputStream body;
    private final BufferedReader reader;
    private final Duration patience;
    private final @Nullable Thread watch;
    private volatile long heardNanos = System.nanoTime();
    private volatile boolean expired;

    /**
     * Events of a reply.
     *
     * @param patience how long nothing at all may come, not even a comment, before the stream counts as broken; zero for any
     *     time
     */
    EventStream(InputStream body, Duration patience) {
        this.body = body;
        this.reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
        this.patience = patience;
        this.watch = patience.isZero()
                ? null
                : Thread.ofVirtual().name("event-stream").start(this::watch);
    }

    /**
     * One event.
     *
     * @param id empty when the stream gives none
     * @param name its type, {@code message} when the stream names none
     */
    public record Event(String id, String name, ObjectNode data) {}

    /**
     * Waits for the next event that has data.
     *
     * @return null at the end of the stream; an event that the end cuts off is dropped, as the standard wants
     * @throws IOException if the connection breaks, nothing comes for too long, or what comes is no such event
     */
    public @Nullable Event next() throws IOException {
        String id = "";
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line = line(); line != null; line = line()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return new Event(id, name, object(data));
                }
                name = "message";
            } else if (line.startsWith("event:")) {
                name = value(line, "event:");
            } else if (line.startsWith("id:")) {
                id = value(line, "id:");
            } else if (line.startsWith("data:")) {
                requireBound((long) data.length() + line.length());
                data.append(data.isEmpty() ? "" : "\n").append(value(line, "data:"));
            }
        }
        return null;
    }

    /** Reads to the end without looking at what comes. */
    public void drain() throws IOException {
        reader.transferTo(Writer.nullWriter());
    }

    private @Nullable String line() throws IOException {
        StringBuilder line = new StringBuilder();
        try {
            for (int letter = reader.read(); letter >= 0; letter = reader.read()) {
                if (letter == '\n') {
                    heardNanos = System.nanoTime();
                    int length = line.length();
                    boolean both = length > 0 && line.charAt(length - 1) == '\r';
                    return both ? line.substring(0, length - 1) : line.toString();
                }
                requireBound(line.length());
                line.append((char) letter);
            }
        } catch (IOException broken) {
            throw expired ? late() : broken;
        }
        if (expired) {
            throw late();
        }
        return null;
    }

    private IOException late() {
        return new IOException("nothing came for " + patience.toSeconds() + " s");
    }

    private static void requireBound(long chars) throws IOException {
        if (chars > EVENT_CHARS_MAX) {
            throw new IOException("an event is larger than " + EVENT_CHARS_MAX + " characters");
        }
    }

    private static ObjectNode object(StringBuilder data) throws IOException {
        try {
            return Json.readObject(data.toString().getBytes(StandardCharsets.UTF_8));
        } catch (GantryException notJson) {
            throw new IOException("the data of an event is not a JSON object", notJson);
        }
    }

    private static String value(String line, String field) {
        int start = field.length();
        return line.startsWith(" ", start) ? line.substring(start + 1) : line.substring(start);
    }

    /** Closes the connection when nothing came for too long: a blocked read then ends. */
    private void watch() {
        try {
            for (long left = patience.toNanos(); left > 0; left = patience.toNanos() - silence()) {
                Thread.sleep(Duration.ofNanos(left));
            }
            expired = true;
            body.close();
        } catch (InterruptedException closed) {
            Thread.currentThread().interrupt();
        } catch (IOException already) {
            // It is closed either way.
        }
    }

    private long silence() {
        return System.nanoTime() - heardNanos;
    }

    @Override
    public void close() throws IOException {
        if (watch != null) {
            watch.interrupt();
        }
        body.close();
    }
}
