package dev.gantry.provider;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClientAgent;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.tracing.TracingPolicy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The HTTP client that all providers share: HTTP/1.1 over connections that are kept open, one pool for each provider and
 * event loop, so that a connection is only ever touched by one thread and needs no lock.
 *
 * <p>Calls are made from virtual threads and block them; what happens on the wire happens on an event loop, if possible on
 * the one that also serves the client's connection ({@link #CLIENT_CONTEXT}), so that a streamed chunk goes from socket to
 * socket without a change of threads. Every wait ends at the call's deadline at the latest.
 *
 * <p>Close it before the Vert.x instance that it was made with.
 */
public final class UpstreamHttp implements AutoCloseable {
    /**
     * The Vert.x context of the client connection whose request the current virtual thread serves. A hint for speed that
     * the server binds; calls work without it.
     */
    public static final ScopedValue<Context> CLIENT_CONTEXT = ScopedValue.newInstance();

    private static final int HEADERS_BYTES_MAX = 64 * 1024;
    private static final int CHUNK_BYTES_MAX = 64 * 1024;
    /** When an attempt at a connection ends for which no call waits any more. */
    private static final int CONNECT_MS_MAX = 60_000;

    private static final int TLS_HANDSHAKE_SECONDS_MAX = 15;

    private final VertxInternal vertx;
    private final HttpClientAgent connector;
    private final Map<EventLoop, UpstreamLoop> loops = new ConcurrentHashMap<>();
    private final List<UpstreamLoop> ownLoops;
    private final AtomicInteger nextLoop = new AtomicInteger();
    private final List<Upstream> upstreams = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /** Makes a client on the event loops of {@code vertx}. */
    public UpstreamHttp(Vertx vertx) {
        this.vertx = (VertxInternal) vertx;
        this.connector = vertx.httpClientBuilder().with(options()).build();
        this.ownLoops = new CopyOnWriteArrayList<>();
    }

    private static HttpClientOptions options() {
        return new HttpClientOptions()
                .setProtocolVersion(HttpVersion.HTTP_1_1)
                .setUseAlpn(false)
                .setKeepAlive(true)
                .setPipelining(false)
                .setConnectTimeout(CONNECT_MS_MAX)
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setDecompressionSupported(false)
                .setMaxHeaderSize(HEADERS_BYTES_MAX)
                .setMaxChunkSize(CHUNK_BYTES_MAX)
                .setVerifyHost(true)
                .setSslHandshakeTimeout(TLS_HANDSHAKE_SECONDS_MAX)
                .setSslHandshakeTimeoutUnit(TimeUnit.SECONDS)
                .setTracingPolicy(TracingPolicy.IGNORE);
    }

    /**
     * Returns the way to one provider. No connection is made before the first call.
     *
     * @param provider the provider's configured name, for messages
     * @param baseUrl {@code http} or {@code https}, with the path below which all requests go
     * @throws IllegalArgumentException if the address cannot be used; the message says why
     */
    public Upstream open(String provider, URI baseUrl, UpstreamLimits limits) {
        Upstream upstream = new Upstream(this, provider, baseUrl, limits);
        upstreams.add(upstream);
        return upstream;
    }

    /** Ends all calls and closes all connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        upstreams.forEach(Upstream::close);
        connector.close();
    }

    HttpClientAgent connector() {
        return connector;
    }

    boolean isClosed() {
        return closed;
    }

    void forget(Upstream upstream) {
        upstreams.remove(upstream);
    }

    /** Returns the event loop on which a call of the current thread should be made. */
    UpstreamLoop loop() {
        if (CLIENT_CONTEXT.isBound()) {
            return loopOf(((ContextInternal) CLIENT_CONTEXT.get()).nettyEventLoop());
        }
        Context current = Vertx.currentContext();
        if (current != null) {
            return loopOf(((ContextInternal) current).nettyEventLoop());
        }
        return ownLoop();
    }

    /** How many event loops share the connections to a provider. */
    static int loopsExpected() {
        return Runtime.getRuntime().availableProcessors();
    }

    private UpstreamLoop ownLoop() {
        if (ownLoops.size() < loopsExpected()) {
            ownLoops.add(loopOf(vertx.createEventLoopContext().nettyEventLoop()));
        }
        return ownLoops.get(Math.floorMod(nextLoop.getAndIncrement(), ownLoops.size()));
    }

    private UpstreamLoop loopOf(EventLoop eventLoop) {
        UpstreamLoop known = loops.get(eventLoop);
        return known != null ? known : loops.computeIfAbsent(eventLoop, this::newLoop);
    }

    private UpstreamLoop newLoop(EventLoop eventLoop) {
        return new UpstreamLoop(vertx.contextBuilder()
                .withThreadingModel(ThreadingModel.EVENT_LOOP)
                .withEventLoop(eventLoop)
                .build());
    }
}
