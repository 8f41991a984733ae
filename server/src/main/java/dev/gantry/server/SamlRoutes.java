package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.saml.FormPost;
import dev.gantry.saml.Saml;
import dev.gantry.saml.Vouched;
import dev.gantry.server.BrowserSteps.Reply;
import dev.gantry.signin.Assurance;
import dev.gantry.signin.IssuedSession;
import dev.gantry.signin.ProviderLogin;
import dev.gantry.signin.ProviderSession;
import dev.gantry.signin.ReturnPath;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import io.vertx.core.buffer.Buffer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Where browsers begin and end signing in by SAML, and where providers say that somebody signed out. Thread-safe. */
final class SamlRoutes {
    private static final String ENDPOINT = "/auth/saml";
    private static final Duration ATTEMPT = Duration.ofMinutes(10);

    /** Longer than a request to sign out counts. */
    private static final Duration LOGOUT = Duration.ofMinutes(30);

    /** Before the mark of the session that the browser had when it left. */
    private static final char FORMER = '~';

    private static final String ASSERTION = "saml assertion";
    private static final String NOTICE = "saml logout";

    private final SamlWiring wiring;
    private final BrowserSteps steps;

    SamlRoutes(SamlWiring wiring, BrowserSteps steps) {
        this.wiring = wiring;
        this.steps = steps;
    }

    void on(Routes.Builder paths) {
        for (String provider : wiring.entries().keySet()) {
            paths.on("GET", start(provider), inbound -> depart(inbound, provider))
                    .on("POST", base(provider) + "/acs", inbound -> arrive(inbound, provider))
                    .on("GET", base(provider) + "/logout", inbound -> logout(inbound, provider))
                    .on("POST", base(provider) + "/logout", inbound -> logout(inbound, provider))
                    .on("GET", base(provider) + "/metadata", inbound -> metadata(inbound, provider));
        }
    }

    /** Returns where signing in by a provider begins. */
    static String start(String provider) {
        return base(provider) + "/start";
    }

    private static String base(String provider) {
        return ENDPOINT + "/" + provider;
    }

    private URI here(Inbound inbound) {
        return URI.create(steps.origins().base(inbound));
    }

    private void metadata(Inbound inbound, String provider) {
        try {
            inbound.exchange()
                    .send(
                            200,
                            "application/samlmetadata+xml",
                            Map.of(),
                            Buffer.buffer(wiring.saml().metadata(provider, here(inbound))));
        } catch (GantryException refusal) {
            ApiPipeline.sendProblem(inbound, refusal);
        }
    }

    private void depart(Inbound inbound, String provider) {
        steps.answer(inbound, ENDPOINT, "auth.begin", "begin", entry -> {
            steps.cookie().requirePrivateConnection(inbound);
            Map<String, String> asked = BrowserSteps.parameters(inbound.query());
            if (BrowserSteps.isFromElsewhere(inbound)) {
                return BrowserSteps.askFirst(wiring.label(provider), start(provider), asked);
            }
            Saml.Departure departure = wiring.saml()
                    .depart(
                            provider,
                            ReturnPath.check(asked.get("return_to")),
                            BrowserSteps.isFresh(asked),
                            here(inbound));
            String kept = departure.cookie();
            // The session's cookie does not come back with the provider's page, so that its mark goes along.
            Session former = steps.current(inbound);
            String mark = former == null ? "" : former.mark();
            return reply(
                            departure,
                            kept == null ? null : steps.cookie().setCrossSiteAttempt(kept + FORMER + mark, ATTEMPT))
                    .unrecorded();
        });
    }

    private static Reply reply(Saml.Departure departure, @Nullable String cookie) {
        Map<String, String> headers = new HashMap<>(Map.of("Cache-Control", "no-store"));
        if (cookie != null) {
            headers.put("Set-Cookie", cookie);
        }
        FormPost form = departure.form();
        if (form == null) {
            headers.put("Location", String.valueOf(departure.location()));
            return Reply.redirect(headers);
        }
        headers.put(
                "Content-Security-Policy",
                "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; script-src 'sha256-"
                        + FailurePage.hash(FormPost.SCRIPT) + "'");
        return new Reply(200, headers, form.page(), true);
    }

    private static Map<String, String> form(Inbound inbound) {
        return BrowserSteps.parameters(new String(inbound.requireBody(), StandardCharsets.UTF_8));
    }

    private void arrive(Inbound inbound, String provider) {
        steps.answer(inbound, ENDPOINT, "auth.login", "login", entry -> {
            steps.cookie().requirePrivateConnection(inbound);
            entry.detail("provider", new AuditDetail.Text(provider));
            String cookie = steps.cookie().crossSiteAttempt(inbound);
            int end = cookie == null ? -1 : cookie.lastIndexOf(FORMER);
            if (cookie == null || end < 0) {
                return unasked(inbound, () -> arrive(inbound, provider, null, entry));
            }
            String kept = cookie.substring(0, end);
            steps.signIn().admit(inbound.address());
            try {
                Reply reply = arrive(inbound, provider, kept, entry);
                steps.signIn().sessions().endMarked(cookie.substring(end + 1));
                return reply;
            } catch (GantryException refusal) {
                if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                    steps.signIn().failed(inbound.address());
                }
                throw refusal;
            }
        });
    }

    /** Reads what belongs to no attempt, such as what a stranger's page makes a browser send. */
    private <T> T unasked(Inbound inbound, Supplier<T> step) {
        steps.signIn().admitUnasked(inbound.address());
        try {
            return step.get();
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                steps.signIn().failedUnasked(inbound.address());
            }
            throw refusal;
        }
    }

    private Reply arrive(Inbound inbound, String provider, @Nullable String kept, AuditEntry entry) {
        Map<String, String> form = form(inbound);
        String response = form.get("SAMLResponse");
        if (response == null) {
            throw new GantryException(ErrorCode.INVALID_REQUEST, "The form has no SAMLResponse");
        }
        Saml.Arrival arrival = wiring.saml().arrive(provider, response, form.get("RelayState"), kept, here(inbound));
        Vouched vouched = arrival.vouched();
        SignIn signIn = steps.signIn();
        if (!signIn.claim(ASSERTION, vouched.issuer() + " " + vouched.assertion(), vouched.assertionEndsAt())) {
            throw new GantryException(ErrorCode.UNAUTHENTICATED, "This answer was used before; begin again");
        }
        ProviderLogin login = new ProviderLogin(
                wiring.person(provider, vouched),
                vouched.session(),
                vouched.provenAt(),
                Assurance.of(vouched.context()),
                vouched.sessionEndsAt());
        IssuedSession issued = signIn.complete(login, wiring.entry(provider).users(), SignInApi.client(inbound));
        entry.by(issued.session().caller());
        SignInApi.note(issued.session().assurance(), entry);
        steps.endFormer(inbound);
        return Reply.redirect(Map.of(
                "Location",
                path(arrival.returnTo()),
                "Set-Cookie",
                steps.cookie().set(issued)));
    }

    /** What is no path on this server leads to the console, as everywhere else would be somebody's trap. */
    private static String path(@Nullable String returnTo) {
        try {
            return ReturnPath.check(returnTo);
        } catch (GantryException elsewhere) {
            return ReturnPath.check(null);
        }
    }

    private void logout(Inbound inbound, String provider) {
        steps.answer(inbound, ENDPOINT, "auth.logout", "logout", entry -> {
            entry.detail("provider", new AuditDetail.Text(provider));
            Saml.Logout logout = unasked(inbound, () -> read(inbound, provider));
            Saml.Ended ended = logout.ended();
            if (ended == null) {
                // The end of signing out from here.
                return Reply.redirect(Map.of("Location", "/console/")).unrecorded();
            }
            entry.detail("sessions_ended", new AuditDetail.Count(end(provider, ended)));
            Saml.Departure answer = logout.answer();
            return answer == null
                    ? Reply.redirect(Map.of("Location", "/console/"))
                    : reply(answer, steps.cookie().clear());
        });
    }

    private Saml.Logout read(Inbound inbound, String provider) {
        if (inbound.method().equals("GET")) {
            String query = inbound.query();
            return wiring.saml().logoutByAddress(provider, query == null ? "" : query, here(inbound));
        }
        Map<String, String> form = form(inbound);
        return wiring.saml().logoutByForm(provider, form.get("SAMLRequest"), form.get("RelayState"), here(inbound));
    }

    /** What comes again has been done, or is done now. */
    private int end(String provider, Saml.Ended ended) {
        SignIn signIn = steps.signIn();
        String notice = ended.issuer() + " " + ended.request();
        if (signIn.isClaimed(NOTICE, notice)) {
            return 0;
        }
        String issuer = wiring.issuer(provider, ended.issuer());
        int count = ended.sessions().isEmpty()
                ? signIn.end(new ProviderSession(issuer, ended.subject(), null))
                : ended.sessions().stream()
                        .mapToInt(session -> signIn.end(new ProviderSession(issuer, ended.subject(), session)))
                        .sum();
        signIn.claim(NOTICE, notice, steps.clock().instant().plus(LOGOUT));
        return count;
    }
}
