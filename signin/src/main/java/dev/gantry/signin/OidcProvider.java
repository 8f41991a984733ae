package dev.gantry.signin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * One provider of OpenID Connect: authorization code with PKCE, device codes, and notices that somebody signed out there.
 * Thread-safe.
 */
final class OidcProvider {
    private static final Duration FRESH = Duration.ofHours(1);
    private static final Duration STALE = Duration.ofHours(24);
    private static final Duration PAUSE = Duration.ofSeconds(10);

    /** How old a notice may be, whatever end it names. */
    private static final Duration NOTICE = Duration.ofHours(1);

    private static final Set<String> ID_TOKEN = Set.of("jwt");
    private static final Set<String> LOGOUT_TOKEN = Set.of("jwt", "logout+jwt");
    private static final String LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout";
    private static final String DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

    private final AuthenticationSettings.OAuth2 settings;
    private final Fetcher fetcher;
    private final Clock clock;
    private final LongSupplier nanoTime;
    private final TokenVerifier verifier;
    private @Nullable ProviderDocument document;
    private long fetchedAtNanos;
    private long failedAtNanos;
    private @Nullable GantryException failure;

    OidcProvider(AuthenticationSettings.OAuth2 settings, Fetcher fetcher, Clock clock, LongSupplier nanoTime) {
        this.settings = settings;
        this.fetcher = fetcher;
        this.clock = clock;
        this.nanoTime = nanoTime;
        this.verifier = new TokenVerifier(
                settings.issuer().toString(),
                Set.of(settings.clientId()),
                Algorithm.named(settings.algorithms()),
                settings.clockSkew(),
                new SigningKeys(() -> document().keys(), fetcher, nanoTime),
                clock);
    }

    /** Somebody who signed in there, and what the provider gave for that. */
    record SignedIn(ProviderLogin login, ProviderTokens tokens) {}

    /**
     * What the provider gave for a session that it renews; the tokens before are spent.
     *
     * @param reply in which {@link #person(Renewed, String)} finds who it is by now
     */
    record Renewed(ProviderTokens tokens, ObjectNode reply) {}

    /**
     * A notice that somebody signed out there.
     *
     * @param session whose sessions are to end: those of one of the provider's sessions, or all of a subject
     * @param tokenId by which the notice counts once
     * @param expiresAt when it stops to count
     */
    record SignedOut(ProviderSession session, String tokenId, Instant expiresAt) {}

    AuthenticationSettings.OAuth2 settings() {
        return settings;
    }

    boolean isIssuer(String issuer) {
        return settings.issuer().toString().equals(issuer);
    }

    /** Returns what the provider says of itself, from memory for an hour, and for a day while it is away. */
    synchronized ProviderDocument document() {
        long now = nanoTime.getAsLong();
        ProviderDocument known = document;
        if (known != null && now - fetchedAtNanos < FRESH.toNanos()) {
            return known;
        }
        GantryException recent = failure;
        if (recent == null || now - failedAtNanos >= PAUSE.toNanos()) {
            try {
                String issuer = settings.issuer().toString();
                URI address = URI.create((issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer)
                        + "/.well-known/openid-configuration");
                document = ProviderDocument.parse(settings.issuer(), fetcher.get(address, null));
                fetchedAtNanos = now;
                failure = null;
                return document;
            } catch (GantryException away) {
                failedAtNanos = now;
                failure = away;
                recent = away;
            }
        }
        if (known != null && now - fetchedAtNanos < STALE.toNanos()) {
            return known;
        }
        throw new GantryException(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, String.valueOf(recent.getMessage()), recent);
    }

    /** Returns where a browser goes to sign in. */
    URI authorize(Attempt attempt, URI redirect) {
        Map<String, String> query = new LinkedHashMap<>();
        query.put("response_type", "code");
        query.put("client_id", settings.clientId());
        query.put("redirect_uri", redirect.toString());
        query.put("scope", String.join(" ", settings.scopes()));
        query.put("state", attempt.state());
        query.put("nonce", attempt.nonce());
        query.put("code_challenge", attempt.codeChallenge());
        query.put("code_challenge_method", "S256");
        settings.requiredAssurance().acrValues().ifPresent(values -> query.put("acr_values", values));
        if (attempt.fresh()) {
            query.put("prompt", "login");
            query.put("max_age", "0");
        }
        return withQuery(document().authorization(), query);
    }

    static URI withQuery(URI address, Map<String, String> query) {
        String text = query.entrySet().stream()
                .map(field -> field.getKey() + "=" + Fetcher.encode(field.getValue()))
                .collect(Collectors.joining("&"));
        return URI.create(address + (address.getRawQuery() == null ? "?" : "&") + text);
    }

    /**
     * Finds out who came back from the provider.
     *
     * @param answer the query's parameters
     */
    SignedIn finish(Attempt attempt, Map<String, String> answer, URI redirect) {
        String issuer = answer.get("iss");
        boolean otherIssuer = issuer == null
                ? document().namesIssuer()
                : !issuer.equals(settings.issuer().toString());
        String code = answer.get("code");
        if (otherIssuer || answer.containsKey("error") || code == null || code.length() > 4_096) {
            throw refused();
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "authorization_code");
        form.put("code", code);
        form.put("redirect_uri", redirect.toString());
        form.put("code_verifier", attempt.codeVerifier());
        Fetcher.Reply reply = token(form);
        SignedIn signedIn = signedIn(success(reply), attempt.nonce());
        if (attempt.fresh()) {
            requireProvenSince(
                    attempt.beganAt().minus(settings.clockSkew()),
                    signedIn.login().provenAt());
        }
        return signedIn;
    }

    private static void requireProvenSince(Instant begin, @Nullable Instant provenAt) {
        if (provenAt == null) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "The identity provider does not say when you proved who you are; an administrator has to let it send the"
                            + " claim auth_time");
        }
        if (provenAt.isBefore(begin)) {
            throw new GantryException(
                    ErrorCode.UNAUTHENTICATED,
                    "The identity provider did not ask you anew who you are; sign out there, and begin again");
        }
    }

    /** Asks the token endpoint, as this client. */
    private Fetcher.Reply token(Map<String, String> form) {
        String secret = settings.clientSecret().map(known -> known.reveal()).orElse(null);
        if (secret == null) {
            form.put("client_id", settings.clientId());
            return fetcher.post(document().token(), form, null);
        }
        String pair = Fetcher.encode(settings.clientId()) + ":" + Fetcher.encode(secret);
        return fetcher.post(
                document().token(),
                form,
                "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
    }

    private ObjectNode success(Fetcher.Reply reply) {
        if (reply.status() >= 500) {
            throw Fetcher.unavailable(settings.issuer(), "answers with status " + reply.status(), null);
        }
        if (reply.status() != 200) {
            throw refused();
        }
        return object(reply.body());
    }

    private SignedIn signedIn(ObjectNode reply, @Nullable String nonce) {
        String token = reply.path("id_token").textValue();
        if (token == null) {
            throw refused();
        }
        ObjectNode claims = verifier.verify(token, ID_TOKEN).json();
        String given = claims.path("nonce").textValue();
        boolean otherNonce = nonce != null && (given == null || !equal(nonce, given));
        String party = claims.path("azp").textValue();
        boolean otherParty = party == null ? claims.path("aud").size() > 1 : !party.equals(settings.clientId());
        if (otherNonce || otherParty || claims.has("events")) {
            throw refused();
        }
        Assurance assurance = Assurance.read(claims);
        settings.requiredAssurance().require(assurance);
        ExternalPerson person =
                person(claims).or(() -> fromUserInfo(claims, reply)).orElseThrow(OidcProvider::refused);
        String session = claims.path("sid").textValue();
        ProviderLogin login = new ProviderLogin(
                person,
                session == null || !isSessionName(session) ? null : session,
                TokenVerifier.time(claims, "auth_time"),
                assurance,
                null);
        return new SignedIn(login, tokens(token, reply, null));
    }

    private Optional<ExternalPerson> person(ObjectNode claims) {
        return ClaimsReader.person(
                settings.provider(),
                settings.issuer().toString(),
                claims,
                settings.users().mapping());
    }

    private ProviderTokens tokens(String idToken, ObjectNode reply, @Nullable String formerRefreshToken) {
        String given = reply.path("refresh_token").textValue();
        return ProviderTokens.of(idToken, given == null ? formerRefreshToken : given, settings.recheckInterval());
    }

    /**
     * Asks whether a session still holds.
     *
     * @return empty if the provider says that it does not
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if that cannot be told
     */
    Optional<Renewed> renew(ProviderTokens tokens, Secret refreshToken) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", "refresh_token");
        form.put("refresh_token", refreshToken.reveal());
        Fetcher.Reply answer = token(form);
        if (answer.status() == 400
                && object(answer.body()).path("error").asText("").equals("invalid_grant")) {
            return Optional.empty();
        }
        if (answer.status() != 200) {
            throw Fetcher.unavailable(settings.issuer(), "answers with status " + answer.status(), null);
        }
        ObjectNode reply = object(answer.body());
        String idToken = reply.path("id_token").textValue();
        String former = tokens.idToken() == null ? "" : tokens.idToken().reveal();
        return Optional.of(
                new Renewed(tokens(idToken == null ? former : idToken, reply, refreshToken.reveal()), reply));
    }

    /**
     * Returns who it is by now whose session was renewed; empty if the provider does not say all of that. Without an ID token
     * only what tells the groups, too, is an answer: many providers name these in ID tokens only.
     *
     * @param subject whose session it is
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if that cannot be told now,
     *     {@link ErrorCode#UNAUTHENTICATED} if they may not sign in any more, or the answer cannot be believed
     */
    Optional<ExternalPerson> person(Renewed renewed, String subject) {
        String idToken = renewed.reply().path("id_token").textValue();
        ObjectNode claims = idToken == null
                ? Json.object().put("sub", subject).put("iat", clock.instant().getEpochSecond())
                : verifier.verify(idToken, ID_TOKEN).json();
        if (!subject.equals(claims.path("sub").textValue())) {
            throw refused();
        }
        if (idToken == null) {
            return userInfo(claims, renewed.reply())
                    .filter(all ->
                            ClaimsReader.tellsGroups(all, settings.users().mapping()))
                    .flatMap(this::person);
        }
        return person(claims).or(() -> fromUserInfo(claims, renewed.reply()));
    }

    /** For providers whose tokens hold no more than a subject. */
    private Optional<ExternalPerson> fromUserInfo(ObjectNode claims, ObjectNode reply) {
        return userInfo(claims, reply).flatMap(this::person);
    }

    private Optional<ObjectNode> userInfo(ObjectNode claims, ObjectNode reply) {
        URI address = document().userInfo();
        String access = reply.path("access_token").textValue();
        if (address == null || access == null || !access.matches("[A-Za-z0-9._~+/=-]{1,16000}")) {
            return Optional.empty();
        }
        ObjectNode more = object(fetcher.get(address, access));
        if (!claims.path("sub").equals(more.path("sub"))) {
            throw refused();
        }
        ObjectNode all = more.deepCopy();
        all.setAll(claims);
        return Optional.of(all);
    }

    /**
     * Returns where a browser signs out of the provider; empty if it has no such place.
     *
     * @param idToken what says who signs out; null if it is not known any more
     */
    Optional<URI> endSession(@Nullable Secret idToken, URI returnTo) {
        URI address = document().endSession();
        if (address == null) {
            return Optional.empty();
        }
        Map<String, String> query = new LinkedHashMap<>();
        query.put("client_id", settings.clientId());
        query.put("post_logout_redirect_uri", returnTo.toString());
        if (idToken != null) {
            query.put("id_token_hint", idToken.reveal());
        }
        return Optional.of(withQuery(address, query));
    }

    /** Reads the provider's notice that somebody signed out (OpenID Connect Back-Channel Logout 1.0). */
    SignedOut signedOut(String token) {
        TokenVerifier.Claims verified = verifier.verify(token, LOGOUT_TOKEN);
        ObjectNode claims = verified.json();
        String session = claims.path("sid").textValue();
        String subject = claims.path("sub").textValue();
        String id = claims.path("jti").textValue();
        Instant issued = TokenVerifier.time(claims, "iat");
        boolean isNotice = claims.path("events").path(LOGOUT_EVENT).isObject() && !claims.has("nonce");
        boolean isNamed = (session != null && isSessionName(session)) || (session == null && subject != null);
        if (!isNotice
                || !isNamed
                || id == null
                || issued == null
                || !clock.instant().minus(NOTICE).isBefore(issued)) {
            throw TokenVerifier.refused();
        }
        Instant forgotten = issued.plus(NOTICE);
        return new SignedOut(
                new ProviderSession(settings.issuer().toString(), subject, session),
                id,
                verified.expiresAt().isBefore(forgotten) ? verified.expiresAt() : forgotten);
    }

    private static boolean isSessionName(String session) {
        return !session.isEmpty() && session.length() <= ProviderSession.SESSION_LENGTH_MAX;
    }

    /** Begins to sign in a program (RFC 8628); returns the provider's own reply, of which only known fields are kept. */
    DeviceCode beginDevice() {
        URI address = document().deviceAuthorization();
        if (address == null) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "Provider " + settings.provider() + " signs in no programs; use an API key instead");
        }
        Map<String, String> form = new LinkedHashMap<>();
        form.put("client_id", settings.clientId());
        form.put("scope", String.join(" ", settings.scopes()));
        settings.requiredAssurance().acrValues().ifPresent(values -> form.put("acr_values", values));
        settings.clientSecret().ifPresent(secret -> form.put("client_secret", secret.reveal()));
        ObjectNode reply = success(fetcher.post(address, form, null));
        return DeviceCode.read(settings.issuer(), reply);
    }

    /** What came of asking; nobody is signed in yet while it is null. */
    record Poll(@Nullable SignedIn signedIn, boolean isAskedTooOften) {}

    /** Asks whether the person has agreed by now. */
    Poll pollDevice(String deviceCode) {
        Map<String, String> form = new LinkedHashMap<>();
        form.put("grant_type", DEVICE_GRANT);
        form.put("device_code", deviceCode);
        Fetcher.Reply reply = token(form);
        if (reply.status() == 400) {
            String error = object(reply.body()).path("error").asText("");
            if (error.equals("authorization_pending") || error.equals("slow_down")) {
                return new Poll(null, error.equals("slow_down"));
            }
        }
        return new Poll(signedIn(success(reply), null), false);
    }

    private ObjectNode object(byte[] body) {
        try {
            if (Json.read(body) instanceof ObjectNode object) {
                return object;
            }
        } catch (GantryException malformed) {
            throw Fetcher.unavailable(settings.issuer(), "answers with something that is no JSON", malformed);
        }
        throw Fetcher.unavailable(settings.issuer(), "answers with something that is no JSON object", null);
    }

    private static boolean equal(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    private static GantryException refused() {
        return new GantryException(ErrorCode.UNAUTHENTICATED, "The identity provider did not sign you in; begin again");
    }
}
