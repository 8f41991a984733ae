package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.client.ClientException.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * What happens in a run, in order and without gaps, until it is over. A connection that breaks is opened again at the event
 * where it broke. For one thread, and to be read once.
 */
public final class RunWatch implements Iterable<RunWatch.RunEvent>, AutoCloseable {
    /** The platform says every few seconds that it is still there. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final int RECONNECTIONS_MAX = 20;
    private static final long PAUSE_MS_MAX = 5_000;

    private final Transport transport;
    private final String path;
    private @Nullable EventStream events;
    private long last;
    private int reconnections;
    private boolean connected;
    private boolean closed;

    RunWatch(Transport transport, String path, long after) {
        this.transport = transport;
        this.path = path;
        this.last = after;
    }

    /**
     * Something that happened.
     *
     * @param sequence its number within the run
     * @param at when
     * @param kind such as {@code step_finished}
     * @param step the path of the step that it is about; null when it is about the run
     * @param data more about it
     */
    public record RunEvent(
            long sequence,
            Instant at,
            String kind,
            @Nullable String step,
            JsonNode data) {}

    /**
     * Waits for the next event.
     *
     * @return null when the run is over
     * @throws ClientException if the run cannot be watched, or the connection breaks again and again
     */
    public @Nullable RunEvent next() {
        while (!closed) {
            try {
                EventStream.Event event = opened().next();
                if (event == null) {
                    close();
                    return null;
                }
                JsonNode data = event.data();
                last = data.path("sequence").asLong(last);
                reconnections = 0;
                String at = GantryClient.text(data.path("at"));
                return new RunEvent(
                        last,
                        at == null ? Instant.EPOCH : Instant.parse(at),
                        data.path("kind").asText(""),
                        GantryClient.text(data.path("step")),
                        data.path("data"));
            } catch (IOException broken) {
                reconnect(broken);
            } catch (ClientException failed) {
                if (!connected || !isAway(failed)) {
                    throw failed;
                }
                reconnect(failed);
            }
        }
        return null;
    }

    /** Whether the platform may be back in a moment, such as while it is restarted behind a proxy. */
    private static boolean isAway(ClientException failed) {
        return switch (failed.kind()) {
            case UNREACHABLE, BROKEN_OFF, TIMEOUT -> true;
            case REFUSED ->
                (failed.status() >= 502 && failed.status() <= 504)
                        || failed.code().equals("overloaded")
                        || failed.code().equals("shutting_down");
            case UNTRUSTED, NOT_GANTRY, INTERRUPTED -> false;
        };
    }

    private EventStream opened() {
        EventStream present = events;
        if (present == null) {
            present = transport.events(
                    Transport.Call.get(path, Map.of()).withHeader("Last-Event-ID", Long.toString(last)), PATIENCE);
            events = present;
            connected = true;
        }
        return present;
    }

    /** Lets go of a connection that broke, and waits a little longer each time before there is another. */
    private void reconnect(Exception broken) {
        drop();
        if (++reconnections > RECONNECTIONS_MAX) {
            throw ClientException.of(
                    Kind.BROKEN_OFF, "The connection broke off again and again: " + broken.getMessage(), broken);
        }
        Transport.sleep(Duration.ofMillis(Math.min(100L << Math.min(reconnections, 10), PAUSE_MS_MAX)));
    }

    /** Returns the events that have not been read yet. */
    @Override
    public Iterator<RunEvent> iterator() {
        return new Iterator<>() {
            private @Nullable RunEvent ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    ahead = RunWatch.this.next();
                }
                return ahead != null;
            }

            @Override
            public RunEvent next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the run is over");
                }
                RunEvent event = ahead;
                ahead = null;
                return event;
            }
        };
    }

    private void drop() {
        EventStream present = events;
        events = null;
        if (present != null) {
            try {
                present.close();
            } catch (IOException already) {
                // Nobody reads it any more.
            }
        }
    }

    /** Stops watching; the run goes on. */
    @Override
    public void close() {
        closed = true;
        drop();
    }
}
