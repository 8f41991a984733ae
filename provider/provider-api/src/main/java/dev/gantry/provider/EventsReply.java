package dev.gantry.provider;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An answer whose events are all known. Used by one thread at a time. */
public final class EventsReply implements ChatReply {
    private final Iterator<ChatEvent> events;

    /** {@code events} is a complete answer. */
    public EventsReply(List<ChatEvent> events) {
        this.events = List.copyOf(events).iterator();
    }

    @Override
    public @Nullable ChatEvent next() {
        return events.hasNext() ? events.next() : null;
    }

    @Override
    public void close() {
        // Nothing is under way any more.
    }
}
