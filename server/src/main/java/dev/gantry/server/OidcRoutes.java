package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.server.BrowserSteps.Reply;
import dev.gantry.signin.Oidc;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Where browsers begin and end signing in by OpenID Connect, and where providers say that somebody signed out. Thread-safe. */
final class OidcRoutes {
    private static final String LOGOUT = "/auth/logout";
    private static final int FORM_BYTES_MAX = 32 * 1024;
    private static final String ENDPOINT = "/auth/oidc";
    private static final Duration ATTEMPT = Duration.ofMinutes(10);

    private final BrowserSteps steps;
    private final SamlWiring saml;

    OidcRoutes(BrowserSteps steps, SamlWiring saml) {
        this.steps = steps;
        this.saml = saml;
    }

    private SignIn signIn() {
        return steps.signIn();
    }

    void on(Routes.Builder paths) {
        for (String provider : signIn().oidc().names()) {
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
        return URI.create(steps.origins().base(inbound) + base(provider) + "/callback");
    }

    private void depart(Inbound inbound, String provider) {
        steps.answer(inbound, ENDPOINT, "auth.begin", "begin", entry -> {
            steps.cookie().requirePrivateConnection(inbound);
            Map<String, String> asked = BrowserSteps.parameters(inbound.query());
            if (BrowserSteps.isFromElsewhere(inbound)) {
                return BrowserSteps.askFirst(signIn().oidc().label(provider), start(provider), asked);
            }
            Oidc.Departure departure = signIn().oidc()
                    .depart(provider, asked.get("return_to"), BrowserSteps.isFresh(asked), redirect(inbound, provider));
            return Reply.redirect(Map.of(
                            "Location", departure.location().toString(),
                            "Set-Cookie", steps.cookie().setAttempt(departure.cookie(), ATTEMPT)))
                    .unrecorded();
        });
    }

    private void arrive(Inbound inbound, String provider) {
        steps.answer(inbound, ENDPOINT, "auth.login", "login", entry -> {
            steps.cookie().requirePrivateConnection(inbound);
            entry.detail("provider", new AuditDetail.Text(provider));
            Oidc.Arrival arrival = signIn().oidc()
                    .arrive(
                            provider,
                            BrowserSteps.parameters(inbound.query()),
                            steps.cookie().attempt(inbound),
                            redirect(inbound, provider),
                            SignInApi.client(inbound));
            entry.by(arrival.session().session().caller());
            SignInApi.note(arrival.session().session().assurance(), entry);
            steps.endFormer(inbound);
            return Reply.redirect(Map.of(
                    "Location", arrival.returnTo(), "Set-Cookie", steps.cookie().set(arrival.session())));
        });
    }

    /** Signs out here, and then at the provider. A page of another site cannot have a browser do it. */
    private void logout(Inbound inbound) {
        steps.answer(inbound, ENDPOINT, "auth.logout", "logout", entry -> {
            if (BrowserSteps.isFromElsewhere(inbound)) {
                throw new GantryException(ErrorCode.CROSS_SITE_REQUEST, "A page of another site sent this");
            }
            Session session = present(inbound);
            String location = "/console/";
            if (session != null) {
                entry.by(session.caller());
                try {
                    location = elsewhere(inbound, session);
                } finally {
                    signIn().sessions().end(session);
                }
            }
            return Reply.redirect(
                    Map.of("Location", location, "Set-Cookie", steps.cookie().clear()));
        });
    }

    /** Returns null if nobody is signed in any more. That this cannot be told is a failure: the session would go on. */
    private @Nullable Session present(Inbound inbound) {
        try {
            return steps.cookie().session(inbound);
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                return null;
            }
            throw refusal;
        }
    }

    private String elsewhere(Inbound inbound, Session session) {
        try {
            String bySaml = saml.leave(session);
            if (bySaml != null) {
                return bySaml;
            }
            return signIn().oidc()
                    .endSession(session, URI.create(steps.origins().base(inbound) + "/console/"))
                    .map(URI::toString)
                    .orElse("/console/");
        } catch (GantryException away) {
            return "/console/";
        }
    }

    private void signedOut(Inbound inbound, String provider) {
        AuditEntry entry = steps.audit().open(inbound.origin(ENDPOINT, steps.clock()));
        entry.about("auth.logout", "sessions", "logout");
        entry.detail("provider", new AuditDetail.Text(provider));
        try {
            byte[] body = inbound.requireBody();
            if (body.length > FORM_BYTES_MAX) {
                throw new GantryException(ErrorCode.REQUEST_TOO_LARGE, "A notice of a provider is smaller");
            }
            String token = BrowserSteps.parameters(new String(body, StandardCharsets.UTF_8))
                    .get("logout_token");
            int ended = token == null ? 0 : signIn().oidc().signedOut(provider, token);
            if (token == null) {
                throw new GantryException(ErrorCode.INVALID_REQUEST, "The form has no logout_token");
            }
            entry.detail("sessions_ended", new AuditDetail.Count(ended));
            entry.succeed().await(steps.commitTimeout());
            inbound.exchange().sendEmpty(200, Map.of());
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            // The protocol knows 400 for a notice that is not believed.
            GantryException told = refusal.code() == ErrorCode.UNAUTHENTICATED
                    ? new GantryException(ErrorCode.INVALID_REQUEST, String.valueOf(refusal.getMessage()))
                    : refusal;
            ApiPipeline.sendProblem(inbound, told);
        } catch (Throwable crash) {
            GantryException failure = ApiPipeline.crashed(inbound, crash);
            ApiPipeline.record(entry, failure, inbound);
            ApiPipeline.sendProblem(inbound, failure);
        }
    }
}
