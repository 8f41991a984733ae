package dev.gantry.signin;

import static dev.gantry.signin.TestingSignIn.CLIENT;
import static dev.gantry.signin.TestingSignIn.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Permission;
import dev.gantry.identity.Standing;
import dev.gantry.kernel.ErrorCode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sessions and their tokens. */
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
        world.assertEnded(form.formatted("A".repeat(43), "B".repeat(43)));
    }

    @Test
    void shouldRefuseTokensThatNobodyIssued() {
        world.assertEnded(SessionToken.issue());
    }

    @Test
    void shouldNotTakeASessionForAKey() {
        String token = world.token("alice@example.com");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> world.signIn().withApiKey(token, CLIENT));
    }

    @Test
    void shouldKeepNoTokenInTheDatabase() throws Exception {
        String token = world.token("alice@example.com");
        try (var connection =
                        java.sql.DriverManager.getConnection(world.testing().superuserJdbcUrl());
                var rows = connection.createStatement().executeQuery("SELECT s::text FROM gantry.signin_sessions s")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).doesNotContain(token, token.substring(3));
        }
    }

    @Nested
    class Tokens {
        @Test
        void shouldReplaceATokenAndLetTheOldOneGoSoon() {
            String old = world.token("alice@example.com");
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
            world.assertEnded(old);
            assertThat(world.sessions().use(fresh.token().reveal()).id()).isEqualTo(session.id());
        }

        /** By which answers under way are watched. */
        @Test
        void shouldStandWhateverBecomesOfItsToken() {
            String old = world.token("alice@example.com");
            Standing standing = world.identity().standing(new Credentials(old, "127.0.0.1"));
            world.identity().roles().assignToUser(world.administrator(), "developer", "alice@example.com");
            standing.require();
            String fresh = world.sessions()
                    .replaceToken(world.sessions().use(old))
                    .orElseThrow()
                    .token()
                    .reveal();
            world.pass(Sessions.OVERLAP);
            world.assertEnded(old);
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
            Standing standing = world.identity().standing(new Credentials(world.token("bob@example.com"), "127.0.0.1"));
            standing.require();
            world.identity().users().deactivate(world.administrator(), "bob@example.com");
            assertRefused(ErrorCode.UNAUTHENTICATED, standing::require);
        }

        @Test
        void shouldEndBothTokensOfASession() {
            String old = world.token("alice@example.com");
            String fresh = world.sessions()
                    .replaceToken(world.sessions().use(old))
                    .orElseThrow()
                    .token()
                    .reveal();
            world.sessions().use(old);
            world.sessions().end(world.sessions().use(fresh));
            world.assertEnded(old);
            world.assertEnded(fresh);
        }

        @Test
        void shouldAskForAnotherTokenWhenRightsHaveChanged() {
            String token = world.token("alice@example.com");
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
