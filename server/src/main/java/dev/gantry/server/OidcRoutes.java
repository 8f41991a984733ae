package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.Oidc;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where browsers begin and end signing in by OpenID Connect, and where providers say that somebody signed out. Thread-safe. */
final class OidcRoutes {
    private static final String LOGOUT = "/auth/logout";
    private static final int FORM_BYTES_MAX = 32 * 1024;
    private static final Duration ATTEMPT = Duration.ofMinutes(10);

    private final SignIn signIn;
    private final SessionCookie cookie;
    private final Origins origins;
    private final AuditTrail audit;
    private final Clock clock;
    private final Duration commitTimeout;

    OidcRoutes(
            SignIn signIn,
            SessionCookie cookie,
            Origins origins,
            AuditTrail audit,
            Clock clock,
            Duration commitTimeout) {
        this.signIn = signIn;
        this.cookie = cookie;
        this.origins = origins;
        this.audit = audit;
        this.clock = clock;
        this.commitTimeout = commitTimeout;
    }

    /** Answers a browser, and says what it did. */
    @FunctionalInterface
    private interface Step {
        Map<String, String> take(AuditEntry entry);
    }

    void on(Routes.Builder paths) {
        for (String provider : signIn.oidc().names()) {
            paths.on("GET", start(provider), inbound -> depart(inbound, provider))
                    .on("GET", base(provider) + "/callback", inbound -> arrive(inbound, provider))
                    .on("POST", base(provider) + "/backchannel-logout", inbound -> signedOut(inbound, provider));
        }
        paths.on("GET", LOGOUT, this::logout);
    }

    /** Returns where signing in by a provider begins. */
    static String start(String provider) {
        return base(provider) + "/start";
    }

    private static String base(String provider) {
        return "/auth/oidc/" + provider;
    }

    private URI redirect(Inbound inbound, String provider) {
        return URI.create(origins.base(inbound) + base(provider) + "/callback");
    }

    private void depart(Inbound inbound, String provider) {
        answer(inbound, "auth.begin", "begin", false, entry -> {
            cookie.requirePrivateConnection(inbound);
            Oidc.Departure departure = signIn.oidc()
                    .depart(provider, parameters(inbound.query()).get("return_to"), redirect(inbound, provider));
            return Map.of(
                    "Location", departure.location().toString(),
                    "Set-Cookie", cookie.setAttempt(departure.cookie(), ATTEMPT));
        });
    }

    private void arrive(Inbound inbound, String provider) {
        answer(inbound, "auth.login", "login", true, entry -> {
            entry.detail("provider", new AuditDetail.Text(provider));
            Oidc.Arrival arrival = signIn.oidc()
                    .arrive(
                            provider,
                            parameters(inbound.query()),
                            cookie.attempt(inbound),
                            redirect(inbound, provider),
                            SignInApi.client(inbound));
            entry.by(arrival.session().session().caller());
            endFormer(inbound);
            return Map.of("Location", arrival.returnTo(), "Set-Cookie", cookie.set(arrival.session()));
        });
    }

    private void endFormer(Inbound inbound) {
        Session former = current(inbound);
        if (former != null) {
            signIn.sessions().end(former);
        }
    }

    private @Nullable Session current(Inbound inbound) {
        try {
            return cookie.session(inbound);
        } catch (GantryException ended) {
            return null;
        }
    }

    /** Signs out here, and then at the provider. A page of another site cannot have a browser do it. */
    private void logout(Inbound inbound) {
        answer(inbound, "auth.logout", "logout", true, entry -> {
            String site = inbound.headers().get("Sec-Fetch-Site");
            if (site != null && !site.equals("same-origin") && !site.equals("none")) {
                throw new GantryException(ErrorCode.CROSS_SITE_REQUEST, "A page of another site sent this");
            }
            Session session = current(inbound);
            String location = "/console/";
            if (session != null) {
                entry.by(session.caller());
                signIn.sessions().end(session);
                location = elsewhere(inbound, session);
            }
            return Map.of("Location", location, "Set-Cookie", cookie.clear());
        });
    }

    private String elsewhere(Inbound inbound, Session session) {
        try {
            return signIn.oidc()
                    .endSession(session, URI.create(origins.base(inbound) + "/console/"))
                    .map(URI::toString)
                    .orElse("/console/");
        } catch (GantryException away) {
            return "/console/";
        }
    }

    private void signedOut(Inbound inbound, String provider) {
        AuditEntry entry = audit.open(inbound.origin("/auth/oidc", clock));
        entry.about("auth.logout", "sessions", "logout");
        entry.detail("provider", new AuditDetail.Text(provider));
        try {
            byte[] body = inbound.requireBody();
            if (body.length > FORM_BYTES_MAX) {
                throw new GantryException(ErrorCode.REQUEST_TOO_LARGE, "A notice of a provider is smaller");
            }
            String token = parameters(new String(body, StandardCharsets.UTF_8)).get("logout_token");
            int ended = token == null ? 0 : signIn.oidc().signedOut(provider, token);
            if (token == null) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "The form has no logout_token");
            }
            entry.detail("sessions_ended", new AuditDetail.Count(ended));
            entry.succeed().await(commitTimeout);
            inbound.exchange().sendEmpty(200, Map.of());
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            // The protocol knows 400 for a notice that is not believed.
            GantryException told = refusal.code() == ErrorCode.UNAUTHENTICATED
                    ? new GantryException(ErrorCode.INVALID_REQUEST, String.valueOf(refusal.getMessage()))
                    : refusal;
            ApiPipeline.sendProblem(inbound, told);
        } catch (RuntimeException crash) {
            ApiPipeline.sendProblem(inbound, ApiPipeline.crashed(inbound, crash));
        }
    }

    private void answer(Inbound inbound, String event, String verb, boolean audited, Step step) {
        AuditEntry entry = audit.open(inbound.origin("/auth/oidc", clock));
        entry.about(event, "sessions", verb);
        try {
            Map<String, String> headers = step.take(entry);
            if (audited) {
                entry.succeed().await(commitTimeout);
            }
            inbound.exchange().sendEmpty(302, headers);
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            refuse(inbound, refusal);
        } catch (RuntimeException crash) {
            refuse(inbound, ApiPipeline.crashed(inbound, crash));
        }
    }

    /** A person reads this, in a browser. */
    private static void refuse(Inbound inbound, GantryException refusal) {
        Map<String, String> headers = ApiPipeline.errorHeaders(refusal);
        inbound.exchange()
                .send(
                        ErrorStatus.of(refusal.code()),
                        "text/plain; charset=utf-8",
                        headers,
                        Buffer.buffer("Signing in or out failed: " + refusal.getMessage() + "\nRequest "
                                + inbound.requestId() + "\n"));
    }

    /** Returns the parameters of a query or form; of one that is given twice none, as nobody can say which is meant. */
    private static Map<String, String> parameters(@Nullable String text) {
        Map<String, String> values = new HashMap<>();
        Map<String, String> twice = new HashMap<>();
        for (String pair : text == null ? new String[0] : text.split("&", 100)) {
            int equals = pair.indexOf('=');
            if (equals > 0) {
                try {
                    String name = URLDecoder.decode(pair.substring(0, equals), StandardCharsets.UTF_8);
                    String value = URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8);
                    if (values.put(name, value) != null) {
                        twice.put(name, value);
                    }
                } catch (IllegalArgumentException malformed) {
                    // Names nothing.
                }
            }
        }
        values.keySet().removeAll(twice.keySet());
        return values;
    }
}
