package dev.gantry.server;

import dev.gantry.gateway.Exchange;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientStream;
import dev.gantry.runs.StepCall;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The caller's side of a request that a step makes: nobody waits on a connection. Thread-safe. */
final class StepExchange implements Exchange {
    private final StepCall call;
    private final List<Runnable> onGone = new ArrayList<>();
    private @Nullable GantryException cut;

    StepExchange(StepCall call) {
        this.call = call;
    }

    @Override
    public void send(int status, String contentType, Map<String, String> headers, Buffer body) {}

    @Override
    public ClientStream openStream(Map<String, String> headers) {
        throw new GantryException(ErrorCode.INTERNAL, "A step takes its answer whole");
    }

    @Override
    public void endStream() {}

    @Override
    public boolean committed() {
        return false;
    }

    @Override
    public long firstByteNanos() {
        return 0;
    }

    @Override
    public synchronized boolean isGone() {
        return cut != null || call.cancelled().getAsBoolean();
    }

    /** Called right before a provider is asked: whoever has lost the step must not ask. */
    @Override
    public void onGone(Runnable action) {
        if (call.cancelled().getAsBoolean()) {
            throw new GantryException(
                    ErrorCode.CLIENT_CLOSED_REQUEST, "The step is wanted no more, or is another node's");
        }
        synchronized (this) {
            if (!isGone()) {
                onGone.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void cut(GantryException reason) {
        List<Runnable> actions;
        synchronized (this) {
            if (cut != null) {
                return;
            }
            cut = reason;
            actions = List.copyOf(onGone);
        }
        actions.forEach(Runnable::run);
    }

    @Override
    public synchronized @Nullable GantryException cutReason() {
        return cut;
    }
}
