package dev.gantry.provider;

import io.netty.channel.EventLoop;
import io.vertx.core.Context;
import io.vertx.core.http.HttpConnectOptions;
import io.vertx.core.http.RequestOptions;
import java.net.URI;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The way to one provider: its address, its connections and its bounds. Thread-safe; calls block and are for virtual
 * threads, never for an event loop. A thread that is interrupted while it waits cancels its call, gets a
 * {@link ProviderException} and keeps its interrupt status.
 */
public final class Upstream implements AutoCloseable {
    private static final RequestOptions TARGET = new RequestOptions();

    private final UpstreamHttp http;
    private final UpstreamFailures failures;
    private final UpstreamLimits limits;
    private final HttpConnectOptions address;
    private final String basePath;
    private final Map<EventLoop, UpstreamPool> pools = new ConcurrentHashMap<>();
    private final AtomicInteger connections = new AtomicInteger();
    private volatile boolean closed;

    Upstream(UpstreamHttp http, String provider, URI baseUrl, UpstreamLimits limits) {
        this.http = http;
        this.failures = new UpstreamFailures(provider);
        this.limits = limits;
        this.address =
                address(baseUrl).setConnectTimeout(limits.connectTimeout().toMillis());
        String path = baseUrl.getRawPath() == null ? "" : baseUrl.getRawPath();
        this.basePath = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static HttpConnectOptions address(URI baseUrl) {
        String scheme = baseUrl.getScheme() == null ? "" : baseUrl.getScheme().toLowerCase(Locale.ROOT);
        boolean tls = scheme.equals("https");
        if (!tls && !scheme.equals("http")) {
            throw new IllegalArgumentException("A provider's address begins with https:// or http://");
        }
        String host = baseUrl.getHost();
        if (host == null) {
            throw new IllegalArgumentException("A provider's address names a host, as in https://host/path");
        }
        if (baseUrl.getRawUserInfo() != null || baseUrl.getRawQuery() != null || baseUrl.getRawFragment() != null) {
            throw new IllegalArgumentException("A provider's address holds no user, no query and no fragment");
        }
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        return new HttpConnectOptions()
                .setHost(bracketed ? host.substring(1, host.length() - 1) : host)
                .setPort(baseUrl.getPort() >= 0 ? baseUrl.getPort() : tls ? 443 : 80)
                .setSsl(tls);
    }

    /** Returns how failures of this provider are told. */
    public UpstreamFailures failures() {
        return failures;
    }

    /** Returns the number of open connections. */
    public int connections() {
        return connections.get();
    }

    /**
     * Sends a request and waits for the whole reply.
     *
     * @throws ProviderException if no reply came, or one with another status than 2xx
     */
    public UpstreamReply exchange(UpstreamRequest request, CallContext context) throws ProviderException {
        UpstreamCall call = begin(request, false, context, UpstreamCall.DONE);
        refuseFailure(call);
        return new UpstreamReply(call.status(), call.headers(), call.body());
    }

    /**
     * Sends a request and waits for the head of the reply, whose body is a stream.
     *
     * @throws ProviderException if no reply came, or one with another status than 2xx
     */
    public UpstreamStream stream(UpstreamRequest request, CallContext context) throws ProviderException {
        UpstreamCall call = begin(request, true, context, UpstreamCall.HEAD);
        if (call.isDone()) {
            refuseFailure(call);
        }
        return new UpstreamStream(call, failures);
    }

    private UpstreamCall begin(UpstreamRequest request, boolean streamed, CallContext context, int wanted)
            throws ProviderException {
        if (Context.isOnEventLoopThread()) {
            throw new IllegalStateException("A provider is never called on an event loop");
        }
        if (closed || http.isClosed()) {
            throw failures.unsent(new IllegalStateException("The provider was closed"));
        }
        UpstreamRequest complete = basePath.isEmpty()
                ? request
                : new UpstreamRequest(basePath + request.path(), request.headers(), request.body());
        UpstreamCall call = new UpstreamCall(pool(), TARGET, complete, streamed, limits, context);
        try {
            call.start(wanted);
            return call;
        } catch (InterruptedException cancelled) {
            Thread.currentThread().interrupt();
            throw failures.transport(cancelled, false);
        }
    }

    private void refuseFailure(UpstreamCall call) throws ProviderException {
        int status = call.status();
        if (status != 0 && (status < 200 || status > 299)) {
            throw failures.status(status, call.headers(), call.body());
        }
        Throwable failure = call.failure();
        if (failure != null) {
            throw call.isSent() ? failures.transport(failure, status != 0) : failures.unsent(failure);
        }
    }

    private UpstreamPool pool() {
        UpstreamLoop loop = http.loop();
        EventLoop key = loop.context().nettyEventLoop();
        UpstreamPool known = pools.get(key);
        return known != null ? known : pools.computeIfAbsent(key, absent -> newPool(loop));
    }

    private UpstreamPool newPool(UpstreamLoop loop) {
        int share = Math.max(1, Math.ceilDiv(limits.connectionsMax(), UpstreamHttp.loopsExpected()));
        return new UpstreamPool(loop, http.connector(), address, share, connections);
    }

    /** Ends calls and closes connections. Idempotent. */
    @Override
    public void close() {
        closed = true;
        http.forget(this);
        pools.values().forEach(pool -> pool.loop().execute(ignored -> pool.close()));
    }
}
