package dev.gantry.server;

import dev.gantry.gateway.ErrorStatus;
import dev.gantry.identity.Proof;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.RequestContext;
import dev.gantry.provider.UpstreamHttp;
import dev.gantry.signin.ClientCertificates;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.net.SocketAddress;
import java.net.SocketException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sockets, bounds and threads: reads each request on its connection's event loop and hands it to a virtual thread of its
 * own, where everything else is plain blocking code.
 */
final class HttpEdge {
    private static final Logger LOG = LoggerFactory.getLogger(HttpEdge.class);
    private static final CharSequence X_REQUEST_ID = HttpHeaders.createOptimized("X-Request-Id");
    private static final CharSequence REQUEST_ID = HttpHeaders.createOptimized("Request-Id");

    /** Written with every reply, and so only once turned into bytes. */
    private static final List<Map.Entry<CharSequence, CharSequence>> SECURITY = List.of(
            header("X-Content-Type-Options", "nosniff"),
            header("Cache-Control", "no-store"),
            header("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            header("Referrer-Policy", "no-referrer"));

    private static final long DRAIN_MS = 2_000;
    private static final long POLL_MS = 20;
    private static final byte[] NO_BODY = {};

    /** In the words of Vert.x: any free port, but the same one for every listener of a deployment. */
    private static final int SHARED_FREE_PORT = -1;

    private final Vertx vertx;
    private final ServerSettings settings;
    private final Routes routes;
    private final int inFlightMax;
    private final boolean tracing;
    private final String apiKeyHeader;
    private final Origins origins;
    private final Cors cors;
    private final TrustedProxies proxies;
    private final Optional<ClientCertificates> clients;
    private final BodyBudget bodyBudget;
    private final AtomicInteger inFlight = new AtomicInteger();
    private final Optional<TlsFiles> tls;
    private volatile boolean stopping;
    private volatile int port;

    HttpEdge(
            Vertx vertx,
            ServerSettings settings,
            Routes routes,
            int inFlightMax,
            boolean tracing,
            String apiKeyHeader,
            Optional<ClientCertificates> clients) {
        this.vertx = vertx;
        this.settings = settings;
        this.routes = routes;
        this.inFlightMax = inFlightMax;
        this.tracing = tracing;
        this.apiKeyHeader = apiKeyHeader;
        this.origins = Origins.of(settings);
        this.cors = new Cors(origins, apiKeyHeader);
        this.proxies = settings.proxies();
        this.port = settings.port();
        this.clients = clients;
        this.tls = settings.tls().map(files -> new TlsFiles(files, clients));
        this.bodyBudget = BodyBudget.ofHeap(settings.bodySizeMax().bytes());
    }

    /**
     * Listens.
     *
     * @return the port
     * @throws GantryException if the port is taken or the certificate cannot be used
     */
    int start() {
        try {
            int listeners = Runtime.getRuntime().availableProcessors();
            Future<String> all = vertx.deployVerticle(Listener::new, new DeploymentOptions().setInstances(listeners));
            all.toCompletionStage().toCompletableFuture().get(30, TimeUnit.SECONDS);
            return port;
        } catch (Exception failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            if (cause instanceof GantryException known) {
                throw known;
            }
            if (tls.isPresent() && !(cause instanceof SocketException)) {
                throw new GantryException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "The certificate and the key of server.tls cannot be used: " + cause.getMessage()
                                + "; both must be PEM, the key that of the first certificate",
                        cause);
            }
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "Cannot listen on " + settings.host() + ":" + settings.port() + ": " + reason(cause)
                            + "; choose another port with --port or server.port",
                    cause);
        }
    }

    /** Netty puts the name and the number of the system call before what a person understands. */
    private static String reason(Throwable failure) {
        String message = String.valueOf(failure.getMessage());
        return message.contains("Address already in use") ? "another process listens there" : message;
    }

    /** Refuses new requests and waits, within a bound, until those in flight are answered. */
    void stop() throws InterruptedException {
        stopping = true;
        awaitIdle(settings.shutdownTimeout());
    }

    /** Waits, within a bound, until no request is in flight. */
    void awaitIdle(Duration timeout) throws InterruptedException {
        long deadline = System.nanoTime() + timeout.toNanos();
        while (inFlight.get() > 0 && System.nanoTime() < deadline) {
            TimeUnit.MILLISECONDS.sleep(POLL_MS);
        }
        if (inFlight.get() > 0) {
            LOG.warn("{} requests were still in flight after {}", inFlight.get(), timeout);
        }
    }

    /** Returns how many requests are being served. */
    int inFlight() {
        return inFlight.get();
    }

    /** Follows the files of the certificate, when there are such; a renewed one is used without a restart. */
    Optional<TlsFiles> tls() {
        return tls;
    }

    private HttpServerOptions options() {
        HttpServerOptions options = new HttpServerOptions()
                .setHost(settings.host())
                .setPort(settings.port() == 0 ? SHARED_FREE_PORT : settings.port())
                .setTcpNoDelay(true)
                .setTcpKeepAlive(true)
                .setMaxHeaderSize((int) settings.headerSizeMax().bytes())
                .setMaxInitialLineLength(8 * 1024)
                .setHandle100ContinueAutomatically(true)
                .setHttp2ClearTextEnabled(false)
                .setUseAlpn(false)
                .setCompressionSupported(false)
                // No endpoint is a web socket; their handlers would see every message.
                .setPerFrameWebSocketCompressionSupported(false)
                .setPerMessageWebSocketCompressionSupported(false)
                .setAcceptBacklog(4_096);
        tls.ifPresent(files -> files.configure(options));
        return options;
    }

    /** Returns what a new connection proves about its client; null when it proves nothing. */
    private @Nullable Proof proof(HttpConnection connection) {
        SSLSession session = clients.isPresent() ? connection.sslSession() : null;
        if (session == null) {
            return null;
        }
        try {
            List<X509Certificate> chain = new ArrayList<>();
            for (Certificate certificate : session.getPeerCertificates()) {
                chain.add((X509Certificate) certificate);
            }
            return chain.isEmpty() ? null : clients.get().proof(chain);
        } catch (SSLPeerUnverifiedException withoutCertificate) {
            return null;
        }
    }

    /** One event loop's share of the connections. */
    private final class Listener extends VerticleBase {
        @Override
        public Future<?> start() {
            Connections watch = new Connections(vertx, settings);
            HttpServerOptions options = options();
            HttpServer server = vertx.createHttpServer(options);
            tls.ifPresent(files -> files.follow(server));
            server.connectionHandler(connection -> {
                StrictRequestDecoder.install(connection, options);
                watch.opened(connection, proof(connection));
            });
            server.invalidRequestHandler(HttpEdge.this::refuseMalformed);
            server.requestHandler(request -> accept(context, watch, request));
            return server.listen().onSuccess(listening -> port = listening.actualPort());
        }
    }

    /** A request whose head has arrived. */
    private record Arrival(
            Context context,
            HttpServerRequest request,
            HttpExchange exchange,
            String requestId,
            BodyBudget.Share share,
            @Nullable Proof proof) {}

    private void accept(Context context, Connections connections, HttpServerRequest request) {
        String requestId = Trace.requestId(request.getHeader("X-Request-Id"));
        Proof shown = connections.proof(request.connection());
        GantryException unproven = clients.map(ClientCertificates::required).orElse(false) ? unproven(shown) : null;
        if (unproven != null) {
            refuseAndClose(request, requestId, ErrorStatus.of(unproven.code()), unproven);
            return;
        }
        // A browser shows its certificate whichever page sends it here: only our own pages may speak for its owner.
        Proof proof = shown == null || origins.trusts(request.headers()) ? shown : shown.withoutCaller();
        Arrival arrival =
                new Arrival(context, request, new HttpExchange(request), requestId, bodyBudget.share(), proof);
        secureHeaders(request.response(), requestId);
        if (request.path() != null && request.path().startsWith("/v1/messages")) {
            request.response().putHeader("request-id", requestId);
        }
        connections.requestBegins(request.connection());
        request.response().endHandler(end -> {
            connections.requestEnds(request.connection());
            if (!request.isEnded()) {
                vertx.setTimer(DRAIN_MS, late -> request.connection().close());
            }
        });
        if (cors.answers(request, request.response())) {
            request.resume();
            request.response().setStatusCode(204).end();
            return;
        }
        GantryException refusal = refusal(inFlight.incrementAndGet());
        if (refusal != null) {
            request.resume();
            hand(arrival, NO_BODY, refusal);
            return;
        }
        BodyCollector body = BodyCollector.collect(
                request,
                settings.bodySizeMax().bytes(),
                arrival.share(),
                (bytes, failure) -> hand(arrival, bytes, failure));
        connections.bodyBegins(request.connection(), body);
    }

    /** Returns why a connection that must prove something does not, or not any more; null if it does. */
    private static @Nullable GantryException unproven(@Nullable Proof shown) {
        if (shown == null) {
            return new GantryException(ErrorCode.UNAUTHENTICATED, "A client certificate is needed");
        }
        try {
            shown.require();
            return null;
        } catch (GantryException refusal) {
            return refusal;
        }
    }

    private @Nullable GantryException refusal(int now) {
        if (stopping) {
            return new GantryException(ErrorCode.SHUTTING_DOWN, "This node is stopping; send the request again");
        }
        return now > inFlightMax
                ? new GantryException(ErrorCode.OVERLOADED, "This node serves " + inFlightMax + " requests already")
                : null;
    }

    private void hand(Arrival arrival, byte[] body, @Nullable GantryException failure) {
        HttpServerRequest request = arrival.request();
        if (failure != null && !request.isEnded()) {
            request.response().putHeader("Connection", "close");
        }
        Trace trace = Trace.of(request.getHeader("traceparent"), tracing);
        SocketAddress remote = request.remoteAddress();
        Inbound inbound = new Inbound(
                request.method().name(),
                request.path() == null ? "" : request.path(),
                request.query(),
                request.headers(),
                body,
                failure,
                remote == null || remote.hostAddress() == null
                        ? "unknown"
                        : proxies.client(remote.hostAddress(), request.headers()),
                arrival.requestId(),
                trace,
                tracing,
                apiKeyHeader,
                System.nanoTime(),
                arrival.exchange(),
                arrival.proof());
        InboundHandler handler = routes.find(inbound.method(), inbound.path());
        RequestContext requestContext = new RequestContext(arrival.requestId(), trace.traceId(), trace.spanId());
        Thread.startVirtualThread(() -> ScopedValue.where(RequestContext.CURRENT, requestContext)
                .where(UpstreamHttp.CLIENT_CONTEXT, arrival.context())
                .run(() -> serve(handler, inbound, arrival.share())));
    }

    private void serve(InboundHandler handler, Inbound inbound, BodyBudget.Share share) {
        try {
            handler.serve(inbound);
        } catch (Throwable crash) {
            LOG.error("Request {} crashed outside of its pipeline", inbound.requestId(), crash);
            inbound.exchange().abort();
        } finally {
            share.release();
            inFlight.decrementAndGet();
        }
    }

    /** What could not be parsed as HTTP: nothing of it can be trusted, so the connection ends. */
    private void refuseMalformed(HttpServerRequest request) {
        Throwable cause = request.decoderResult().cause();
        boolean large = cause != null && cause.getClass().getSimpleName().startsWith("TooLong");
        GantryException problem = large
                ? new GantryException(ErrorCode.REQUEST_TOO_LARGE, "The request line or the headers are too large")
                : new GantryException(ErrorCode.INVALID_REQUEST, StrictRequestDecoder.reason(request));
        refuseAndClose(request, Trace.requestId(null), large ? 431 : 400, problem);
    }

    private void refuseAndClose(HttpServerRequest request, String requestId, int status, GantryException problem) {
        HttpServerResponse response = request.response();
        secureHeaders(response, requestId);
        response.setStatusCode(status)
                .putHeader("Content-Type", Problems.MEDIA_TYPE)
                .putHeader("Connection", "close")
                .end(Problems.document(problem, requestId))
                .onComplete(sent -> request.connection().close());
    }

    private static Map.Entry<CharSequence, CharSequence> header(String name, String value) {
        return Map.entry(HttpHeaders.createOptimized(name), HttpHeaders.createOptimized(value));
    }

    private void secureHeaders(HttpServerResponse response, String requestId) {
        response.putHeader(X_REQUEST_ID, requestId);
        // Where Anthropic's clients look for it.
        response.putHeader(REQUEST_ID, requestId);
        SECURITY.forEach(header -> response.putHeader(header.getKey(), header.getValue()));
        if (settings.tls().isPresent()) {
            response.putHeader("Strict-Transport-Security", "max-age=31536000");
        }
    }
}
