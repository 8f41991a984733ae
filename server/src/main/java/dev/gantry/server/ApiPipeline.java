package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.LiveRequests;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ClientStream;
import dev.gantry.quota.Admittance;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves {@code /api}: finds the operation, authenticates, checks its permission, validates, lets the handler act, and
 * closes the audit entry before the caller learns of it. Thread-safe.
 */
final class ApiPipeline implements InboundHandler {
    private static final Logger LOG = LoggerFactory.getLogger(ApiPipeline.class);

    private final List<ApiOperation> operations;
    private final Map<String, ApiHandler> handlers;
    private final Map<String, OpenHandler> open;
    private final Map<String, InboundHandler> gated;
    private final RequestValidator validator;
    private final Identity identity;
    private final LiveRequests live;
    private final SignIn signIn;
    private final SessionCookie cookie;
    private final PlatformRights platform;
    private final RateAdmission limits;
    private final AuditTrail audit;
    private final Idempotency idempotency;
    private final Clock clock;
    private final Duration commitTimeout;

    /**
     * A pipeline over the document's operations.
     *
     * @param handlers by operation id
     * @param open what answers operations that are for anyone, by operation id
     * @param gated operations that go through the gateway's own pipeline instead
     */
    ApiPipeline(
            ApiDocument document,
            Map<String, ApiHandler> handlers,
            Map<String, OpenHandler> open,
            Map<String, InboundHandler> gated,
            Identity identity,
            LiveRequests live,
            SignIn signIn,
            SessionCookie cookie,
            PlatformRights platform,
            RateAdmission limits,
            AuditTrail audit,
            Idempotency idempotency,
            Clock clock,
            Duration commitTimeout) {
        this.operations = document.operations().stream()
                .sorted(Comparator.comparingInt(ApiOperation::literalSegments).reversed())
                .toList();
        this.handlers = Map.copyOf(handlers);
        this.open = Map.copyOf(open);
        this.gated = Map.copyOf(gated);
        this.validator = new RequestValidator(document);
        this.identity = identity;
        this.live = live;
        this.signIn = signIn;
        this.cookie = cookie;
        this.platform = platform;
        this.limits = limits;
        this.audit = audit;
        this.idempotency = idempotency;
        this.clock = clock;
        this.commitTimeout = commitTimeout;
        for (ApiOperation operation : operations) {
            boolean anyone = operation.access() instanceof ApiOperation.Access.Anyone;
            if (!(anyone ? open : handlers).containsKey(operation.id()) && !gated.containsKey(operation.id())) {
                throw new IllegalStateException("Nothing handles operation " + operation.id());
            }
        }
    }

    private record Match(ApiOperation operation, Map<String, String> path) {}

    @Override
    public void serve(Inbound inbound) {
        Match match = find(inbound.method(), inbound.path());
        InboundHandler gate = match == null ? null : gated.get(match.operation().id());
        String endpoint = match == null ? "/api" : match.operation().path();
        if (gate != null && isOurs(inbound, endpoint)) {
            gate.serve(inbound);
        } else if (gate == null) {
            serve(match, inbound, audit.open(inbound.origin(endpoint, clock)));
        }
    }

    /** Refuses what a page of another site has a browser send, before the gateway hears of it. */
    private boolean isOurs(Inbound inbound, String endpoint) {
        try {
            cookie.credentials(inbound);
            return true;
        } catch (GantryException refusal) {
            refuse(inbound, audit.open(inbound.origin(endpoint, clock)), refusal);
            return false;
        }
    }

    private void serve(@Nullable Match match, Inbound inbound, AuditEntry entry) {
        try {
            ApiReply reply = match == null ? unknown(inbound, entry) : act(match, inbound, entry);
            ApiReply.Stream stream = reply.stream();
            if (stream == null) {
                send(inbound.exchange(), reply);
            } else {
                stream(inbound, stream, inbound.exchange().openStream(reply.headers()));
            }
        } catch (GantryException refusal) {
            refuse(inbound, entry, refusal);
        } catch (Throwable crash) {
            refuse(inbound, entry, crashed(inbound, crash));
        }
    }

    /** Logs a defect and returns what the caller learns of it. */
    static GantryException crashed(Inbound inbound, Throwable crash) {
        LOG.error("Request {} crashed", inbound.requestId(), crash);
        return new GantryException(
                ErrorCode.INTERNAL,
                "Gantry failed on this request; report request id " + inbound.requestId() + " to your operator");
    }

    /** Queues the audit event of a refusal whose reply need not wait for it. */
    static void record(AuditEntry entry, GantryException refusal, Inbound inbound) {
        try {
            entry.refuse(refusal);
        } catch (GantryException full) {
            LOG.warn("The audit event of refused request {} could not be queued", inbound.requestId(), full);
        }
    }

    private ApiReply act(Match match, Inbound inbound, AuditEntry entry) {
        ApiOperation operation = match.operation();
        describe(entry, operation, match.path());
        if (operation.access() instanceof ApiOperation.Access.Anyone) {
            return actForAnyone(match, inbound, entry);
        }
        Credentials credentials = cookie.credentials(inbound);
        Caller caller = entry.by(identity.authenticate(credentials));
        switch (operation.access()) {
            case ApiOperation.Access.Needs needs -> caller.require(permission(needs, match.path()));
            case ApiOperation.Access.Platform needs ->
                platform.require(caller, Permission.of(needs.resource(), needs.action()));
            case ApiOperation.Access.Anyone _,
                    ApiOperation.Access.Authenticated _,
                    ApiOperation.Access.ByRegistry _ -> {}
        }
        Session session = signIn.session(credentials).orElse(null);
        ApiRequest request =
                validator.validate(operation, match.path(), inbound).with(session);
        ApiHandler handler = handlers.get(operation.id());
        if (handler == null) {
            throw new IllegalStateException("Nothing handles operation " + operation.id());
        }
        Supplier<ApiReply> act = () -> {
            ApiReply reply;
            try {
                reply = operation.method().equals("POST")
                        ? idempotency.once(caller, operation, request, () -> handler.handle(caller, request))
                        : handler.handle(caller, request);
            } finally {
                // Of what was refused, too, the log says what it was.
                request.notes().addTo(entry);
            }
            if (!operation.auditEvent().isEmpty()) {
                entry.succeed().await(commitTimeout);
            }
            return reply;
        };
        ApiReply reply = watched(
                operation.id().equals(LimitsApi.UNLIMITED_OPERATION) ? act.get() : limited(limits, caller, act),
                credentials,
                inbound);
        return session == null || !session.rightsChanged() ? reply : withFreshToken(reply, session, inbound);
    }

    /** What comes bit by bit ends when its reader may have no more of it. */
    private ApiReply watched(ApiReply reply, Credentials credentials, Inbound inbound) {
        ApiReply.Stream stream = reply.stream();
        // A page that follows something while nobody is at it keeps no session of a browser from ending.
        Credentials watching = inbound.credentials().presentedKey() == null
                ? new Credentials(credentials.presentedKey(), credentials.address(), credentials.proof(), true)
                : credentials;
        return stream == null
                ? reply
                : new ApiReply(reply.status(), null, reply.headers(), out -> {
                    try (LiveRequests.Live _ = live.watch(watching, inbound.exchange())) {
                        stream.writeTo(out);
                    }
                });
    }

    private ApiReply actForAnyone(Match match, Inbound inbound, AuditEntry entry) {
        ApiOperation operation = match.operation();
        OpenHandler handler = open.get(operation.id());
        if (handler == null) {
            throw new IllegalStateException("Nothing handles operation " + operation.id());
        }
        ApiRequest request = validator.validate(operation, match.path(), inbound);
        ApiReply reply = handler.handle(inbound, request, entry);
        if (!operation.auditEvent().isEmpty()) {
            request.notes().addTo(entry);
            entry.succeed().await(commitTimeout);
        }
        return reply;
    }

    /** A browser whose user may now do other things gets another token for its session. */
    private ApiReply withFreshToken(ApiReply reply, Session session, Inbound inbound) {
        if (cookie.session(inbound) == null || reply.headers().containsKey("Set-Cookie")) {
            return reply;
        }
        return signIn.sessions()
                .replaceToken(session)
                .map(fresh -> reply.withHeader("Set-Cookie", cookie.set(fresh)))
                .orElse(reply);
    }

    /** Acts within the caller's limits; the reply, whatever it is, says what is left of them. */
    static ApiReply limited(RateAdmission limits, Caller caller, Supplier<ApiReply> act) {
        Admittance admittance = limits.admit(caller);
        try {
            ApiReply reply = act.get();
            for (Map.Entry<String, String> header : admittance.headers().entrySet()) {
                reply = reply.withHeader(header.getKey(), header.getValue());
            }
            return reply;
        } catch (GantryException failure) {
            throw failure.withHeaders(admittance.headers());
        } finally {
            admittance.settle(0);
        }
    }

    private static void describe(AuditEntry entry, ApiOperation operation, Map<String, String> path) {
        String resource = operation.path().split("/", -1)[3];
        String name = path.isEmpty() ? "" : "/" + String.join("/", path.values());
        String event = operation.auditEvent();
        String verb = event.isEmpty() ? "read" : event.substring(event.lastIndexOf('.') + 1);
        entry.about(event.isEmpty() ? "request.refused" : event, resource + name, verb);
        entry.detail("operation", new AuditDetail.Text(operation.id()));
    }

    private static Permission permission(ApiOperation.Access.Needs needs, Map<String, String> path) {
        if (needs.nameParameter().isEmpty()) {
            return Permission.of(needs.resource(), needs.action());
        }
        return Permission.of(needs.resource(), needs.action(), path.getOrDefault(needs.nameParameter(), ""));
    }

    /** An unknown path tells a stranger nothing, not even that it is unknown. */
    private ApiReply unknown(Inbound inbound, AuditEntry entry) {
        entry.by(identity.authenticate(cookie.credentials(inbound)));
        boolean otherMethod = operations.stream().anyMatch(operation -> operation.match(inbound.path()) != null);
        throw otherMethod
                ? new GantryException(ErrorCode.METHOD_NOT_ALLOWED, inbound.method() + " is not possible here")
                : new GantryException(
                        ErrorCode.UNKNOWN_ENDPOINT, "There is no such path; GET /openapi.json lists what there is");
    }

    private @Nullable Match find(String method, String path) {
        for (ApiOperation operation : operations) {
            Map<String, String> values = operation.method().equals(method) ? operation.match(path) : null;
            if (values != null) {
                return new Match(operation, values);
            }
        }
        return null;
    }

    private void refuse(Inbound inbound, AuditEntry entry, GantryException refusal) {
        if (refusal.code().kind() == ErrorCode.Kind.INTERNAL && refusal.getCause() != null) {
            LOG.warn("Request {} failed: {}", inbound.requestId(), refusal.getMessage(), refusal.getCause());
        }
        try {
            entry.refuse(refusal).await(commitTimeout);
        } catch (GantryException notDurable) {
            LOG.warn("The audit event of refused request {} is not durable yet", inbound.requestId());
        }
        sendProblem(inbound, refusal);
    }

    static void sendProblem(Inbound inbound, GantryException problem) {
        Map<String, String> headers = errorHeaders(problem);
        if (problem.code() == ErrorCode.UNAUTHENTICATED) {
            headers.put("WWW-Authenticate", "Bearer realm=\"gantry\"");
        }
        inbound.exchange()
                .send(
                        ErrorStatus.of(problem.code()),
                        Problems.MEDIA_TYPE,
                        headers,
                        Problems.document(problem, inbound.requestId()));
    }

    /** Returns the headers that say when to come back, and why. */
    static Map<String, String> errorHeaders(GantryException problem) {
        Map<String, String> headers = new HashMap<>(problem.headers());
        problem.retryAfter()
                .ifPresent(wait ->
                        headers.put("Retry-After", Long.toString(Math.max(1, (wait.toMillis() + 999) / 1000))));
        return headers;
    }

    /** The status is sent by now: whatever fails can only break the connection off. */
    private static void stream(Inbound inbound, ApiReply.Stream stream, ClientStream client) {
        try (BlockingStream out = new BlockingStream(client)) {
            stream.writeTo(out);
            out.flush();
            inbound.exchange().endStream();
        } catch (IOException | RuntimeException failure) {
            GantryException cut = inbound.exchange().cutReason();
            if (cut == null) {
                LOG.warn("The reply to request {} was broken off", inbound.requestId(), failure);
            } else {
                LOG.info("The reply to request {} was broken off: {}", inbound.requestId(), cut.getMessage());
            }
            client.abort();
        }
    }

    static void send(Exchange exchange, ApiReply reply) {
        Buffer body = reply.body() == null ? Buffer.buffer() : Buffer.buffer(Json.write(reply.body()));
        exchange.send(reply.status(), "application/json", reply.headers(), body);
    }
}
