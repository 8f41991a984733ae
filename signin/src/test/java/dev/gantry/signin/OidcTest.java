package dev.gantry.signin;

import static dev.gantry.signin.TestingProvider.sign;
import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OidcTest {
    private static final URI REDIRECT = URI.create("http://127.0.0.1:7420/auth/oidc/company/callback");

    private static TestingProvider provider;
    private static TestingSignIn world;
    private static Oidc oidc;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        provider = TestingProvider.start();
        world = TestingSignIn.open(all(), directory);
        oidc = world.signIn().oidc();
    }

    @AfterAll
    static void close() {
        world.close();
        provider.close();
    }

    @BeforeEach
    void forgive() {
        provider.tokenStatus = 200;
        // Failures of the tests before count for a minute.
        world.pass(SignInThrottle.WINDOW);
    }

    private static AuthenticationSettings all() {
        MappingSettings byTenant = new MappingSettings(
                "email",
                Optional.empty(),
                "name",
                "groups",
                Optional.empty(),
                Optional.of("tenant"),
                Map.of(),
                Map.of(),
                List.of());
        return new AuthenticationSettings(
                List.of(
                        settings("company", Directory.defaults()),
                        settings("other", Directory.defaults()),
                        settings("strong", List.of("phr", "gold"), List.of("mfa", "hwk"), Directory.defaults()),
                        settings("tenants", new Directory("default", true, false, List.of(), byTenant))),
                SessionSettings.defaults());
    }

    private static AuthenticationSettings.OAuth2 settings(String name, Directory users) {
        return settings(name, List.of(), List.of(), users);
    }

    private static AuthenticationSettings.OAuth2 settings(
            String name, List<String> acr, List<String> amr, Directory users) {
        return new AuthenticationSettings.OAuth2(
                TestingProvider.CLIENT,
                URI.create(provider.issuer()),
                name,
                Optional.empty(),
                Optional.empty(),
                List.of("openid", "email"),
                List.of("RS256"),
                Duration.ofSeconds(60),
                Duration.ofMinutes(10),
                acr,
                amr,
                users);
    }

    /** A browser that has been sent to the provider. */
    private record Trip(String cookie, Map<String, String> query) {
        static Trip begin(String name) {
            Oidc.Departure departure = oidc.depart(name, "/console/keys?tab=1", false, REDIRECT);
            return new Trip(
                    departure.cookie(),
                    TestingProvider.form(departure.location().getRawQuery()));
        }

        Map<String, String> answer() {
            return new HashMap<>(Map.of("code", "code-1", "state", query.getOrDefault("state", "")));
        }

        ObjectNode claims() {
            return provider.claims(world.now()).put("nonce", query.get("nonce")).put("sid", "provider-session-1");
        }
    }

    private static void give(ObjectNode claims) {
        provider.tokenReply = new String(
                Json.write(Json.object().put("id_token", sign(claims)).put("access_token", "a-1")),
                StandardCharsets.UTF_8);
    }

    private static Oidc.Arrival arrive(Map<String, String> answer, @Nullable String cookie) {
        return oidc.arrive("company", answer, cookie, REDIRECT, CLIENT);
    }

    private static Oidc.Arrival signIn() {
        Trip trip = Trip.begin("company");
        give(trip.claims());
        return arrive(trip.answer(), trip.cookie());
    }

    private static void assertRefusedArrival(Map<String, String> answer, @Nullable String cookie) {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> arrive(answer, cookie));
    }

    @Test
    void shouldSignInByCodeWithProof() {
        Trip trip = Trip.begin("company");
        assertThat(trip.query())
                .containsEntry("response_type", "code")
                .containsEntry("client_id", "gantry")
                .containsEntry("redirect_uri", REDIRECT.toString())
                .containsEntry("code_challenge_method", "S256");
        give(trip.claims());
        Oidc.Arrival arrival = arrive(trip.answer(), trip.cookie());
        assertThat(arrival.returnTo()).isEqualTo("/console/keys?tab=1");
        Session session = world.sessions().use(arrival.session().token().reveal());
        assertThat(session.caller().principal()).isEqualTo("alice@example.com");
        assertThat(session.provider()).isEqualTo("company");
        String verifier = provider.tokenRequest.getOrDefault("code_verifier", "");
        assertThat(SessionToken.key(SessionToken.hash(verifier)))
                .isEqualTo(trip.query().get("code_challenge"));
    }

    @Test
    void shouldTakeAnAnswerOnceOnlyAndInItsBrowserOnly() {
        Trip trip = Trip.begin("company");
        give(trip.claims());
        assertRefusedArrival(trip.answer(), null);
        assertRefusedArrival(trip.answer(), Trip.begin("company").cookie());
        assertRefusedArrival(Map.of("code", "code-1"), trip.cookie());
        assertRefusedArrival(Map.of("code", "code-1", "state", "made-up"), trip.cookie());
        assertThat(arrive(trip.answer(), trip.cookie()).returnTo()).isNotEmpty();
        assertRefusedArrival(trip.answer(), trip.cookie());
    }

    @Test
    void shouldNotTakeAnAnswerThatComesLate() {
        Trip trip = Trip.begin("company");
        give(trip.claims());
        world.pass(Duration.ofMinutes(10));
        assertRefusedArrival(trip.answer(), trip.cookie());
    }

    @Test
    void shouldNotMixUpProviders() {
        Trip other = Trip.begin("other");
        give(other.claims());
        assertRefusedArrival(other.answer(), other.cookie());
        Trip trip = Trip.begin("company");
        give(trip.claims());
        Map<String, String> answer = trip.answer();
        answer.put("iss", "https://evil.example");
        assertRefusedArrival(answer, trip.cookie());
    }

    @Test
    void shouldRefuseTokensThatAreNotForThisAttempt() {
        for (String nonce : List.of("", "another")) {
            Trip trip = Trip.begin("company");
            give(trip.claims().put("nonce", nonce));
            assertRefusedArrival(trip.answer(), trip.cookie());
        }
        Trip bare = Trip.begin("company");
        ObjectNode claims = bare.claims();
        claims.remove("nonce");
        give(claims);
        assertRefusedArrival(bare.answer(), bare.cookie());
        Trip party = Trip.begin("company");
        give(party.claims().put("azp", "another"));
        assertRefusedArrival(party.answer(), party.cookie());
        Trip several = Trip.begin("company");
        ObjectNode audiences = several.claims();
        audiences.putArray("aud").add("gantry").add("another");
        give(audiences);
        assertRefusedArrival(several.answer(), several.cookie());
    }

    @Test
    void shouldRefuseWhatTheProviderRefuses() {
        Trip denied = Trip.begin("company");
        Map<String, String> answer = denied.answer();
        answer.put("error", "access_denied");
        assertRefusedArrival(answer, denied.cookie());
        Trip replayed = Trip.begin("company");
        provider.tokenStatus = 400;
        provider.tokenReply = "{\"error\":\"invalid_grant\"}";
        assertRefusedArrival(replayed.answer(), replayed.cookie());
        provider.tokenStatus = 503;
        Trip away = Trip.begin("company");
        assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> arrive(away.answer(), away.cookie()));
    }

    private static Oidc.Arrival arriveStrong(Trip trip, @Nullable String acr, String... amr) {
        ObjectNode claims = trip.claims();
        if (acr != null) {
            claims.put("acr", acr);
        }
        for (String one : amr) {
            claims.withArray("amr").add(one);
        }
        give(claims);
        return oidc.arrive("strong", trip.answer(), trip.cookie(), REDIRECT, CLIENT);
    }

    @Test
    void shouldAskForAStrongerProofAndKeepWhatWasSaidOfIt() {
        assertThat(Trip.begin("company").query()).doesNotContainKey("acr_values");
        Trip trip = Trip.begin("strong");
        assertThat(trip.query()).containsEntry("acr_values", "phr gold");
        IssuedSession issued = arriveStrong(trip, "gold", "pwd", "mfa").session();
        Assurance expected = new Assurance("gold", List.of("pwd", "mfa"));
        assertThat(issued.session().assurance()).isEqualTo(expected);
        SignIn node = world.otherNode(all());
        assertThat(node.sessions().use(issued.token().reveal()).assurance()).isEqualTo(expected);
        assertThat(world.sessions().own(issued.session().caller()))
                .extracting(SessionView::assurance)
                .contains(expected);
    }

    @Test
    void shouldLetNobodyInWhoProvedLessThanIsRequired() {
        assertThatThrownBy(() -> arriveStrong(Trip.begin("strong"), null, "pwd", "mfa"))
                .hasMessageContaining("stronger proof")
                .hasMessageContaining("acr phr or gold, and it says none");
        assertThatThrownBy(() -> arriveStrong(Trip.begin("strong"), "silver", "pwd", "mfa"))
                .hasMessageContaining("it says silver");
        assertThatThrownBy(() -> arriveStrong(Trip.begin("strong"), "gold", "pwd"))
                .hasMessageContaining("amr mfa or hwk, and it says pwd");
        assertThatThrownBy(() -> arriveStrong(Trip.begin("strong"), "gold")).hasMessageContaining("it says none");
        // Values that together look like one are none.
        assertThatThrownBy(() -> arriveStrong(Trip.begin("strong"), "phr gold", "mfa"))
                .hasMessageContaining("it says phr gold");
    }

    @Test
    void shouldNotTakeTheStrengthOfAProofFromUserInfo() {
        Trip trip = Trip.begin("strong");
        ObjectNode claims = trip.claims();
        claims.remove("email");
        give(claims);
        provider.userInfo = "{\"sub\":\"alice-1\",\"email\":\"alice@example.com\",\"acr\":\"gold\",\"amr\":[\"mfa\"]}";
        assertRefused(
                ErrorCode.UNAUTHENTICATED, () -> oidc.arrive("strong", trip.answer(), trip.cookie(), REDIRECT, CLIENT));
    }

    @Test
    void shouldNotTakeOneProviderForAnother() throws Exception {
        try (TestingProvider own = TestingProvider.start()) {
            AuthenticationSettings.OAuth2 named = new AuthenticationSettings.OAuth2(
                    TestingProvider.CLIENT,
                    URI.create(own.issuer()),
                    "own",
                    Optional.empty(),
                    Optional.empty(),
                    List.of("openid"),
                    List.of("RS256"),
                    Duration.ofSeconds(60),
                    Duration.ofMinutes(10),
                    List.of(),
                    List.of(),
                    Directory.defaults());
            own.documentIssuer = "https://evil.example";
            OidcProvider there = new OidcProvider(named, new Fetcher(), world.clock(), System::nanoTime);
            assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, there::document);
        }
    }

    @Test
    void shouldAskForWhatTheTokenDoesNotSay() {
        Trip trip = Trip.begin("company");
        ObjectNode claims = trip.claims().put("sub", "bob-1");
        claims.remove("email");
        give(claims);
        provider.userInfo = "{\"sub\":\"mallory-1\",\"email\":\"bob@example.com\"}";
        assertRefusedArrival(trip.answer(), trip.cookie());
        Trip again = Trip.begin("company");
        give(claims.put("nonce", again.query().get("nonce")));
        provider.userInfo = "{\"sub\":\"bob-1\",\"email\":\"bob@example.com\"}";
        assertThat(arrive(again.answer(), again.cookie())
                        .session()
                        .session()
                        .caller()
                        .principal())
                .isEqualTo("bob@example.com");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example/", "//evil.example", "/\\evil.example", "\\\\evil.example", "/a//b", "",
                        "console",
                "javascript:alert(1)", "/a b", "/a\r\nSet-Cookie: x=y", "/\tx", "/é", "/@evil.example/..//x", " /x"
            })
    void shouldReturnToThisServerOnly(String path) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> oidc.depart("company", path, false, REDIRECT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "/console/", "/console/runs/1?x=/y#z", "/a%20b"})
    void shouldReturnToAnyPathOfThisServer(String path) {
        assertThat(ReturnPath.check(path)).isEqualTo(path);
    }

    @Test
    void shouldTakeAnAnswerOnceOnlyOnAllNodesTogether() {
        Oidc node = world.otherNode(all()).oidc();
        Trip trip = Trip.begin("company");
        give(trip.claims());
        assertThat(node.arrive("company", trip.answer(), trip.cookie(), REDIRECT, CLIENT)
                        .returnTo())
                .isNotEmpty();
        assertRefusedArrival(trip.answer(), trip.cookie());
    }

    @Test
    void shouldNotTakeACookieThatGivesItselfMoreTime() {
        Trip trip = Trip.begin("company");
        String[] parts = trip.cookie().split("\\.");
        parts[2] = "99999999999";
        String longer = String.join(".", parts);
        Attempt attempt = Attempt.read(longer).orElseThrow();
        give(trip.claims().put("nonce", attempt.nonce()));
        assertRefusedArrival(Map.of("code", "code-1", "state", attempt.state()), longer);
    }

    private ObjectNode notice() {
        ObjectNode notice = Json.object()
                .put("iss", provider.issuer())
                .put("aud", "gantry")
                .put("iat", world.now().getEpochSecond())
                .put("exp", world.now().getEpochSecond() + 120)
                .put("jti", SessionToken.random());
        notice.putObject("events").putObject("http://schemas.openid.net/event/backchannel-logout");
        return notice;
    }

    @Test
    void shouldEndSessionsThatTheProviderEnds() {
        String token = signIn().session().token().reveal();
        String notice = sign(notice().put("sid", "provider-session-1"));
        assertThat(oidc.signedOut("company", notice)).isPositive();
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.sessions().use(token));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> oidc.signedOut("company", notice));
        String again = signIn().session().token().reveal();
        assertThat(oidc.signedOut("company", sign(notice().put("sub", "alice-1"))))
                .isPositive();
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.sessions().use(again));
        assertThat(oidc.signedOut("company", sign(notice().put("sub", "nobody"))))
                .isZero();
    }

    @Test
    void shouldTakeANoticeOnceOnlyOnAllNodesTogether() {
        Oidc node = world.otherNode(all()).oidc();
        String notice = sign(notice().put("sub", "alice-1"));
        oidc.signedOut("company", notice);
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> node.signedOut("company", notice));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> node.signedOut("other", notice));
    }

    @Test
    void shouldEndSessionsOfEveryOrganization() {
        world.identity().organizations().create(world.administrator(), "tenant-a", "root@example.com");
        Trip trip = Trip.begin("tenants");
        give(trip.claims().put("sub", "toni-1").put("email", "toni@example.com").put("tenant", "tenant-a"));
        Session session = oidc.arrive("tenants", trip.answer(), trip.cookie(), REDIRECT, CLIENT)
                .session()
                .session();
        String token = signInAs("toni-1", "toni@example.com", "another-session");
        assertThat(session.caller().organization())
                .isNotEqualTo(world.sessions().use(token).caller().organization());
        assertThat(oidc.signedOut("company", sign(notice().put("sid", "another-session"))))
                .as("that one only")
                .isEqualTo(1);
        assertThat(oidc.signedOut("company", sign(notice().put("sub", "toni-1"))))
                .isEqualTo(1);
        assertThat(world.sessions().own(session.caller())).isEmpty();
    }

    private static String signInAs(String subject, String email, String sid) {
        Trip trip = Trip.begin("company");
        give(trip.claims().put("sub", subject).put("email", email).put("sid", sid));
        return arrive(trip.answer(), trip.cookie()).session().token().reveal();
    }

    @Test
    void shouldNotTakeAnythingElseForANotice() {
        ObjectNode noEvent = notice().put("sid", "provider-session-1");
        noEvent.remove("events");
        ObjectNode noSubject = notice();
        ObjectNode withNonce = notice().put("sid", "provider-session-1").put("nonce", "n");
        ObjectNode old =
                notice().put("sid", "provider-session-1").put("iat", world.now().getEpochSecond() - 3_600);
        ObjectNode timeless = notice().put("sid", "provider-session-1");
        timeless.remove("iat");
        ObjectNode nameless = notice().put("sid", "").put("sub", "alice-1");
        for (ObjectNode wrong : List.of(noEvent, noSubject, withNonce, old, timeless, nameless)) {
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> oidc.signedOut("company", sign(wrong)));
        }
    }

    @Test
    void shouldSendBrowsersToSignOutThere() {
        Session session = signIn().session().session();
        URI address = oidc.endSession(session, URI.create("http://127.0.0.1:7420/console/"))
                .orElseThrow();
        assertThat(address.toString())
                .startsWith(provider.issuer() + "/logout?client_id=gantry&post_logout_redirect_uri=");
    }

    @Test
    void shouldSignInAProgramWhenItsUserHasAgreed() {
        DeviceCode code = oidc.beginDevice("company", CLIENT);
        assertThat(code.userCode()).isEqualTo("ABCD-EFGH");
        provider.tokenStatus = 400;
        provider.tokenReply = "{\"error\":\"authorization_pending\"}";
        assertThat(oidc.pollDevice("company", code.deviceCode(), CLIENT)).isEqualTo(new Oidc.Agreement(null, false));
        provider.tokenReply = "{\"error\":\"slow_down\"}";
        assertThat(oidc.pollDevice("company", code.deviceCode(), CLIENT)).isEqualTo(new Oidc.Agreement(null, true));
        provider.tokenReply = "{\"error\":\"expired_token\"}";
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> oidc.pollDevice("company", code.deviceCode(), CLIENT));
        provider.tokenStatus = 200;
        give(provider.claims(world.now()));
        IssuedSession issued =
                oidc.pollDevice("company", code.deviceCode(), CLIENT).session();
        assertThat(issued).isNotNull();
        assertThat(world.authenticate(issued.token().reveal()).principal()).isEqualTo("alice@example.com");
    }
}
