package dev.gantry.provider;

import io.vertx.core.AsyncResult;
import io.vertx.core.MultiMap;
import io.vertx.core.VertxException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One request on its way: what happens on the event loop, and the virtual thread that waits for it. Everything the thread
 * reads is written before {@link #phase}, and the loop changes nothing of it after {@link #DONE}.
 */
final class UpstreamCall {
    /** Nothing came yet. */
    static final int SENT = 0;

    /** The head of a stream came. */
    static final int HEAD = 1;

    /** The reply is complete, or the call has failed. */
    static final int DONE = 2;

    /** How long an unused connection is kept, where the provider names no shorter time. */
    static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(30);

    private static final CharSequence KEEP_ALIVE = HttpHeaders.createOptimized("keep-alive");
    private static final Pattern KEEP_ALIVE_TIMEOUT = Pattern.compile("timeout=([0-9]{1,9})");
    private static final int ERROR_BYTES_MAX = 64 * 1024;

    /**
     * A kept connection that is lost this soon after a request was sent was closed before, so that nobody has read the request. After
     * that the provider may have worked on it, and asking again could be paid twice.
     */
    private static final long STALE_NANOS = TimeUnit.SECONDS.toNanos(2);

    /** Takes the chunks of a stream on the event loop. */
    interface Sink {
        /** Takes a chunk. */
        void chunk(Buffer chunk) throws ProviderException;

        /** Learns that the provider has ended the stream properly. */
        void end() throws ProviderException;

        /** Learns that nothing more comes, in whatever way the call has ended. */
        void done();

        /** Learns that it has held the stream back for longer than silence is allowed. */
        void stalled();
    }

    private final UpstreamPool pool;
    private final RequestOptions target;
    private final UpstreamRequest request;
    private final boolean streamed;
    private final long replyBytesMax;
    private final long idleNanos;
    private final long connectNanos;
    private long deadlineNanos;
    private volatile @Nullable Thread waiter;
    private volatile int phase;

    private int loopIndex;
    private boolean entered;
    private boolean retried;
    private boolean sent;
    private long sentNanos;
    private long progressNanos;
    private long connectingSinceNanos;
    private boolean connecting;
    private long heldBackSinceNanos;
    private boolean heldBack;
    private @Nullable Throwable failureHeldBack;
    private @Nullable UpstreamConnection connection;
    private @Nullable HttpClientResponse reply;
    private @Nullable Sink sink;

    private int status;
    private @Nullable MultiMap headers;
    private @Nullable Buffer body;
    private @Nullable Throwable failure;

    UpstreamCall(
            UpstreamPool pool,
            RequestOptions target,
            UpstreamRequest request,
            boolean streamed,
            UpstreamLimits limits,
            CallContext context) {
        this.pool = pool;
        this.target = target;
        this.request = request;
        this.streamed = streamed;
        this.replyBytesMax = limits.replyBytesMax();
        this.connectNanos = limits.connectTimeout().toNanos();
        this.idleNanos = limits.idleTimeout(context).toNanos();
        this.progressNanos = System.nanoTime();
        this.deadlineNanos = progressNanos + limits.timeout(context).toNanos();
    }

    // What the waiting thread does

    /** Sends the request and waits until {@code wanted} is reached. */
    void start(int wanted) throws InterruptedException {
        onLoop(this::begin);
        await(wanted);
    }

    /** Waits until {@code wanted} is reached; a thread that is interrupted cancels the call. */
    void await(int wanted) throws InterruptedException {
        waiter = Thread.currentThread();
        while (phase < wanted) {
            LockSupport.park(this);
            if (Thread.interrupted()) {
                cancel();
                throw new InterruptedException();
            }
        }
    }

    /** Ends the call if it is not complete, and waits until the event loop has nothing more to do with it. */
    void cancel() {
        if (phase == DONE) {
            return;
        }
        waiter = Thread.currentThread();
        onLoop(() -> fail(new InterruptedException("cancelled")));
        boolean interrupted = false;
        while (phase != DONE) {
            LockSupport.park(this);
            interrupted |= Thread.interrupted();
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Runs something on the call's event loop. */
    void onLoop(Runnable action) {
        try {
            pool.loop().execute(ignored -> action.run());
        } catch (RejectedExecutionException stopped) {
            failure = stopped;
            phase = DONE;
        }
    }

    boolean isDone() {
        return phase == DONE;
    }

    /** Returns whether anything of the request was sent, as far as the call has come. */
    boolean isSent() {
        return sent;
    }

    int status() {
        return status;
    }

    MultiMap headers() {
        return headers == null ? HttpHeaders.headers() : headers;
    }

    Buffer body() {
        return body == null ? Buffer.buffer() : body;
    }

    @Nullable
    Throwable failure() {
        return failure;
    }

    // What happens on the event loop

    int loopIndex() {
        return loopIndex;
    }

    void setLoopIndex(int index) {
        loopIndex = index;
    }

    private void begin() {
        entered = true;
        pool.loop().enter(this);
        pool.acquire(this, false);
    }

    /** Learns that a connection is being opened for it. */
    void connecting() {
        connecting = true;
        connectingSinceNanos = System.nanoTime();
    }

    /** Uses a connection that the pool has found. */
    void connected(UpstreamConnection found) {
        connecting = false;
        connection = found;
        found.http().request(target).onComplete(this::send);
    }

    private void send(AsyncResult<HttpClientRequest> ready) {
        if (phase == DONE) {
            return;
        }
        if (ready.failed()) {
            lost(ready.cause());
            return;
        }
        HttpClientRequest outgoing = ready.result();
        Buffer content = request.body();
        outgoing.setMethod(content == null ? HttpMethod.GET : HttpMethod.POST);
        outgoing.setURI(request.path());
        request.headers().addTo(outgoing.headers());
        outgoing.exceptionHandler(ignored -> {});
        outgoing.response().onComplete(this::head);
        sent = true;
        sentNanos = System.nanoTime();
        if (content == null) {
            outgoing.end();
        } else {
            outgoing.end(content);
        }
    }

    private void head(AsyncResult<HttpClientResponse> outcome) {
        if (phase == DONE) {
            return;
        }
        if (outcome.failed()) {
            lost(outcome.cause());
            return;
        }
        HttpClientResponse incoming = outcome.result();
        reply = incoming;
        status = incoming.statusCode();
        headers = incoming.headers();
        progressNanos = System.nanoTime();
        incoming.exceptionHandler(this::brokenOff);
        incoming.handler(this::chunk);
        incoming.endHandler(ended -> end());
        if (streamed && isSuccess()) {
            holdBack();
            reach(HEAD);
        }
    }

    private void chunk(Buffer chunk) {
        if (phase == DONE) {
            return;
        }
        progressNanos = System.nanoTime();
        if (sink != null) {
            try {
                sink.chunk(chunk);
            } catch (ProviderException | RuntimeException refused) {
                fail(refused);
            }
            return;
        }
        long limit = isSuccess() ? replyBytesMax : ERROR_BYTES_MAX;
        long length = (body == null ? 0 : body.length()) + (long) chunk.length();
        if (length <= limit) {
            body = body == null ? chunk : body.appendBuffer(chunk);
        } else if (isSuccess()) {
            fail(new ReplyTooLarge(limit));
        } else {
            disconnect();
            finish(null);
        }
    }

    private void end() {
        if (phase == DONE) {
            return;
        }
        UpstreamConnection kept = connection;
        connection = null;
        if (kept != null && reply != null) {
            long keptNanos = keepsOpen(reply);
            if (keptNanos > 0) {
                pool.release(kept, keptNanos);
            } else {
                kept.close();
            }
        }
        finish(refusalAtEnd());
    }

    private @Nullable Throwable refusalAtEnd() {
        if (sink == null) {
            return null;
        }
        try {
            sink.end();
            return null;
        } catch (ProviderException | RuntimeException refused) {
            return refused;
        }
    }

    /** The connection failed before the head of a reply. */
    private void lost(Throwable cause) {
        boolean stale = connection != null
                && connection.wasUsed()
                && !retried
                && System.nanoTime() - sentNanos < STALE_NANOS
                && isConnectionLoss(cause);
        if (!stale) {
            fail(cause);
            return;
        }
        retried = true;
        disconnect();
        pool.acquire(this, true);
    }

    /** The connection failed within the reply. What came before is delivered first. */
    private void brokenOff(Throwable cause) {
        failureHeldBack = cause;
        if (!heldBack) {
            failAfterDelivery();
        }
    }

    /** Vert.x delivers what a paused reply has gathered in a task of its own, which this one follows. */
    private void failAfterDelivery() {
        pool.loop().execute(delivered -> {
            if (failureHeldBack != null && !heldBack) {
                fail(failureHeldBack);
            }
        });
    }

    /** Ends the call with a failure, whatever it is doing. Does nothing when it has ended already. */
    void fail(Throwable cause) {
        if (phase == DONE) {
            return;
        }
        if (connection == null) {
            pool.forget(this);
        }
        disconnect();
        finish(cause);
    }

    private void disconnect() {
        UpstreamConnection open = connection;
        connection = null;
        if (open != null) {
            open.close();
        }
    }

    private void finish(@Nullable Throwable cause) {
        failure = cause;
        if (entered) {
            entered = false;
            pool.loop().leave(this);
        }
        phase = DONE;
        if (sink != null) {
            sink.done();
        }
        LockSupport.unpark(waiter);
    }

    private void reach(int next) {
        phase = next;
        LockSupport.unpark(waiter);
    }

    /** Directs the stream's chunks somewhere and lets them come. */
    void drainInto(Sink target) {
        sink = target;
        if (phase == DONE) {
            target.done();
        } else {
            letCome();
        }
    }

    /** Asks the provider to wait. */
    void holdBack() {
        if (reply != null && !heldBack) {
            heldBack = true;
            heldBackSinceNanos = System.nanoTime();
            reply.pause();
        }
    }

    /** Takes {@link #holdBack()} back. */
    void letCome() {
        if (reply != null && heldBack) {
            heldBack = false;
            progressNanos = System.nanoTime();
            reply.resume();
            if (failureHeldBack != null) {
                failAfterDelivery();
            }
        }
    }

    /** Gives the call no more than some further time. */
    void failAfter(long milliseconds) {
        long sooner = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(milliseconds);
        deadlineNanos = sooner - deadlineNanos < 0 ? sooner : deadlineNanos;
    }

    /** Fails the call when it takes too long. */
    void checkDeadlines(long nowNanos) {
        if (phase == DONE) {
            return;
        }
        if (nowNanos - deadlineNanos > 0) {
            fail(new TimeoutException("did not complete its answer in time"));
        } else if (heldBack) {
            if (sink != null && nowNanos - heldBackSinceNanos > idleNanos) {
                sink.stalled();
            }
        } else if (connecting && nowNanos - connectingSinceNanos > connectNanos) {
            fail(new TimeoutException("could not be reached in time"));
        } else if (nowNanos - progressNanos > idleNanos) {
            fail(new TimeoutException(silence()));
        }
    }

    private String silence() {
        if (connection == null) {
            return connecting ? "could not be reached in time" : "has no free connection";
        }
        return reply == null ? "did not begin to answer in time" : "fell silent within its answer";
    }

    private boolean isSuccess() {
        return status >= 200 && status < 300;
    }

    private static boolean isConnectionLoss(Throwable cause) {
        return cause instanceof IOException || cause instanceof VertxException;
    }

    /** How long the provider keeps the connection of a reply for us, in nanoseconds; 0 when it closes it. */
    private static long keepsOpen(HttpClientResponse reply) {
        String connectionHeader = reply.getHeader(HttpHeaders.CONNECTION);
        if (reply.version() != HttpVersion.HTTP_1_1
                || (connectionHeader != null && connectionHeader.equalsIgnoreCase("close"))) {
            return 0;
        }
        String keepAlive = reply.getHeader(KEEP_ALIVE);
        return keepAlive == null ? KEPT_NANOS : Math.min(KEPT_NANOS, announcedNanos(keepAlive));
    }

    /** Reads {@code timeout=5, max=100} and stays a second below it, since the peer's clock started earlier. */
    private static long announcedNanos(String keepAlive) {
        Matcher matcher = KEEP_ALIVE_TIMEOUT.matcher(keepAlive);
        return matcher.find() ? TimeUnit.SECONDS.toNanos(Long.parseLong(matcher.group(1)) - 1) : KEPT_NANOS;
    }

    /** A reply that exceeds the bound. */
    static final class ReplyTooLarge extends Exception {
        private static final long serialVersionUID = 1;

        ReplyTooLarge(long limit) {
            super("more than " + limit + " bytes");
        }
    }
}
