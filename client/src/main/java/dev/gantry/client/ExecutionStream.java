package dev.gantry.client;

import dev.gantry.client.ClientException.Kind;
import java.io.IOException;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * The pieces of an answer as they come. For one thread, and to be read once.
 *
 * <pre>{@code
 * try (ExecutionStream answer = gantry.stream(Execution.of("summarize", text))) {
 *     answer.forEach(System.out::print);
 *     System.out.println(answer.result().cost());
 * }
 * }</pre>
 */
public final class ExecutionStream implements Iterable<String>, AutoCloseable {
    private static final int ANSWER_CHARS_MAX = 64 * 1024 * 1024;

    private final EventStream events;
    private final StringBuilder answer = new StringBuilder();
    private @Nullable ExecutionResult result;

    ExecutionStream(EventStream events) {
        this.events = events;
    }

    /**
     * Waits for the next piece.
     *
     * @return null when the answer is complete
     * @throws ClientException if the platform reports an error on the way, or the stream ends before its end
     */
    public @Nullable String next() {
        while (result == null) {
            EventStream.Event event = read();
            switch (event.name()) {
                case "delta" -> {
                    String piece = event.data().path("text").asText("");
                    answer.append(piece);
                    if (answer.length() > ANSWER_CHARS_MAX) {
                        throw ClientException.of(Kind.BROKEN_OFF, "The answer is too long to be kept", null);
                    }
                    return piece;
                }
                case "error" ->
                    throw ClientException.refusal(event.data().path("status").asInt(500), event.data(), "", null);
                case "done" -> result = ExecutionResult.of(event.data(), answer.toString());
                default -> {
                    // "start", and whatever a later server adds.
                }
            }
        }
        return null;
    }

    private EventStream.Event read() {
        try {
            EventStream.Event event = events.next();
            if (event == null) {
                throw ClientException.of(Kind.BROKEN_OFF, "The answer broke off before its end", null);
            }
            return event;
        } catch (IOException broken) {
            throw ClientException.of(Kind.BROKEN_OFF, "The answer broke off: " + broken.getMessage(), broken);
        }
    }

    /** Returns the pieces that have not been read yet. */
    @Override
    public Iterator<String> iterator() {
        return new Iterator<>() {
            private @Nullable String ahead;

            @Override
            public boolean hasNext() {
                if (ahead == null) {
                    ahead = ExecutionStream.this.next();
                }
                return ahead != null;
            }

            @Override
            public String next() {
                if (!hasNext() || ahead == null) {
                    throw new NoSuchElementException("the answer is complete");
                }
                String piece = ahead;
                ahead = null;
                return piece;
            }
        };
    }

    /**
     * Returns what came of it, with the whole answer; reads to the end first.
     *
     * @throws ClientException as {@link #next}
     */
    public ExecutionResult result() {
        while (result == null) {
            next();
        }
        return result;
    }

    /** Closes the connection, which cancels what is not finished. */
    @Override
    public void close() {
        try {
            events.close();
        } catch (IOException already) {
            // Nobody reads it any more.
        }
    }
}
