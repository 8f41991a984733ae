package dev.gantry.server;

import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.signin.ReturnPath;
import dev.gantry.signin.Session;
import dev.gantry.signin.SignIn;
import io.vertx.core.buffer.Buffer;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Answers browsers on their way to and from identity providers, and audits what they did. Thread-safe. */
record BrowserSteps(
        SignIn signIn, SessionCookie cookie, Origins origins, AuditTrail audit, Clock clock, Duration commitTimeout) {

    /**
     * What a browser gets: a page, or only headers.
     *
     * @param recorded whether the step is written down as a success; failures always are
     */
    record Reply(
            int status,
            Map<String, String> headers,
            @Nullable String page,
            boolean recorded) {
        /** Sends the browser elsewhere, with further headers. */
        static Reply redirect(Map<String, String> headers) {
            return new Reply(302, headers, null, true);
        }

        /** The same for a step that is none yet, or that strangers can take without end. */
        Reply unrecorded() {
            return new Reply(status, headers, page, false);
        }
    }

    /** Answers a browser, and says what it did. */
    @FunctionalInterface
    interface Step {
        Reply take(AuditEntry entry);
    }

    /** Takes a step, with these words about it for the audit log. */
    void answer(Inbound inbound, String endpoint, String event, String verb, Step step) {
        AuditEntry entry = audit.open(inbound.origin(endpoint, clock));
        entry.about(event, "sessions", verb);
        try {
            Reply reply = step.take(entry);
            if (reply.recorded()) {
                entry.succeed().await(commitTimeout);
            }
            send(inbound, reply);
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            refuse(inbound, refusal);
        } catch (Throwable crash) {
            GantryException failure = ApiPipeline.crashed(inbound, crash);
            ApiPipeline.record(entry, failure, inbound);
            refuse(inbound, failure);
        }
    }

    private static void send(Inbound inbound, Reply reply) {
        String page = reply.page();
        if (page == null) {
            inbound.exchange().sendEmpty(reply.status(), reply.headers());
        } else {
            inbound.exchange().send(reply.status(), "text/html; charset=utf-8", reply.headers(), Buffer.buffer(page));
        }
    }

    /** A person reads this, mostly in a browser. */
    private static void refuse(Inbound inbound, GantryException refusal) {
        Map<String, String> headers = ApiPipeline.errorHeaders(refusal);
        String accepted = inbound.headers().get("Accept");
        boolean page = accepted != null && accepted.contains("text/html");
        if (page) {
            headers.putAll(FailurePage.headers());
        }
        inbound.exchange()
                .send(
                        ErrorStatus.of(refusal.code()),
                        page ? "text/html; charset=utf-8" : "text/plain; charset=utf-8",
                        headers,
                        Buffer.buffer(
                                page
                                        ? FailurePage.page(refusal, inbound.requestId())
                                        : "Signing in or out failed: " + refusal.getMessage() + "\nRequest "
                                                + inbound.requestId() + "\n"));
    }

    /** Returns whether a page of another site, or none that is known, had a browser come here; old browsers do not say. */
    static boolean isFromElsewhere(Inbound inbound) {
        String site = inbound.headers().get("Sec-Fetch-Site");
        return site != null && !site.equals("same-origin") && !site.equals("none");
    }

    /**
     * Asks somebody who comes from elsewhere whether they want to sign in.
     *
     * @param asked what the browser asked for, of which only a path of this server is taken along
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is to return elsewhere
     */
    static Reply askFirst(String label, String start, Map<String, String> asked) {
        Map<String, String> kept = new HashMap<>(Map.of("return_to", ReturnPath.check(asked.get("return_to"))));
        if (isFresh(asked)) {
            kept.put("fresh", "true");
        }
        return new Reply(200, FailurePage.headers(), BeginPage.page(label, start, kept), false);
    }

    /** Returns whether somebody asks to prove anew who they are, as what lasts takes. */
    static boolean isFresh(Map<String, String> parameters) {
        return "true".equals(parameters.get("fresh"));
    }

    /** Ends the session that a browser had before it signed in again. */
    void endFormer(Inbound inbound) {
        Session former = current(inbound);
        if (former != null) {
            signIn.sessions().end(former);
        }
    }

    /** Returns the session of a browser; null if it has none. */
    @Nullable
    Session current(Inbound inbound) {
        try {
            return cookie.session(inbound);
        } catch (GantryException ended) {
            return null;
        }
    }

    /** Returns the parameters of a query or form; of one that is given twice none, as nobody can say which is meant. */
    static Map<String, String> parameters(@Nullable String text) {
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
