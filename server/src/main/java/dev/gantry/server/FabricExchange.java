package dev.gantry.server;

import dev.gantry.gateway.Exchange;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The connection of one prompt out of several, whose answers go to the caller one after the other as one stream: the first
 * opens it, the last ends it. What is refused once it is open becomes an event of it.
 */
final class FabricExchange implements Exchange {
    private final Exchange caller;
    private final boolean last;
    private boolean refused;

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
        if (!caller.committed()) {
            refused = true;
            caller.send(status, contentType, headers, body);
            return;
        }
        String reason = Json.readObject(body.getBytes()).path("error").asText("");
        caller.openStream(Map.of()).write(FabricFormat.event("error", "plain", "Error: " + reason));
        endStream();
    }

    @Override
    public ClientStream openStream(Map<String, String> headers) {
        return caller.openStream(headers);
    }

    @Override
    public void endStream() {
        if (last) {
            caller.endStream();
        }
    }

    @Override
    public boolean committed() {
        return caller.committed();
    }

    @Override
    public long firstByteNanos() {
        return caller.firstByteNanos();
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
}
