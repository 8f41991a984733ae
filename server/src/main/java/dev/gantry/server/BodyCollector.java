package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Gathers a request's body into one array, within bounds of size and time. Runs on the connection's event loop. The array
 * is sized by {@code Content-Length} where that is small, and grows with what really arrives otherwise.
 */
final class BodyCollector {
    /** What a declared length is trusted with before the bytes are there. */
    private static final int TRUSTED_LENGTH_MAX = 16 * 1024;

    private static final int FIRST_SIZE = 4_096;

    private final long sizeMax;
    private final BodyBudget.Share share;
    private final BiConsumer<byte[], @Nullable GantryException> done;
    private byte[] bytes;
    private int length;
    private boolean finished;

    private BodyCollector(long sizeMax, BodyBudget.Share share, BiConsumer<byte[], @Nullable GantryException> done) {
        this.sizeMax = sizeMax;
        this.share = share;
        this.done = done;
        this.bytes = new byte[0];
    }

    /** Starts to collect; {@code done} is called once, with the body or with an error. */
    static BodyCollector collect(
            HttpServerRequest request,
            long sizeMax,
            BodyBudget.Share share,
            BiConsumer<byte[], @Nullable GantryException> done) {
        BodyCollector collector = new BodyCollector(sizeMax, share, done);
        long declared = declaredLength(request);
        if (declared > sizeMax) {
            collector.fail(collector.tooLarge());
            return collector;
        }
        collector.bytes = new byte[(int) Math.min(declared < 0 ? FIRST_SIZE : declared, TRUSTED_LENGTH_MAX)];
        request.exceptionHandler(broken ->
                collector.fail(new GantryException(ErrorCode.INVALID_REQUEST, "The body could not be read", broken)));
        request.handler(collector::add);
        request.endHandler(end -> collector.finish());
        return collector;
    }

    /** Returns whether the body, or an error, was handed on. */
    boolean isFinished() {
        return finished;
    }

    /** Gives up waiting for the rest. */
    void late() {
        fail(new GantryException(ErrorCode.REQUEST_TIMEOUT, "The body did not arrive in time (server.body_timeout)"));
    }

    private void add(Buffer chunk) {
        if (finished) {
            return;
        }
        int needed = length + chunk.length();
        if (needed > sizeMax) {
            fail(tooLarge());
            return;
        }
        if (!share.grow(chunk.length())) {
            fail(new GantryException(
                    ErrorCode.OVERLOADED, "This node holds as many bytes of requests as it can; send it again later"));
            return;
        }
        if (needed > bytes.length) {
            bytes = Arrays.copyOf(bytes, (int) Math.min(sizeMax, Math.max(needed, bytes.length * 2L)));
        }
        chunk.getBytes(bytes, length);
        length = needed;
    }

    private void finish() {
        if (!finished) {
            finished = true;
            done.accept(length == bytes.length ? bytes : Arrays.copyOf(bytes, length), null);
        }
    }

    private void fail(GantryException failure) {
        if (!finished) {
            finished = true;
            bytes = new byte[0];
            done.accept(bytes, failure);
        }
    }

    private GantryException tooLarge() {
        return new GantryException(
                ErrorCode.REQUEST_TOO_LARGE,
                "The body is larger than the " + sizeMax + " bytes that this server accepts (server.body_size_max)");
    }

    private static long declaredLength(HttpServerRequest request) {
        String header = request.getHeader("Content-Length");
        if (header == null) {
            return -1;
        }
        try {
            return Long.parseLong(header);
        } catch (NumberFormatException malformed) {
            return -1;
        }
    }
}
