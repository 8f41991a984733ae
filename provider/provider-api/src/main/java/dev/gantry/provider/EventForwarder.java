package dev.gantry.provider;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.internal.buffer.BufferInternal;
import org.jspecify.annotations.Nullable;

/**
 * Sends an event stream on to a client that speaks the provider's schema, while it looks at each event. Complete events go
 * out at once, in the chunk in which they came where that is possible; the beginning of an event waits for its end, so
 * that an event can be withheld. For the event loop's thread while the stream runs, for the waiting thread afterwards.
 */
public final class EventForwarder implements UpstreamStream.Filter, EventStreamScanner.Listener {
    /** Longest event of a stream. */
    public static final int EVENT_BYTES_MAX = 16 * 1024 * 1024;

    private static final Buffer NOTHING = Buffer.buffer(0);

    private final EventStreamScanner scanner;
    private final UpstreamFailures failures;
    private final EventInspector inspector;
    private @Nullable Buffer beginning;
    private @Nullable Buffer out;
    private @Nullable ProviderException refusal;
    private Buffer chunk = NOTHING;
    private int base;
    private int sentTo;
    private int completeTo;

    /** A forwarder that tells of failures in the words of a provider. */
    public EventForwarder(UpstreamFailures failures, EventInspector inspector) {
        this.failures = failures;
        this.inspector = inspector;
        this.scanner = new EventStreamScanner(EVENT_BYTES_MAX, failures, this);
    }

    EventInspector inspector() {
        return inspector;
    }

    UpstreamFailures failures() {
        return failures;
    }

    @Override
    public Buffer filter(Buffer next) {
        ByteBuf content = ((BufferInternal) next).getByteBuf();
        byte[] bytes = content.hasArray() ? content.array() : next.getBytes();
        chunk = next;
        base = content.hasArray() ? content.arrayOffset() + content.readerIndex() : 0;
        out = null;
        sentTo = 0;
        completeTo = 0;
        try {
            scanner.scan(bytes, base, base + next.length());
        } catch (ProviderException refused) {
            refusal = refused;
        }
        return complete(next);
    }

    @Override
    public @Nullable ProviderException refusal() {
        return refusal;
    }

    private Buffer complete(Buffer next) {
        int length = next.length();
        if (out == null && beginning == null && completeTo == length) {
            return next;
        }
        sendTo(completeTo);
        if (completeTo < length) {
            beginning = (beginning == null ? Buffer.buffer() : beginning)
                    .appendBuffer(next, completeTo, length - completeTo);
        }
        return out == null ? NOTHING : out;
    }

    /** Adds what came before an offset in the chunk, and has not been sent or withheld, to what goes out. */
    private void sendTo(int offset) {
        if (offset <= sentTo) {
            return;
        }
        Buffer sent = out == null ? Buffer.buffer(offset - sentTo + (beginning == null ? 0 : beginning.length())) : out;
        if (beginning != null) {
            sent.appendBuffer(beginning);
            beginning = null;
        }
        out = sent.appendBuffer(chunk, sentTo, offset - sentTo);
        sentTo = offset;
    }

    @Override
    public void event(@Nullable String name, byte[] bytes, int from, int to, int end) throws ProviderException {
        boolean wanted = inspector.inspect(bytes, from, to);
        if (!wanted) {
            sendTo(completeTo);
            beginning = null;
            out = out == null ? Buffer.buffer() : out;
            sentTo = end - base;
        }
        completeTo = end - base;
    }

    @Override
    public void blank(int end) {
        completeTo = end - base;
    }

    @Override
    public Buffer end() throws ProviderException {
        base = 0;
        completeTo = 0;
        sentTo = 0;
        scanner.finish();
        if (!inspector.isComplete()) {
            throw failures.brokenOff();
        }
        return beginning == null ? NOTHING : beginning;
    }
}
