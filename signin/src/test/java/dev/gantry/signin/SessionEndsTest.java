package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.IssuedKey;
import dev.gantry.identity.PrincipalChange;
import dev.gantry.identity.RoleBook;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.testing.Eventually;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When sessions end: by time, and by what becomes of those to whom they belong. */
class SessionEndsTest {
    private TestingSignIn world;

    @TempDir
    private Path directory;

    @BeforeEach
    void open() throws Exception {
        world = TestingSignIn.open(directory);
        world.user("alice@example.com");
        world.user("bob@example.com");
    }

    @AfterEach
    void close() {
        world.close();
    }

    @Nested
    class Time {
        @Test
        void shouldEndASessionThatIsNotUsed() {
            String token = world.token("alice@example.com");
            world.pass(Duration.ofMinutes(60));
            world.assertEnded(token);
        }

        @Test
        void shouldProlongASessionByItsUse() {
            String token = world.token("alice@example.com");
            for (int times = 0; times < 5; times++) {
                world.pass(Duration.ofMinutes(50));
                assertThat(world.sessions().use(token).caller().principal()).isEqualTo("alice@example.com");
            }
        }

        @Test
        void shouldNotProlongASessionByWhatAPageAsksWhileNobodyIsAtIt() {
            String token = world.token("alice@example.com");
            Credentials unattended = new Credentials(token, "", null, true);
            for (int times = 0; times < 5; times++) {
                world.pass(Duration.ofMinutes(10));
                assertThat(world.identity().authenticate(unattended).principal())
                        .isEqualTo("alice@example.com");
                assertThat(world.signIn().session(unattended)).isPresent();
            }
            world.pass(Duration.ofMinutes(10));
            world.assertEnded(token);
        }

        @Test
        void shouldEndASessionHoweverMuchItIsUsed() {
            String token = world.token("alice@example.com");
            for (int times = 0; times < 12 * 60 / 40 - 1; times++) {
                world.pass(Duration.ofMinutes(40));
                world.sessions().use(token);
            }
            world.pass(Duration.ofMinutes(40));
            world.assertEnded(token);
        }

        @Test
        void shouldEndASessionWithItsKey() {
            IssuedKey key = world.key("alice@example.com", null, world.now().plus(Duration.ofMinutes(10)));
            String token = world.session(key).token().reveal();
            world.pass(Duration.ofMinutes(9));
            assertThat(world.sessions().use(token).expiresAt())
                    .isEqualTo(world.now().plus(Duration.ofMinutes(1)));
            world.pass(Duration.ofMinutes(1));
            world.assertEnded(token);
        }
    }

    @Test
    void shouldOpenNoSessionWithAKeyWhereThatIsOff(@TempDir Path other) throws Exception {
        SessionSettings strict = new SessionSettings(Duration.ofHours(1), true, Duration.ofHours(12), 20, false);
        try (TestingSignIn keyless = TestingSignIn.open(new AuthenticationSettings(List.of(), strict), other)) {
            assertThatThrownBy(() -> keyless.signIn().withApiKey(keyless.administratorKey(), CLIENT))
                    .hasMessageContaining("authentication.session.api_keys");
            assertThat(keyless.authenticate(keyless.administratorKey()).principal())
                    .isEqualTo("admin@localhost");
        }
    }

    @Test
    void shouldEndWhatAKeyHadOpenedWhereThatIsSwitchedOff(@TempDir Path other) throws Exception {
        SessionSettings strict = new SessionSettings(Duration.ofHours(1), true, Duration.ofHours(12), 20, false);
        try (TestingSignIn usual = TestingSignIn.open(other)) {
            String token = usual.signIn()
                    .withApiKey(usual.administratorKey(), CLIENT)
                    .token()
                    .reveal();
            usual.sessions().use(token);

            SignIn restarted = usual.otherNode(new AuthenticationSettings(List.of(), strict));

            assertRefused(ErrorCode.UNAUTHENTICATED, () -> restarted.sessions().use(token));
        }
    }

    @Test
    void shouldNotProlongWhereRefreshingIsOff(@TempDir Path other) throws Exception {
        SessionSettings fixed = new SessionSettings(Duration.ofHours(1), false, Duration.ofHours(12), 20, true);
        try (TestingSignIn strict = TestingSignIn.open(new AuthenticationSettings(List.of(), fixed), other)) {
            IssuedSession issued = strict.signIn().withApiKey(strict.administratorKey(), CLIENT);
            String token = issued.token().reveal();
            strict.pass(Duration.ofMinutes(50));
            Session session = strict.sessions().use(token);
            assertThat(session.expiresAt()).isEqualTo(strict.now().plus(Duration.ofMinutes(10)));
            String fresh = strict.sessions()
                    .replaceToken(session)
                    .orElseThrow()
                    .token()
                    .reveal();
            strict.pass(Duration.ofMinutes(10));
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> strict.sessions().use(fresh));
        }
    }

    @Nested
    class Ending {
        @Test
        void shouldEndWhenOneSignsOut() {
            String token = world.token("alice@example.com");
            String other = world.token("alice@example.com");
            world.sessions().end(world.sessions().use(token));
            world.assertEnded(token);
            assertThat(world.sessions().use(other).caller().principal()).isEqualTo("alice@example.com");
        }

        @Test
        void shouldEndWithItsPerson() {
            String token = world.token("alice@example.com");
            world.sessions().use(token);
            world.identity().users().deactivate(world.administrator(), "alice@example.com");
            world.assertEnded(token);
        }

        @Test
        void shouldEndWithTheKeyThatItWasOpenedWith() {
            IssuedKey key = world.key("alice@example.com", null, null);
            String token = world.session(key).token().reveal();
            world.sessions().use(token);
            world.identity().keys().revoke(world.administrator(), key.key().id());
            world.assertEnded(token);
        }

        @Test
        void shouldEndWithTheSecretThatItWasOpenedWith() {
            IssuedKey key = world.key("alice@example.com", null, null);
            UUID id = key.key().id();
            String byOld = world.session(key).token().reveal();
            IssuedKey rotated = world.identity().keys().rotate(world.administrator(), id, Duration.ofHours(1));
            String byNew = world.session(rotated).token().reveal();
            world.sessions().use(byOld);
            world.pass(Duration.ofMinutes(59));
            for (String token : List.of(byOld, byNew)) {
                assertThat(world.sessions().use(token).caller().principal()).isEqualTo("alice@example.com");
            }
            world.pass(Duration.ofMinutes(1));
            world.assertEnded(byOld);
            assertThat(world.sessions().use(byNew).caller().principal()).isEqualTo("alice@example.com");
            world.identity().keys().rotate(world.administrator(), id, Duration.ZERO);
            world.assertEnded(byNew);
        }

        @Test
        void shouldEndWithASecretThatIsRetired() {
            IssuedKey key = world.key("alice@example.com", null, null);
            UUID id = key.key().id();
            String byOld = world.session(key).token().reveal();
            IssuedKey rotated = world.identity().keys().rotate(world.administrator(), id, null);
            String byNew = world.session(rotated).token().reveal();
            world.sessions().use(byOld);
            world.identity()
                    .keys()
                    .retireSecret(
                            world.administrator(),
                            id,
                            key.key().secrets().getFirst().id());
            world.assertEnded(byOld);
            assertThat(world.sessions().use(byNew).caller().principal()).isEqualTo("alice@example.com");
        }

        @Test
        void shouldNotComeBackWithItsPerson() {
            String token = world.token("alice@example.com");
            world.identity().users().deactivate(world.administrator(), "alice@example.com");
            world.identity()
                    .users()
                    .update(world.administrator(), "alice@example.com", new PrincipalChange(null, null, true));
            world.assertEnded(token);
        }

        /** Another node hears of it from the database. */
        @Test
        void shouldEndOnEveryNodeWithinASecond() {
            String byRevocation = world.token("alice@example.com");
            String byDeactivation = world.token("bob@example.com");
            try (Identity elsewhere = Identity.open(world.database(), RoleBook.builtInOnly(), world.clock())) {
                SignIn.open(
                        world.database(),
                        elsewhere,
                        world.keyRing(),
                        AuthenticationSettings.defaults(),
                        (organization, id, name, from, groups) -> {},
                        world.clock());
                elsewhere.authenticate(new Credentials(byRevocation, ""));
                elsewhere.authenticate(new Credentials(byDeactivation, ""));
                world.sessions().end(world.sessions().use(byRevocation));
                world.identity().users().deactivate(world.administrator(), "bob@example.com");
                for (String token : List.of(byRevocation, byDeactivation)) {
                    Eventually.holds("the other node knows it no more", () -> !knows(elsewhere, token));
                }
            }
        }

        private boolean knows(Identity node, String token) {
            try {
                node.authenticate(new Credentials(token, ""));
                return true;
            } catch (GantryException refused) {
                assertThat(refused.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
                return false;
            }
        }

        @Test
        void shouldEndOnlyOnesOwn() {
            Session alices = world.sessions().use(world.token("alice@example.com"));
            Session bobs = world.sessions().use(world.token("bob@example.com"));
            assertRefused(ErrorCode.NOT_FOUND, () -> world.sessions().endOwn(bobs.caller(), alices.id()));
            assertRefused(ErrorCode.NOT_FOUND, () -> world.sessions().endOwn(bobs.caller(), Ids.next()));
            assertThat(world.sessions().own(bobs.caller()))
                    .extracting(SessionView::id)
                    .containsExactly(bobs.id());
            world.sessions().endOwn(bobs.caller(), bobs.id());
            assertThat(world.sessions().own(bobs.caller())).isEmpty();
        }

        @Test
        void shouldEndAllOfAPersonButOne() {
            String first = world.token("alice@example.com");
            String second = world.token("alice@example.com");
            Session kept = world.sessions().use(world.token("alice@example.com"));
            Caller alice = kept.caller();
            assertThat(world.sessions().endAll(alice.organization(), alice.principalId(), kept.id()))
                    .isEqualTo(2);
            world.assertEnded(first);
            world.assertEnded(second);
            assertThat(world.sessions().own(alice)).hasSize(1);
        }

        @Test
        void shouldGiveUpTheOldestOfTooMany() {
            String oldest = world.token("alice@example.com");
            world.sessions().use(oldest);
            for (int more = 0; more < 20; more++) {
                world.pass(Duration.ofSeconds(1));
                world.token("alice@example.com");
            }
            world.assertEnded(oldest);
            Caller alice = world.session(world.key("alice@example.com", null, null))
                    .session()
                    .caller();
            assertThat(world.sessions().own(alice)).hasSize(20);
        }
    }
}
