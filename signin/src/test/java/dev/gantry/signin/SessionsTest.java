package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.IssuedKey;
import dev.gantry.identity.KeyRequest;
import dev.gantry.identity.PassingProof;
import dev.gantry.identity.Permission;
import dev.gantry.identity.PrincipalChange;
import dev.gantry.identity.RoleBook;
import dev.gantry.identity.Standing;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionsTest {
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

    private String token(String user) {
        return world.session(world.key(user, null, null)).token().reveal();
    }

    private void assertEnded(String token) {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.sessions().use(token));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.authenticate(token));
    }

    @Test
    void shouldKnowWhoSignedInWithAKey() {
        IssuedSession issued = world.session(world.key("alice@example.com", null, null));
        Session session = world.sessions().use(issued.token().reveal());
        assertThat(session.caller().principal()).isEqualTo("alice@example.com");
        assertThat(session.provider()).isEqualTo("api_key");
        assertThat(session.csrfToken())
                .hasSizeGreaterThanOrEqualTo(43)
                .isEqualTo(issued.session().csrfToken());
        assertThat(session.idleExpiresAt()).isEqualTo(world.now().plus(Duration.ofHours(1)));
        assertThat(session.expiresAt()).isEqualTo(world.now().plus(Duration.ofHours(12)));
        assertThat(world.authenticate(issued.token().reveal()).principal()).isEqualTo("alice@example.com");
    }

    @Test
    void shouldLetASessionDoWhatItsKeyMay() {
        world.identity().roles().assignToUser(world.administrator(), "developer", "alice@example.com");
        Caller caller = world.session(world.key("alice@example.com", List.of("patterns:read"), null))
                .session()
                .caller();
        assertThat(caller.may(Permission.of("patterns", "read"))).isTrue();
        assertThat(caller.may(Permission.of("patterns", "execute"))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "gs_", "gs_short", "gs_%s=", "gs_%s%s", "gk_%s", "GS_%s", "gs_%s\u0000"})
    void shouldRefuseWhatIsNoToken(String form) {
        assertEnded(form.formatted("A".repeat(43), "B".repeat(43)));
    }

    @Test
    void shouldRefuseTokensThatNobodyIssued() {
        assertEnded(SessionToken.issue());
    }

    @Test
    void shouldNotTakeASessionForAKey() {
        String token = token("alice@example.com");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.signIn().withApiKey(token, CLIENT));
    }

    @Test
    void shouldKeepNoTokenInTheDatabase() throws Exception {
        String token = token("alice@example.com");
        try (var connection =
                        java.sql.DriverManager.getConnection(world.testing().superuserJdbcUrl());
                var rows = connection.createStatement().executeQuery("SELECT s::text FROM gantry.signin_sessions s")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).doesNotContain(token, token.substring(3));
        }
    }

    @Nested
    class Time {
        @Test
        void shouldEndASessionThatIsNotUsed() {
            String token = token("alice@example.com");
            world.pass(Duration.ofMinutes(60));
            assertEnded(token);
        }

        @Test
        void shouldProlongASessionByItsUse() {
            String token = token("alice@example.com");
            for (int times = 0; times < 5; times++) {
                world.pass(Duration.ofMinutes(50));
                assertThat(world.sessions().use(token).caller().principal()).isEqualTo("alice@example.com");
            }
        }

        @Test
        void shouldNotProlongASessionByWhatAPageAsksWhileNobodyIsAtIt() {
            String token = token("alice@example.com");
            Credentials unattended = new Credentials(token, "", null, true);
            for (int times = 0; times < 5; times++) {
                world.pass(Duration.ofMinutes(10));
                assertThat(world.identity().authenticate(unattended).principal())
                        .isEqualTo("alice@example.com");
                assertThat(world.signIn().session(unattended)).isPresent();
            }
            world.pass(Duration.ofMinutes(10));
            assertEnded(token);
        }

        @Test
        void shouldEndASessionHoweverMuchItIsUsed() {
            String token = token("alice@example.com");
            for (int times = 0; times < 12 * 60 / 40 - 1; times++) {
                world.pass(Duration.ofMinutes(40));
                world.sessions().use(token);
            }
            world.pass(Duration.ofMinutes(40));
            assertEnded(token);
        }

        @Test
        void shouldEndASessionWithItsKey() {
            IssuedKey key = world.key("alice@example.com", null, world.now().plus(Duration.ofMinutes(10)));
            String token = world.session(key).token().reveal();
            world.pass(Duration.ofMinutes(9));
            assertThat(world.sessions().use(token).expiresAt())
                    .isEqualTo(world.now().plus(Duration.ofMinutes(1)));
            world.pass(Duration.ofMinutes(1));
            assertEnded(token);
        }
    }

    @Test
    void shouldNotProlongWhereRefreshingIsOff(@TempDir Path other) throws Exception {
        SessionSettings fixed = new SessionSettings(Duration.ofHours(1), false, Duration.ofHours(12), 20);
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
            String token = token("alice@example.com");
            String other = token("alice@example.com");
            world.sessions().end(world.sessions().use(token));
            assertEnded(token);
            assertThat(world.sessions().use(other).caller().principal()).isEqualTo("alice@example.com");
        }

        @Test
        void shouldEndWithItsPerson() {
            String token = token("alice@example.com");
            world.sessions().use(token);
            world.identity().users().deactivate(world.administrator(), "alice@example.com");
            assertEnded(token);
        }

        @Test
        void shouldEndWithTheKeyThatItWasOpenedWith() {
            IssuedKey key = world.key("alice@example.com", null, null);
            String token = world.session(key).token().reveal();
            world.sessions().use(token);
            world.identity().keys().revoke(world.administrator(), key.key().id());
            assertEnded(token);
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
            assertEnded(byOld);
            assertThat(world.sessions().use(byNew).caller().principal()).isEqualTo("alice@example.com");
            world.identity().keys().rotate(world.administrator(), id, Duration.ZERO);
            assertEnded(byNew);
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
            assertEnded(byOld);
            assertThat(world.sessions().use(byNew).caller().principal()).isEqualTo("alice@example.com");
        }

        @Test
        void shouldNotComeBackWithItsPerson() {
            String token = token("alice@example.com");
            world.identity().users().deactivate(world.administrator(), "alice@example.com");
            world.identity()
                    .users()
                    .update(world.administrator(), "alice@example.com", new PrincipalChange(null, null, true));
            assertEnded(token);
        }

        /** Another node hears of it from the database. */
        @Test
        void shouldEndOnEveryNodeWithinASecond() {
            String byRevocation = token("alice@example.com");
            String byDeactivation = token("bob@example.com");
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
                long start = System.nanoTime();
                world.sessions().end(world.sessions().use(byRevocation));
                world.identity().users().deactivate(world.administrator(), "bob@example.com");
                for (String token : List.of(byRevocation, byDeactivation)) {
                    while (knows(elsewhere, token)) {
                        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(10));
                        LockSupport.parkNanos(5_000_000);
                    }
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
            Session alices = world.sessions().use(token("alice@example.com"));
            Session bobs = world.sessions().use(token("bob@example.com"));
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
            String first = token("alice@example.com");
            String second = token("alice@example.com");
            Session kept = world.sessions().use(token("alice@example.com"));
            Caller alice = kept.caller();
            assertThat(world.sessions().endAll(alice.organization(), alice.principalId(), kept.id()))
                    .isEqualTo(2);
            assertEnded(first);
            assertEnded(second);
            assertThat(world.sessions().own(alice)).hasSize(1);
        }

        @Test
        void shouldGiveUpTheOldestOfTooMany() {
            String oldest = token("alice@example.com");
            world.sessions().use(oldest);
            for (int more = 0; more < 20; more++) {
                world.pass(Duration.ofSeconds(1));
                token("alice@example.com");
            }
            assertEnded(oldest);
            Caller alice = world.session(world.key("alice@example.com", null, null))
                    .session()
                    .caller();
            assertThat(world.sessions().own(alice)).hasSize(20);
        }
    }

    /** What was stolen for an hour must not become a key for ever. */
    @Nested
    class Lasting {
        private final KeyRequest lasting = KeyRequest.named("for ever");

        private Caller aliceNow(String token) {
            return world.authenticate(token);
        }

        @Test
        void shouldMakeKeysThatLastOnlyForWhoSignedInJustNow() {
            IssuedKey key = world.key("alice@example.com", null, null);
            String token = world.session(key).token().reveal();
            assertThat(world.identity()
                            .keys()
                            .create(aliceNow(token), lasting)
                            .key()
                            .expiresAt())
                    .isNull();
            world.pass(PassingProof.RECENT);
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().keys().create(aliceNow(token), lasting));
            Session session = world.sessions().use(token);
            KeyRequest brief = new KeyRequest("brief", null, null, null, null, session.expiresAt());
            assertThat(world.identity()
                            .keys()
                            .create(session.caller(), brief)
                            .key()
                            .expiresAt())
                    .isEqualTo(session.expiresAt());
            KeyRequest longer = new KeyRequest(
                    "longer", null, null, null, null, session.expiresAt().plusSeconds(1));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().keys().create(session.caller(), longer));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity()
                            .keys()
                            .rotate(session.caller(), key.key().id(), null));
        }

        @Test
        void shouldNotGetAroundItByAKeyThatEndsSoon() {
            world.pass(Duration.ofMinutes(1));
            Session session =
                    world.signIn().withApiKey(world.administratorKey(), CLIENT).session();
            KeyRequest brief = new KeyRequest("brief", null, null, null, null, session.expiresAt());
            IssuedKey whileFresh = world.identity().keys().create(session.caller(), brief);
            world.pass(PassingProof.RECENT);
            IssuedKey passing = world.identity().keys().create(session.caller(), brief);
            Caller byKey = world.authenticate(passing.text().reveal());
            assertThat(byKey.rights().everything()).isTrue();
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> world.identity().roles().assignToUser(byKey, "owner", "bob@example.com"));
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> world.identity().requireMayOutlast(byKey, "A schedule"));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> world.identity().keys().create(byKey, lasting));
            Caller byChild = world.authenticate(
                    world.identity().keys().create(byKey, brief).text().reveal());
            assertRefused(ErrorCode.PERMISSION_DENIED, () -> world.identity().requireMayOutlast(byChild, "A schedule"));
            Caller bySession = world.session(passing).session().caller();
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().requireMayOutlast(bySession, "A schedule"));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity()
                            .keys()
                            .rotate(session.caller(), whileFresh.key().id(), null));
            assertThat(world.identity()
                            .keys()
                            .rotate(session.caller(), passing.key().id(), null)
                            .key()
                            .expiresAt())
                    .isEqualTo(session.expiresAt());
        }

        @Test
        void shouldNotCountANewTokenAsSigningIn() {
            Session session = world.sessions().use(token("alice@example.com"));
            world.pass(PassingProof.RECENT);
            Caller refreshed = world.sessions()
                    .replaceToken(session)
                    .orElseThrow()
                    .session()
                    .caller();
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().keys().create(refreshed, lasting));
        }

        @Test
        void shouldChangeHowOthersSignInOnlyForWhoSignedInJustNow() {
            Session session =
                    world.signIn().withApiKey(world.administratorKey(), CLIENT).session();
            assertThat(world.identity()
                            .users()
                            .requireControl(session.caller(), "bob@example.com")
                            .name())
                    .isEqualTo("bob@example.com");
            world.pass(PassingProof.RECENT);
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().users().requireControl(session.caller(), "bob@example.com"));
        }

        @Test
        void shouldGiveRightsForEverOnlyForWhoSignedInJustNow() {
            Session session =
                    world.signIn().withApiKey(world.administratorKey(), CLIENT).session();
            world.identity().groups().create(session.caller(), "readers", "");
            world.identity().groups().create(session.caller(), "nothing", "");
            world.identity().roles().assignToGroup(session.caller(), "viewer", "readers");
            world.pass(PassingProof.RECENT);
            Caller later = session.caller();
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().roles().assignToUser(later, "owner", "bob@example.com"));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().roles().assignToGroup(later, "viewer", "nothing"));
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED,
                    () -> world.identity().groups().addMember(later, "readers", "bob@example.com"));
            world.identity().groups().addMember(later, "nothing", "bob@example.com");
            assertRefused(
                    ErrorCode.RECENT_SIGN_IN_REQUIRED, () -> world.identity().requireMayOutlast(later, "A schedule"));
            world.identity().roles().assignToUser(world.administrator(), "viewer", "bob@example.com");
        }

        @Test
        void shouldLetATokenMakeOnlyWhatEndsWithIt() {
            Caller byToken = world.administrator()
                    .provenBy(PassingProof.ofProgram(world.now().plus(Duration.ofMinutes(5))));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED, () -> world.identity().keys().create(byToken, lasting));
            assertRefused(
                    ErrorCode.PERMISSION_DENIED,
                    () -> world.identity().users().requireControl(byToken, "bob@example.com"));
            KeyRequest brief =
                    new KeyRequest("brief", null, null, null, null, world.now().plus(Duration.ofMinutes(5)));
            assertThat(world.identity().keys().create(byToken, brief).key().expiresAt())
                    .isNotNull();
        }
    }

    @Nested
    class Tokens {
        @Test
        void shouldReplaceATokenAndLetTheOldOneGoSoon() {
            String old = token("alice@example.com");
            Session session = world.sessions().use(old);
            IssuedSession fresh = world.sessions().replaceToken(session).orElseThrow();
            assertThat(fresh.session().id()).isEqualTo(session.id());
            assertThat(fresh.session().csrfToken()).isEqualTo(session.csrfToken());
            assertThat(world.sessions().use(old).id()).isEqualTo(session.id());
            assertThat(world.sessions().replaceToken(world.sessions().use(old))).isEmpty();
            assertThat(world.sessions().replaceToken(session))
                    .as("somebody was faster")
                    .isEmpty();
            world.pass(Sessions.OVERLAP);
            assertEnded(old);
            assertThat(world.sessions().use(fresh.token().reveal()).id()).isEqualTo(session.id());
        }

        /** By which answers under way are watched. */
        @Test
        void shouldStandWhateverBecomesOfItsToken() {
            String old = token("alice@example.com");
            Standing standing = world.identity().standing(new Credentials(old, "127.0.0.1"));
            world.identity().roles().assignToUser(world.administrator(), "developer", "alice@example.com");
            standing.require();
            String fresh = world.sessions()
                    .replaceToken(world.sessions().use(old))
                    .orElseThrow()
                    .token()
                    .reveal();
            world.pass(Sessions.OVERLAP);
            assertEnded(old);
            standing.require();
            assertThat(world.identity()
                            .standing(new Credentials(fresh, "127.0.0.1"))
                            .id())
                    .isEqualTo(standing.id())
                    .doesNotContain("gs_");

            world.sessions().end(world.sessions().use(fresh));

            assertRefused(ErrorCode.UNAUTHENTICATED, standing::require);
        }

        @Test
        void shouldNotStandWithoutItsPerson() {
            Standing standing = world.identity().standing(new Credentials(token("bob@example.com"), "127.0.0.1"));
            standing.require();
            world.identity().users().deactivate(world.administrator(), "bob@example.com");
            assertRefused(ErrorCode.UNAUTHENTICATED, standing::require);
        }

        @Test
        void shouldEndBothTokensOfASession() {
            String old = token("alice@example.com");
            String fresh = world.sessions()
                    .replaceToken(world.sessions().use(old))
                    .orElseThrow()
                    .token()
                    .reveal();
            world.sessions().use(old);
            world.sessions().end(world.sessions().use(fresh));
            assertEnded(old);
            assertEnded(fresh);
        }

        @Test
        void shouldAskForAnotherTokenWhenRightsHaveChanged() {
            String token = token("alice@example.com");
            assertThat(world.sessions().use(token).rightsChanged()).isFalse();
            world.identity().roles().assignToUser(world.administrator(), "developer", "alice@example.com");
            Session session = world.sessions().use(token);
            assertThat(session.rightsChanged()).isTrue();
            assertThat(session.caller().may(Permission.of("patterns", "execute")))
                    .isTrue();
            IssuedSession fresh = world.sessions().replaceToken(session).orElseThrow();
            assertThat(world.sessions().use(fresh.token().reveal()).rightsChanged())
                    .isFalse();
            assertThat(world.sessions().use(token).rightsChanged())
                    .as("nor by the old token")
                    .isFalse();
        }
    }
}
