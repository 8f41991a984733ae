package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.identity.Principal;
import dev.gantry.identity.PrincipalDetails;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.signin.Assurance;
import dev.gantry.signin.Client;
import dev.gantry.signin.DeviceCode;
import dev.gantry.signin.IssuedSession;
import dev.gantry.signin.Oidc;
import dev.gantry.signin.Session;
import dev.gantry.signin.SessionView;
import dev.gantry.signin.SignIn;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Operations on sessions: signing in and out, and what one is signed in with. */
final class SignInApi {
    private static final List<String[]> WAYS =
            List.of(new String[] {"password", "Password"}, new String[] {"passkey", "Passkey"}, new String[] {
                SignIn.API_KEY, "API key"
            });

    private final Identity identity;
    private final SignIn signIn;
    private final SamlWiring saml;
    private final SessionCookie cookie;

    SignInApi(Identity identity, SignIn signIn, SamlWiring saml, SessionCookie cookie) {
        this.saml = saml;
        this.identity = identity;
        this.signIn = signIn;
        this.cookie = cookie;
    }

    /** Returns what somebody may do who is not signed in. */
    Map<String, OpenHandler> openHandlers(OpenHandler withPassword) {
        return Map.of(
                "listSignInProviders",
                (inbound, request, entry) -> providers(),
                "createSignInSession",
                (inbound, request, entry) -> (request.fields().has("username") ? withPassword : withApiKey())
                        .handle(inbound, request, entry),
                "beginDeviceSignIn",
                this::beginDevice,
                "finishDeviceSignIn",
                this::pollDevice);
    }

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        handlers.put("getSignInSession", (caller, request) -> ApiReply.ok(view(session(request))));
        handlers.put("refreshSignInSession", this::refresh);
        handlers.put("deleteSignInSession", this::delete);
        handlers.put("listSignInSessions", this::list);
        handlers.put("endSignInSession", (caller, request) -> {
            signIn.sessions().endOwn(caller, request.id("session"));
            return ApiReply.noContent();
        });
        handlers.put("endOtherSignInSessions", (caller, request) -> {
            Session current = request.session();
            return end(request, caller.organization(), caller.principalId(), current == null ? null : current.id());
        });
        handlers.put("listUserSessions", (caller, request) -> {
            Principal principal = principal(caller, request);
            return ApiReply.page(
                    signIn.sessions().of(caller.organization(), principal.id()).stream()
                            .map(session -> view(session, null))
                            .toList(),
                    null);
        });
        handlers.put(
                "endUserSessions",
                (caller, request) -> end(
                        request,
                        caller.organization(),
                        identity.users()
                                .requireMayInterrupt(caller, request.path("principal"))
                                .id(),
                        null));
        return handlers;
    }

    private Principal principal(Caller caller, ApiRequest request) {
        return identity.users().show(caller, request.path("principal")).principal();
    }

    private ApiReply end(ApiRequest request, UUID organization, UUID principal, @Nullable UUID except) {
        int ended = signIn.sessions().endAll(organization, principal, except);
        request.note("sessions_ended", new AuditDetail.Count(ended));
        return ApiReply.ok(Json.object().put("ended", ended));
    }

    private ApiReply providers() {
        ObjectNode body = Json.object();
        ArrayNode providers = body.putArray("providers");
        for (String[] way : WAYS) {
            if (way[0].equals(SignIn.API_KEY) && !signIn.takesApiKeys()) {
                continue;
            }
            providers.addObject().put("id", way[0]).put("kind", way[0]).put("label", way[1]);
        }
        for (String name : signIn.oidc().names()) {
            providers
                    .addObject()
                    .put("id", name)
                    .put("kind", "oidc")
                    .put("label", signIn.oidc().label(name))
                    .put("start_url", OidcRoutes.start(name));
        }
        for (String name : saml.entries().keySet()) {
            providers
                    .addObject()
                    .put("id", name)
                    .put("kind", "saml")
                    .put("label", saml.label(name))
                    .put("start_url", SamlRoutes.start(name));
        }
        return ApiReply.ok(body);
    }

    private OpenHandler withApiKey() {
        return this::create;
    }

    /** For programs without a browser, such as the command line: the user signs in elsewhere and compares a code. */
    private ApiReply beginDevice(Inbound inbound, ApiRequest request, AuditEntry entry) {
        cookie.requirePrivateConnection(inbound);
        DeviceCode code = signIn.oidc().beginDevice(request.fields().requireText("provider"), client(inbound));
        return new ApiReply(
                201,
                Json.object()
                        .put("device_code", code.deviceCode())
                        .put("user_code", code.userCode())
                        .put("verification_uri", code.verificationUri().toString())
                        .put("expires_in", code.expiresInSeconds())
                        .put("interval", code.intervalSeconds()),
                Map.of());
    }

    private ApiReply pollDevice(Inbound inbound, ApiRequest request, AuditEntry entry) {
        cookie.requirePrivateConnection(inbound);
        Oidc.Agreement agreement = signIn.oidc()
                .pollDevice(
                        request.fields().requireText("provider"),
                        request.fields().requireText("device_code"),
                        client(inbound));
        IssuedSession issued = agreement.session();
        if (issued == null) {
            entry.about("auth.pending", "sessions", "login");
            return new ApiReply(
                    202, Json.object().put("pending", true).put("slow_down", agreement.isAskedTooOften()), Map.of());
        }
        entry.by(issued.session().caller());
        note(issued.session().assurance(), entry);
        return ApiReply.created(withToken(issued), "/api/v1/auth/session");
    }

    private ObjectNode withToken(IssuedSession issued) {
        return view(issued.session()).put("token", issued.token().reveal());
    }

    private ApiReply create(Inbound inbound, ApiRequest request, AuditEntry entry) {
        cookie.requireTrustedOrigin(inbound);
        cookie.requirePrivateConnection(inbound);
        String key = request.fields().requireText("api_key");
        IssuedSession issued = signIn.withApiKey(key, client(inbound));
        return opened(inbound, request, issued, entry);
    }

    /** Gives a session that was just opened to a browser, as a cookie, or to a program that asks for its token. */
    ApiReply opened(Inbound inbound, ApiRequest request, IssuedSession issued, AuditEntry entry) {
        entry.by(issued.session().caller());
        note(issued.session().assurance(), entry);
        if (Boolean.TRUE.equals(request.fields().bool("token"))) {
            return ApiReply.created(withToken(issued), "/api/v1/auth/session");
        }
        endFormer(inbound);
        return ApiReply.created(view(issued.session()), "/api/v1/auth/session")
                .withHeader("Set-Cookie", cookie.set(issued));
    }

    /** Whoever signs in again has no use for the session before. */
    private void endFormer(Inbound inbound) {
        try {
            Session former = cookie.session(inbound);
            if (former != null) {
                signIn.sessions().end(former);
            }
        } catch (GantryException endedAlready) {
            // Then there is none.
        }
    }

    private ApiReply refresh(Caller caller, ApiRequest request) {
        Session session = session(request);
        IssuedSession issued = signIn.sessions().replaceToken(session).orElse(null);
        if (issued == null) {
            return ApiReply.ok(view(session));
        }
        // To whoever came with a cookie the token is not shown, as scripts could read it.
        return request.headers().contains("Cookie")
                ? ApiReply.ok(view(issued.session())).withHeader("Set-Cookie", cookie.set(issued))
                : ApiReply.ok(withToken(issued));
    }

    private ApiReply delete(Caller caller, ApiRequest request) {
        signIn.sessions().end(session(request));
        return ApiReply.noContent().withHeader("Set-Cookie", cookie.clear());
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        Session current = request.session();
        List<ObjectNode> items = signIn.sessions().own(caller).stream()
                .map(session -> view(session, current == null ? null : current.id()))
                .toList();
        return ApiReply.page(items, null);
    }

    private static Session session(ApiRequest request) {
        Session session = request.session();
        if (session == null) {
            throw new GantryException(
                    ErrorCode.NOT_FOUND,
                    "This request came with an API key or a token of another issuer, not with a session");
        }
        return session;
    }

    static Client client(Inbound inbound) {
        return new Client(inbound.address(), inbound.headers().get("User-Agent"));
    }

    private ObjectNode view(Session session) {
        Caller caller = session.caller();
        PrincipalDetails details =
                identity.users().show(caller, caller.principalId().toString());
        Principal principal = details.principal();
        ObjectNode body = Json.object();
        body.putObject("user")
                .put("id", principal.id().toString())
                .put("name", principal.name())
                .put("display_name", principal.displayName())
                .put("kind", principal.kind().name().toLowerCase(Locale.ROOT));
        body.put("organization", identity.organizationName(caller.organization()));
        texts(body.putArray("teams"), caller.teams());
        texts(body.putArray("roles"), details.roles());
        texts(body.putArray("permissions"), permissions(caller));
        put(body, session.assurance());
        return body.put("csrf_token", session.csrfToken())
                .put("id", session.id().toString())
                .put("created_at", session.createdAt().toString())
                .put(
                        "proven_at",
                        session.provenAt() == null ? null : session.provenAt().toString())
                .put("expires_at", session.expiresAt().toString())
                .put("idle_expires_at", session.idleExpiresAt().toString())
                .put("provider", session.provider());
    }

    /** Of rights that a key narrows, those patterns that are granted whole. */
    private static List<String> permissions(Caller caller) {
        return caller.rights().describe().stream()
                .flatMap(List::stream)
                .distinct()
                .filter(pattern -> caller.rights().cover(PermissionPattern.parse(pattern)))
                .sorted()
                .toList();
    }

    private static ObjectNode view(SessionView session, @Nullable UUID current) {
        ObjectNode body = Json.object()
                .put("id", session.id().toString())
                .put("provider", session.provider())
                .put("address", session.address())
                .put("user_agent", session.userAgent())
                .put("created_at", session.createdAt().toString())
                .put("seen_at", session.seenAt().toString())
                .put("idle_expires_at", session.idleExpiresAt().toString())
                .put("expires_at", session.expiresAt().toString())
                .put("current", session.id().equals(current));
        put(body, session.assurance());
        return body;
    }

    private static void put(ObjectNode body, Assurance assurance) {
        body.put("acr", assurance.acr());
        texts(body.putArray("amr"), assurance.amr());
    }

    /** Says in the audit log how strongly somebody proved who they are. */
    static void note(Assurance assurance, AuditEntry entry) {
        if (assurance.acr() != null) {
            entry.detail("acr", new AuditDetail.Text(assurance.acr()));
        }
        if (!assurance.amr().isEmpty()) {
            entry.detail("amr", new AuditDetail.Text(String.join(" ", assurance.amr())));
        }
    }

    private static void texts(ArrayNode array, List<String> texts) {
        texts.forEach(array::add);
    }
}
