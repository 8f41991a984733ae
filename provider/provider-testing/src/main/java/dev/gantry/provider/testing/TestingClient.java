package dev.gantry.provider.testing;

import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A client in memory that takes what is streamed to it, can stop reading and can go away. Thread-safe. */
public final class TestingClient implements ClientStream {
    private final List<Buffer> chunks = new ArrayList<>();
    private final List<Runnable> goneActions = new ArrayList<>();
    private long bytes;
    private boolean full;
    private boolean gone;
    private boolean cut;
    private boolean aborted;
    private long goneAfterBytes = Long.MAX_VALUE;
    private long fullAfterBytes = Long.MAX_VALUE;
    private @Nullable Runnable drainAction;

    /** Makes the client stop reading once it has got this many bytes. */
    public synchronized void stopReadingAfter(long bytesMax) {
        fullAfterBytes = bytesMax;
    }

    /** Makes the client go away once it has got this many bytes. */
    public synchronized void goAfter(long bytesMax) {
        goneAfterBytes = bytesMax;
    }

    /** Lets the client read again. */
    public void readOn() {
        Runnable action;
        synchronized (this) {
            fullAfterBytes = Long.MAX_VALUE;
            full = false;
            action = drainAction;
        }
        if (action != null) {
            action.run();
        }
    }

    /** Makes the client go away. */
    public void leave() {
        List<Runnable> actions;
        synchronized (this) {
            gone = true;
            actions = List.copyOf(goneActions);
            goneActions.clear();
        }
        actions.forEach(Runnable::run);
    }

    /** Cuts the client off, which is gone by that. */
    public void cutOff() {
        synchronized (this) {
            cut = true;
        }
        leave();
    }

    @Override
    public synchronized boolean isCut() {
        return cut;
    }

    /** Returns everything it got, as text. */
    public synchronized String text() {
        Buffer all = Buffer.buffer();
        chunks.forEach(all::appendBuffer);
        return all.toString(StandardCharsets.UTF_8);
    }

    /** Returns in how many pieces it came. */
    public synchronized int chunks() {
        return chunks.size();
    }

    /** Returns how much it got. */
    public synchronized long bytes() {
        return bytes;
    }

    /** Returns whether its connection was closed from our side. */
    public synchronized boolean isAborted() {
        return aborted;
    }

    @Override
    public void write(Buffer chunk) {
        boolean leaves;
        synchronized (this) {
            if (gone) {
                return;
            }
            chunks.add(chunk.copy());
            bytes += chunk.length();
            full |= bytes >= fullAfterBytes;
            leaves = bytes >= goneAfterBytes;
        }
        if (leaves) {
            leave();
        }
    }

    @Override
    public synchronized boolean isFull() {
        return full;
    }

    @Override
    public synchronized void onDrain(Runnable action) {
        drainAction = action;
    }

    @Override
    public synchronized boolean isGone() {
        return gone;
    }

    @Override
    public void onGone(Runnable action) {
        synchronized (this) {
            if (!gone) {
                goneActions.add(action);
                return;
            }
        }
        action.run();
    }

    @Override
    public void abort() {
        synchronized (this) {
            aborted = true;
        }
        leave();
    }
}
