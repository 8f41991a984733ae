package dev.gantry.signin;

import static dev.gantry.signin.TestingProvider.sign;
import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.KeyRequest;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How long ago somebody proved to a provider who they are, and whether the provider still vouches for them. */
class FreshnessTest {
    private static final URI REDIRECT = URI.create("http://127.0.0.1:7420/auth/oidc/company/callback");
    private static final Duration INTERVAL = Duration.ofMinutes(10);
    private static final KeyRequest LASTING = KeyRequest.named("for ever");

    private static TestingProvider provider;
    private static TestingSignIn world;
    private static Oidc oidc;

    @BeforeAll
    static void open(@TempDir Path directory) throws Exception {
        provider = TestingProvider.start();
        AuthenticationSettings.OAuth2 company = new AuthenticationSettings.OAuth2(
                TestingProvider.CLIENT,
                URI.create(provider.issuer()),
                "company",
                Optional.empty(),
                Optional.empty(),
                List.of("openid"),
                List.of("RS256"),
                Duration.ofSeconds(60),
                INTERVAL,
                List.of(),
                List.of(),
                Directory.defaults());
        world = TestingSignIn.open(new AuthenticationSettings(List.of(company), SessionSettings.defaults()), directory);
        world.identity().groups().create(world.administrator(), "engineering", "");
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
        world.pass(SignInThrottle.WINDOW);
    }

    private record Trip(Oidc.Departure departure, Map<String, String> query) {
        static Trip begin(boolean fresh) {
            Oidc.Departure departure = oidc.depart("company", "/console/", fresh, REDIRECT);
            return new Trip(departure, TestingProvider.form(departure.location().getRawQuery()));
        }

        ObjectNode claims() {
            return provider.claims(world.now()).put("nonce", query.get("nonce"));
        }

        Session arrive(ObjectNode claims) {
            give(claims, null);
            Map<String, String> answer = Map.of("code", "c", "state", query.getOrDefault("state", ""));
            return oidc.arrive("company", answer, departure.cookie(), REDIRECT, CLIENT)
                    .session()
                    .session();
        }
    }

    private static void give(ObjectNode claims, @Nullable String refreshToken) {
        ObjectNode reply = Json.object().put("id_token", sign(claims)).put("access_token", "a-1");
        if (refreshToken != null) {
            reply.put("refresh_token", refreshToken);
        }
        provider.tokenReply = new String(Json.write(reply), StandardCharsets.UTF_8);
    }

    private static long ago(Duration age) {
        return world.now().minus(age).getEpochSecond();
    }

    private static void assertMayNotMakeWhatLasts(Caller caller) {
        assertRefused(
                ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> world.identity().keys().create(caller, LASTING));
    }

    @Nested
    class Proofs {
        @Test
        void shouldCountFromWhenTheProviderSawAProof() {
            Trip trip = Trip.begin(false);
            assertThat(trip.query()).doesNotContainKeys("prompt", "max_age");
            Session silent = trip.arrive(trip.claims().put("auth_time", ago(Duration.ofHours(3))));
            assertThat(silent.provenAt()).isBefore(silent.createdAt());
            assertMayNotMakeWhatLasts(silent.caller());
            Trip just = Trip.begin(false);
            Session proven = just.arrive(just.claims().put("auth_time", ago(Duration.ofMinutes(14))));
            world.identity().keys().create(proven.caller(), LASTING);
            world.pass(Duration.ofMinutes(2));
            assertMayNotMakeWhatLasts(proven.caller());
        }

        @Test
        void shouldNotTakeSilenceForAProof() {
            Trip trip = Trip.begin(false);
            Session unknown = trip.arrive(trip.claims());
            assertThat(unknown.provenAt()).isNull();
            assertMayNotMakeWhatLasts(unknown.caller());
        }

        @Test
        void shouldNotCountAProofOfTheFutureForLonger() {
            Trip trip = Trip.begin(false);
            Session session = trip.arrive(trip.claims().put("auth_time", ago(Duration.ofDays(-300))));
            assertThat(session.provenAt()).isEqualTo(session.createdAt());
        }

        @Test
        void shouldHaveTheProviderAskAnewAndInsistOnIt() {
            Trip trip = Trip.begin(true);
            assertThat(trip.query()).containsEntry("prompt", "login").containsEntry("max_age", "0");
            assertThatThrownBy(() -> trip.arrive(trip.claims())).hasMessageContaining("auth_time");
            Trip silent = Trip.begin(true);
            assertThatThrownBy(() -> silent.arrive(silent.claims().put("auth_time", ago(Duration.ofHours(1)))))
                    .hasMessageContaining("did not ask you anew");
            Trip asked = Trip.begin(true);
            Session session = asked.arrive(asked.claims().put("auth_time", ago(Duration.ZERO)));
            world.identity().keys().create(session.caller(), LASTING);
        }

        @Test
        void shouldNotForgetThatItWasToAskAnew() {
            Trip trip = Trip.begin(true);
            String cookie = trip.departure().cookie().replace("fresh", "any");
            give(trip.claims().put("auth_time", ago(Duration.ofHours(1))), null);
            Map<String, String> answer =
                    Map.of("code", "c", "state", trip.query().getOrDefault("state", ""));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> oidc.arrive("company", answer, cookie, REDIRECT, CLIENT));
        }
    }

    @Nested
    class Renewal {
        private String token = "";

        private Session signIn(String subject) {
            Trip trip = Trip.begin(false);
            ObjectNode claims = trip.claims().put("sub", subject).put("email", subject + "@example.com");
            claims.putArray("groups").add("engineering");
            give(claims, "refresh-1");
            Map<String, String> answer =
                    Map.of("code", "c", "state", trip.query().getOrDefault("state", ""));
            IssuedSession issued = oidc.arrive(
                            "company", answer, trip.departure().cookie(), REDIRECT, CLIENT)
                    .session();
            token = issued.token().reveal();
            return issued.session();
        }

        private List<String> groups(Session session) {
            return world.identity()
                    .users()
                    .show(world.administrator(), session.caller().principalId().toString())
                    .groups();
        }

        private ObjectNode later(String subject) {
            return provider.claims(world.now()).put("sub", subject).put("email", subject + "@example.com");
        }

        /** Uses the session, and waits for what comes of that in the background. */
        private void useUntil(Condition condition) {
            Eventually.holds("something came of it", condition::holds);
        }

        private interface Condition {
            boolean holds();
        }

        private boolean isEnded() {
            try {
                world.sessions().use(token);
                return false;
            } catch (RuntimeException ended) {
                return true;
            }
        }

        @Test
        void shouldReadGroupsAnewWhileASessionIsInUse() throws Exception {
            Session session = signIn("lena");
            assertThat(groups(session)).containsExactly("engineering");
            give(later("lena"), "refresh-2");
            world.sessions().use(token);
            assertThat(groups(session)).as("not yet").containsExactly("engineering");
            world.pass(INTERVAL);
            give(later("lena"), "refresh-2");
            world.sessions().use(token);
            useUntil(() -> groups(session).isEmpty());
            assertThat(provider.tokenRequest)
                    .containsEntry("grant_type", "refresh_token")
                    .containsEntry("refresh_token", "refresh-1");
            world.pass(INTERVAL);
            give(later("lena"), null);
            world.sessions().use(token);
            useUntil(() -> "refresh-2".equals(provider.tokenRequest.get("refresh_token")));
            assertThat(isEnded()).isFalse();
        }

        @Test
        void shouldEndASessionThatTheProviderDoesNotRenew() throws Exception {
            signIn("mona");
            world.pass(INTERVAL);
            provider.tokenStatus = 400;
            provider.tokenReply = "{\"error\":\"invalid_grant\"}";
            world.sessions().use(token);
            useUntil(this::isEnded);
            assertThat(world.endedSessions()).anyMatch(line -> line.startsWith("mona@example.com by company"));
        }

        @Test
        void shouldGoOnWhileTheProviderIsAway() {
            Session session = signIn("nina");
            world.pass(INTERVAL);
            provider.tokenStatus = 503;
            SessionChecks checks = world.signIn().checks();
            assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> checks.ask(session));
            provider.tokenStatus = 401;
            world.pass(INTERVAL);
            assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> checks.ask(session));
            assertThat(isEnded()).isFalse();
        }

        /** Keys are not asked for over and over, so that the first token after a change may come too early. */
        @Test
        void shouldGoOnOverAKeyThatIsNotKnownYet() {
            Session session = signIn("quin");
            world.pass(INTERVAL);
            ObjectNode unknown = TestingProvider.header("RS256", "rsa-new");
            provider.tokenReply = Json.object()
                    .put("access_token", "a-1")
                    .put("refresh_token", "refresh-2")
                    .put("id_token", TestingProvider.sign(unknown, later("quin")))
                    .toString();
            SessionChecks checks = world.signIn().checks();
            assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> checks.ask(session));
            assertThat(isEnded()).isFalse();
        }

        @Test
        void shouldEndASessionOverAnAnswerAboutSomebodyElse() {
            Session session = signIn("olli");
            world.pass(INTERVAL);
            give(later("paul"), "refresh-2");
            world.signIn().checks().ask(session);
            assertThat(isEnded()).isTrue();
            assertThat(groups(session)).containsExactly("engineering");
        }

        @Test
        void shouldEndASessionOfSomebodyWhoCouldNotSignInAnyMore() {
            Session session = signIn("uwe");
            world.pass(INTERVAL);
            give(later("uwe").put("email_verified", false), "refresh-2");
            world.signIn().checks().ask(session);
            assertThat(isEnded()).isTrue();
            assertThat(world.endedSessions()).anyMatch(line -> line.contains("not verified"));
        }

        /** Many providers end a session whose refresh token comes twice. */
        @Test
        void shouldKeepTheNewRefreshTokenThoughTheRestOfTheAnswerCannotBeRead() {
            Session session = signIn("vera");
            world.pass(INTERVAL);
            give(later("vera").without("email"), "refresh-2");
            provider.userInfo = "down for maintenance";
            SessionChecks checks = world.signIn().checks();
            assertRefused(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE, () -> checks.ask(session));
            assertThat(isEnded()).isFalse();
            world.pass(INTERVAL);
            give(later("vera"), "refresh-3");
            checks.ask(session);
            assertThat(provider.tokenRequest).containsEntry("refresh_token", "refresh-2");
        }

        @Test
        void shouldTakeNobodyOutOfGroupsThatAnAnswerDoesNotSpeakOf() {
            Session session = signIn("wim");
            provider.tokenReply = "{\"access_token\":\"a-1\",\"refresh_token\":\"refresh-2\"}";
            String about = "{\"sub\":\"wim\",\"email\":\"wim@example.com\"";
            SessionChecks checks = world.signIn().checks();
            world.pass(INTERVAL);
            provider.userInfo = about + "}";
            checks.ask(session);
            assertThat(isEnded()).isFalse();
            assertThat(groups(session)).containsExactly("engineering");
            world.pass(INTERVAL);
            provider.userInfo = about + ",\"groups\":[]}";
            checks.ask(session);
            assertThat(isEnded()).isFalse();
            assertThat(groups(session)).isEmpty();
        }

        @Test
        void shouldAskOnceOnAllNodesTogether() {
            Session session = signIn("rita");
            world.pass(INTERVAL);
            Instant next = world.now().plus(INTERVAL);
            assertThat(world.sessions().mayCheck(session, next)).isTrue();
            assertThat(world.sessions().mayCheck(session, next)).isFalse();
        }

        @Test
        void shouldTellTheProviderWhoSignsOut() {
            Session session = signIn("sara");
            URI there = oidc.endSession(session, URI.create("http://127.0.0.1:7420/console/"))
                    .orElseThrow();
            String hint = TestingProvider.form(there.getRawQuery()).getOrDefault("id_token_hint", "");
            assertThat(hint.split("\\.")).hasSize(3);
            world.sessions().end(session);
            assertThat(world.sessions().tokens(session)).as("nothing stays").isEmpty();
        }

        @Test
        void shouldKeepWhatTheProviderGaveSealed() {
            Session session = signIn("tina");
            byte[] kept = world.database()
                    .<byte[]>inOrganization(
                            session.caller().organization(),
                            handle -> ProviderTokenStore.find(handle, session.id())
                                    .orElseThrow());
            assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain("refresh-1", "refresh_token");
        }
    }
}
