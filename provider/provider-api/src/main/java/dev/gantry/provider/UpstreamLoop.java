package dev.gantry.provider;

import io.vertx.core.Handler;
import io.vertx.core.internal.ContextInternal;
import java.util.ArrayList;
import java.util.List;

/**
 * One event loop and the calls that are under way on it, whose deadlines it watches with a single timer. All methods but
 * {@link #execute} are for the loop's own thread.
 */
final class UpstreamLoop {
    private static final long SWEEP_MS = 50;

    private final ContextInternal context;
    private final ArrayList<UpstreamCall> active = new ArrayList<>();
    private boolean sweeping;

    UpstreamLoop(ContextInternal context) {
        this.context = context;
    }

    /** Does something on the loop's thread, soon. */
    void execute(Handler<Void> action) {
        context.runOnContext(action);
    }

    ContextInternal context() {
        return context;
    }

    /** Begins to watch a call. */
    void enter(UpstreamCall call) {
        call.setLoopIndex(active.size());
        active.add(call);
        if (!sweeping) {
            sweeping = true;
            context.setPeriodic(SWEEP_MS, this::sweep);
        }
    }

    /** Watches a call no longer. */
    void leave(UpstreamCall call) {
        UpstreamCall last = active.removeLast();
        if (last != call) {
            active.set(call.loopIndex(), last);
            last.setLoopIndex(call.loopIndex());
        }
    }

    private void sweep(Long timer) {
        if (active.isEmpty()) {
            sweeping = false;
            context.owner().cancelTimer(timer);
            return;
        }
        long now = System.nanoTime();
        for (UpstreamCall call : List.copyOf(active)) {
            call.checkDeadlines(now);
        }
    }
}
