package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2) whose data are JSON objects. For one thread. Closing it closes
 * the connection.
 */
final class EventStream implements AutoCloseable {
    private static final int EVENT_CHARS_MAX = 64 * 1024 * 1024;

    private final BufferedReader reader;

    EventStream(InputStream body) {
        reader = new BufferedReader(new InputStreamReader(body, StandardCharsets.UTF_8));
    }

    /**
     * One event.
     *
     * @param name its type, {@code message} when the stream names none
     */
    record Event(String name, ObjectNode data) {}

    /**
     * Waits for the next event that has data.
     *
     * @return null at the end of the stream; an event that the end cuts off is dropped, as the standard wants
     */
    @Nullable
    Event next() throws IOException {
        String name = "message";
        StringBuilder data = new StringBuilder();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            if (line.isEmpty()) {
                if (!data.isEmpty()) {
                    return new Event(name, Json.readObject(data.toString().getBytes(StandardCharsets.UTF_8)));
                }
                name = "message";
            } else if (line.startsWith("event:")) {
                name = value(line, "event:");
            } else if (line.startsWith("data:")) {
                if (data.length() + line.length() > EVENT_CHARS_MAX) {
                    throw new IOException("An event is larger than " + Format.bytes(EVENT_CHARS_MAX));
                }
                data.append(data.isEmpty() ? "" : "\n").append(value(line, "data:"));
            }
        }
        return null;
    }

    /** Reads to the end without looking at what comes. */
    void drain() throws IOException {
        reader.transferTo(Writer.nullWriter());
    }

    private static String value(String line, String field) {
        int start = field.length();
        return line.startsWith(" ", start) ? line.substring(start + 1) : line.substring(start);
    }

    @Override
    public void close() throws IOException {
        reader.close();
    }
}
