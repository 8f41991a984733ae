package dev.gantry.server;

import dev.gantry.identity.Credentials;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.IssuedSession;
import dev.gantry.signin.Session;
import dev.gantry.signin.Sessions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a browser keeps a session: in a cookie that scripts cannot read, that other sites' pages cannot have sent along with a
 * change, and that crosses no network in the clear. Only {@code /api} and the pages of signing in read it, never
 * {@code /v1}. Thread-safe.
 */
final class SessionCookie {
    static final String CSRF_HEADER = "X-CSRF-Token";

    private static final String NAME = "gantry_session";

    /** Browsers take a cookie of such a name only by TLS, for this host alone, and from no other path. */
    private static final String HOST_NAME = "__Host-" + NAME;

    private static final String ATTRIBUTES = "; Path=/; HttpOnly; SameSite=Lax";

    private final Sessions sessions;
    private final Origins origins;
    private final Clock clock;

    SessionCookie(Sessions sessions, Origins origins, Clock clock) {
        this.sessions = sessions;
        this.origins = origins;
        this.clock = clock;
    }

    /**
     * Returns what a request to {@code /api} presents: a key or token in a header, or else the session of its cookie.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if the cookie's session has ended,
     *     {@link ErrorCode#CROSS_SITE_REQUEST} if the request changes something and the page that sent it is not known to
     *     be ours
     */
    Credentials credentials(Inbound inbound) {
        Credentials presented = inbound.credentials();
        if (presented.presentedKey() != null) {
            return presented;
        }
        String token = token(inbound);
        if (token == null) {
            return presented;
        }
        if (!isSafe(inbound.method())) {
            requireOurs(inbound, sessions.use(token));
        }
        return presented.withKey(token);
    }

    /** Returns the session of the cookie; null if the request came with a key or without a cookie. */
    @Nullable
    Session session(Inbound inbound) {
        Credentials presented = inbound.credentials();
        String token = presented.presentedKey() == null ? token(inbound) : null;
        return token == null ? null : sessions.use(token, presented.unattended());
    }

    private static boolean isSafe(String method) {
        return method.equals("GET") || method.equals("HEAD");
    }

    private void requireOurs(Inbound inbound, Session session) {
        String given = inbound.headers().get(CSRF_HEADER);
        boolean right = given != null
                && MessageDigest.isEqual(
                        given.getBytes(StandardCharsets.UTF_8),
                        session.csrfToken().getBytes(StandardCharsets.UTF_8));
        if (!right) {
            throw new GantryException(
                    ErrorCode.CROSS_SITE_REQUEST,
                    "A change with a browser's session needs the header " + CSRF_HEADER
                            + " with the csrf_token of GET /api/v1/auth/session");
        }
        requireTrustedOrigin(inbound);
    }

    /**
     * Insists that no page of another site sent a request.
     *
     * @throws GantryException {@link ErrorCode#CROSS_SITE_REQUEST}
     */
    void requireTrustedOrigin(Inbound inbound) {
        if (!origins.trusts(inbound)) {
            throw new GantryException(
                    ErrorCode.CROSS_SITE_REQUEST,
                    "A page of another site sent this; list its origin in server.allowed_origins if it may");
        }
    }

    /**
     * Insists that a password, a cookie or a token would not cross a network in the clear.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}
     */
    void requirePrivateConnection(Inbound inbound) {
        if (!origins.secure() && !Origins.isLocal(inbound)) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "One signs in by https only, but for those on this machine: set server.tls, or"
                            + " server.public_url to the https address in front of this server");
        }
    }

    /** Returns the header that gives a browser its session. */
    String set(IssuedSession issued) {
        long seconds =
                Duration.between(clock.instant(), issued.session().expiresAt()).toSeconds();
        return name() + "=" + issued.token().reveal() + ATTRIBUTES + secure() + "; Max-Age=" + Math.max(1, seconds);
    }

    /** Returns the header that takes the session from a browser. */
    String clear() {
        return name() + "=" + ATTRIBUTES + secure() + "; Max-Age=0";
    }

    /** Returns the header that lets a browser keep an attempt to sign in elsewhere. */
    String setAttempt(String value, Duration age) {
        return attemptName() + "=" + value + ATTRIBUTES + secure() + "; Max-Age=" + age.toSeconds();
    }

    /** Returns the attempt that a browser kept; null if there is none, or several that differ. */
    @Nullable
    String attempt(Inbound inbound) {
        return value(inbound, attemptName());
    }

    /**
     * Returns the header that lets a browser keep an attempt whose answer the provider's own page sends here, as SAML does.
     * Other sites' pages can have it sent along; the answer must name the attempt anyway. Browsers take it from this machine
     * without TLS, too.
     */
    String setCrossSiteAttempt(String value, Duration age) {
        return crossSiteAttemptName() + "=" + value + "; Path=/; HttpOnly; SameSite=None; Secure; Max-Age="
                + age.toSeconds();
    }

    /** Returns the attempt that a browser kept; null if there is none, or several that differ. */
    @Nullable
    String crossSiteAttempt(Inbound inbound) {
        return value(inbound, crossSiteAttemptName());
    }

    private String crossSiteAttemptName() {
        return origins.secure() ? "__Host-gantry_saml" : "gantry_saml";
    }

    private String attemptName() {
        return origins.secure() ? "__Host-gantry_attempt" : "gantry_attempt";
    }

    private String name() {
        return origins.secure() ? HOST_NAME : NAME;
    }

    private String secure() {
        return origins.secure() ? "; Secure" : "";
    }

    /** Returns the cookie's value; null if there is none, or several that differ, of which one may be a stranger's. */
    private @Nullable String token(Inbound inbound) {
        return value(inbound, name());
    }

    private static @Nullable String value(Inbound inbound, String name) {
        String start = name + "=";
        String found = null;
        for (String header : inbound.headers().getAll("Cookie")) {
            for (String pair : header.split(";")) {
                String cookie = pair.strip();
                if (cookie.startsWith(start)) {
                    String value = cookie.substring(start.length());
                    if (found != null && !found.equals(value)) {
                        return null;
                    }
                    found = value;
                }
            }
        }
        return found == null || found.isEmpty() ? null : found;
    }
}
