package dev.gantry.server;

import dev.gantry.gateway.Exchange;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one prompt out of several, whose answers go to the caller one after the other as one stream: the first
 * opens it, the last ends it. What is refused once it is open becomes an event of it.
 */
final class FabricExchange implements Exchange {
    private static final int OK = 200;

    private final Exchange caller;
    private final boolean last;
    private volatile @Nullable Answer answer;
    private volatile boolean refused;

    FabricExchange(Exchange caller, boolean last) {
        this.caller = caller;
        this.last = last;
    }

    /** Returns whether the whole request was answered with a refusal, so that there is no room for further answers. */
    boolean wasRefused() {
        return refused;
    }

    @Override
    public void send(int status, String contentType, Map<String, String> headers, Buffer body) {
        if (status == OK) {
            Map<String, String> all = new HashMap<>(headers);
            all.put("Content-Type", "text/event-stream");
            openStream(all).write(body);
        } else if (caller.committed()) {
            String reason = Json.readObject(body.getBytes()).path("error").asText("");
            openStream(Map.of()).write(FabricFormat.event("error", "plain", "Error: " + reason));
        } else {
            refused = true;
            caller.send(status, contentType, headers, body);
            return;
        }
        endStream();
    }

    @Override
    public ClientStream openStream(Map<String, String> headers) {
        Answer open = answer;
        if (open == null) {
            open = new Answer(caller.openStream(headers));
            answer = open;
        }
        return open;
    }

    @Override
    public void endStream() {
        if (last) {
            caller.endStream();
        }
    }

    /** Returns whether this prompt's answer began: another model may be asked until then, whatever went before. */
    @Override
    public boolean committed() {
        return answer != null || refused;
    }

    @Override
    public long firstByteNanos() {
        Answer open = answer;
        return open == null ? 0 : open.firstByteNanos;
    }

    @Override
    public boolean isGone() {
        return caller.isGone();
    }

    @Override
    public void onGone(Runnable action) {
        caller.onGone(action);
    }

    @Override
    public void cut(GantryException reason) {
        caller.cut(reason);
    }

    @Override
    public @Nullable GantryException cutReason() {
        return caller.cutReason();
    }

    /** This prompt's part of the stream. */
    private static final class Answer implements ClientStream {
        private final ClientStream stream;
        private volatile long firstByteNanos;

        Answer(ClientStream stream) {
            this.stream = stream;
        }

        @Override
        public void write(Buffer bytes) {
            if (firstByteNanos == 0 && bytes.length() > 0) {
                firstByteNanos = System.nanoTime();
            }
            stream.write(bytes);
        }

        @Override
        public boolean isFull() {
            return stream.isFull();
        }

        @Override
        public void onDrain(Runnable action) {
            stream.onDrain(action);
        }

        @Override
        public boolean isGone() {
            return stream.isGone();
        }

        @Override
        public void onGone(Runnable action) {
            stream.onGone(action);
        }

        @Override
        public boolean isCut() {
            return stream.isCut();
        }

        @Override
        public void abort() {
            stream.abort();
        }
    }
}
