package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.identity.IssuedKey;
import dev.gantry.identity.KeyRequest;
import dev.gantry.identity.PassingProof;
import dev.gantry.kernel.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only somebody may do who signed in just now. */
class SessionStandingTest {
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
            Session session = world.sessions().use(world.token("alice@example.com"));
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
}
