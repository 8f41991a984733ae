package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static dev.gantry.identity.TestingIdentity.authenticate;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.Eventually;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuthenticatorTest {

    /** A second node's monotonic clock, which stands still unless a test moves it. */
    private final AtomicLong nanos = new AtomicLong(1_000_000_000_000L);

    private final List<AutoCloseable> opened = new ArrayList<>();

    @TempDir
    Path directory;

    private TestingIdentity testing;

    @BeforeEach
    void open() throws Exception {
        testing = TestingIdentity.open(directory);
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable each : opened.reversed()) {
            each.close();
        }
        testing.close();
    }

    private Database secondDatabase() {
        Database database = Database.open(testing.testing().target());
        opened.add(database);
        return database;
    }

    private Identity secondNode(Database database) {
        Identity identity = Identity.open(database, RoleBook.builtInOnly(), testing.clock(), nanos::get);
        opened.add(identity);
        return identity;
    }

    private IssuedKey issue() {
        return testing.identity().keys().create(testing.administrator(), KeyRequest.named("k"));
    }

    private static void await(BooleanSupplier condition) {
        Eventually.holds("the condition came true", condition::getAsBoolean);
    }

    private static boolean isRefused(Identity identity, String key) {
        try {
            authenticate(identity, key);
            return false;
        } catch (GantryException error) {
            assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            return true;
        }
    }

    /** Changes the database without telling anybody. */
    private void silently(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(testing.testing().superuserJdbcUrl());
                Statement sql = connection.createStatement()) {
            sql.execute(statement);
        }
    }

    @Test
    void shouldTellWhoCalls() {
        Caller administrator = testing.administrator();
        IssuedKey issued = issue();
        Caller caller = testing.authenticate(issued.text().reveal());
        assertThat(caller.keyId()).isEqualTo(issued.key().id());
        assertThat(caller.principal()).isEqualTo("admin@localhost");
        assertThat(caller.organization()).isEqualTo(administrator.organization());
        assertThat(caller.teams()).containsExactly("default");
        assertThat(caller.project()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "gk_",
                "sk-proj-abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz",
                "gk_0123456789_0123456789012345678901234567890123456789012",
                "gk_012345678é_0123456789012345678901234567890123456789012",
                "gk_0123456789-0123456789012345678901234567890123456789012",
                "gk_0123456789_012345678901234567890123456789012345678901'",
                "gk_0123456789_01234567890123456789012345678901234567890123"
            })
    void shouldRefuseWhatIsNoKeyOrAnUnknownOneInTheSameWords(String key) {
        GantryException error = catchThrowableOfType(GantryException.class, () -> testing.authenticate(key));
        assertThat(error.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        assertThat(error).hasMessage("The API key is unknown, expired or revoked");
    }

    @Test
    void shouldRefuseAWrongSecretInTheSameWords() {
        String key = issue().text().reveal();
        char last = key.charAt(key.length() - 1);
        String wrong = key.substring(0, key.length() - 1) + (last == 'a' ? 'b' : 'a');
        for (int attempt = 0; attempt < 2; attempt++) {
            GantryException error = catchThrowableOfType(GantryException.class, () -> testing.authenticate(wrong));
            assertThat(error).hasMessage("The API key is unknown, expired or revoked");
            assertThat(testing.authenticate(key).principal()).isEqualTo("admin@localhost");
        }
    }

    @Test
    void shouldAskForAKeyWhenThereIsNone() {
        assertRefused(
                ErrorCode.UNAUTHENTICATED, () -> testing.identity().authenticate(new Credentials(null, "127.0.0.1")));
        assertThat(new Credentials("gk_secret", "127.0.0.1").toString()).doesNotContain("secret");
    }

    @Test
    void shouldStopAnExpiredKeyByTheClock() {
        IssuedKey issued = testing.identity()
                .keys()
                .create(
                        testing.administrator(),
                        new KeyRequest(
                                "k", null, null, null, null, testing.now().plusSeconds(60)));
        String key = issued.text().reveal();
        assertThat(testing.authenticate(key)).isNotNull();
        testing.setNow(testing.now().plusSeconds(60));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
    }

    @Test
    void shouldStopARevokedKeyOnItsOwnNodeAtOnce() {
        IssuedKey issued = issue();
        String key = issued.text().reveal();
        testing.authenticate(key);
        testing.identity().keys().revoke(testing.administrator(), issued.key().id());
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
    }

    @Test
    void shouldStopARevokedKeyOnOtherNodesThroughTheirNotifications() throws Exception {
        IssuedKey issued = issue();
        String key = issued.text().reveal();
        Database database = secondDatabase();
        Identity second = secondNode(database);
        await(database.notifications()::isConnected);
        authenticate(second, key);
        testing.identity().keys().revoke(testing.administrator(), issued.key().id());
        // The second node's clock stands still, so that only the notification can end its belief.
        await(() -> isRefused(second, key));
    }

    @Test
    void shouldFollowChangesOfRolesOnOtherNodes() throws Exception {
        Caller user = testing.user("u@example.com");
        String key = testing.key("u@example.com", null).text().reveal();
        Database database = secondDatabase();
        Identity second = secondNode(database);
        await(database.notifications()::isConnected);
        Permission permission = Permission.of("patterns", "read");
        assertThat(authenticate(second, key).may(permission)).isFalse();
        testing.identity().roles().assignToUser(testing.administrator(), "viewer", user.principal());
        await(() -> authenticate(second, key).may(permission));
        testing.identity().users().deactivate(testing.administrator(), "u@example.com");
        await(() -> isRefused(second, key));
    }

    @Test
    void shouldBelieveNothingForLongWithoutNotifications() throws Exception {
        IssuedKey issued = issue();
        String key = issued.text().reveal();
        Database database = secondDatabase();
        database.notifications().close();
        Identity second = secondNode(database);
        authenticate(second, key);
        silently("UPDATE api_keys SET revoked_at = now() WHERE key_id = '"
                + issued.key().id() + "'");
        nanos.addAndGet(Authenticator.BELIEF.toNanos() - 1);
        assertThat(isRefused(second, key)).as("still believed").isFalse();
        nanos.addAndGet(1);
        assertThat(isRefused(second, key)).isTrue();
    }

    @Test
    void shouldNotReadAgainWhatTheFeedProvesUnchanged() throws Exception {
        IssuedKey issued = issue();
        String key = issued.text().reveal();
        Identity second = secondNode(secondDatabase());
        ChangeFeed feed = second.authenticator().feed();
        await(() -> feed.provenAtNanos() == nanos.get());
        authenticate(second, key);
        silently("UPDATE api_keys SET revoked_at = now() WHERE key_id = '"
                + issued.key().id() + "'");
        long later = nanos.addAndGet(Duration.ofMinutes(1).toNanos());
        await(() -> feed.provenAtNanos() == later);
        assertThat(isRefused(second, key))
                .as("a change that nobody announced goes unnoticed, as nothing is read")
                .isFalse();
    }

    @Test
    void shouldNotRememberARowThatChangedWhileItWasRead() throws Exception {
        IssuedKey issued = issue();
        String key = issued.text().reveal();
        Database database = secondDatabase();
        Identity second = secondNode(database);
        ChangeFeed feed = second.authenticator().feed();
        await(() -> feed.provenAtNanos() == nanos.get());
        long changes = feed.changes();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
                Connection blocker =
                        DriverManager.getConnection(testing.testing().superuserJdbcUrl());
                Statement sql = blocker.createStatement()) {
            blocker.setAutoCommit(false);
            sql.execute("LOCK TABLE principals IN ACCESS EXCLUSIVE MODE");
            Future<Caller> reading = executor.submit(() -> authenticate(second, key));
            // The reading has the key's row and waits for its owner's.
            await(() -> isWaitingFor("principals"));
            silently("UPDATE api_keys SET revoked_at = now() WHERE key_id = '"
                    + issued.key().id() + "'; SELECT pg_notify('gantry_identity', 'key "
                    + issued.key().prefix() + "')");
            await(() -> feed.changes() > changes);
            blocker.rollback();
            assertThat(reading.get().principal()).as("it came before").isEqualTo("admin@localhost");
        }
        assertThat(isRefused(second, key)).isTrue();
    }

    private boolean isWaitingFor(String table) {
        return testing.database()
                .<Boolean>unscoped(handle -> handle.createQuery("""
                                SELECT EXISTS (SELECT 1 FROM pg_locks
                                    WHERE NOT granted AND relation = CAST(:table AS regclass))""")
                        .bind("table", table)
                        .mapTo(Boolean.class)
                        .one());
    }

    @Test
    void shouldFailClosedSoonAfterTheDatabaseIsGone() throws Exception {
        String key = issue().text().reveal();
        String stranger = "gk_0123456789_0123456789012345678901234567890123456789012";
        Database database = secondDatabase();
        Identity second = secondNode(database);
        authenticate(second, key);
        assertThat(isRefused(second, stranger)).isTrue();
        // What is remembered may serve for a moment yet, or be dropped with the connection that told of changes.
        database.close();
        nanos.addAndGet(Authenticator.BELIEF.toNanos());
        assertRefused(ErrorCode.DATABASE_UNAVAILABLE, () -> authenticate(second, key));
        assertRefused(
                ErrorCode.DATABASE_UNAVAILABLE,
                () -> authenticate(second, "gk_9876543210_0123456789012345678901234567890123456789012"));
    }

    @Test
    void shouldServeManyRequestsWithOneColdKey() throws Exception {
        String key = issue().text().reveal();
        Identity second = secondNode(secondDatabase());
        List<Callable<Caller>> requests = new ArrayList<>();
        for (int request = 0; request < 300; request++) {
            requests.add(() -> authenticate(second, key));
        }
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Caller> caller : executor.invokeAll(requests)) {
                assertThat(caller.get().principal()).isEqualTo("admin@localhost");
            }
        }
    }

    @Test
    void shouldNarrowTheRightsOfARestrictedKey() {
        Caller caller = testing.authenticate(
                testing.key("admin@localhost", List.of("patterns:read")).text().reveal());
        assertThat(caller.may(Permission.of("patterns", "read"))).isTrue();
        assertThat(caller.may(Permission.of("users", "read"))).isFalse();
    }

    @Test
    void shouldBindAKeyToATeamForAsLongAsItsOwnerIsInIt() {
        Caller administrator = testing.administrator();
        testing.user("u@example.com");
        Teams teams = testing.identity().teams();
        for (String team : List.of("first", "second")) {
            teams.create(administrator, team, "");
            teams.addMember(administrator, team, "u@example.com");
        }
        String key = testing.identity()
                .keys()
                .create(administrator, new KeyRequest("k", "u@example.com", "second", "apollo", null, null))
                .text()
                .reveal();
        Caller caller = testing.authenticate(key);
        assertThat(caller.teams()).containsExactly("second");
        assertThat(caller.team()).isEqualTo("second");
        assertThat(caller.project()).isEqualTo("apollo");
        Caller unbound = testing.withKey(caller, null);
        assertThat(unbound.teams()).containsExactly("first", "second");
        assertThat(unbound.team()).isEqualTo("first");

        teams.deactivate(administrator, "second");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
        teams.update(administrator, "second", null, true);
        assertThat(testing.authenticate(key).team()).isEqualTo("second");
        teams.removeMember(administrator, "second", "u@example.com");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.authenticate(key));
    }

    @Test
    void shouldNoteWhenAKeyWasLastUsed() {
        IssuedKey issued = issue();
        assertThat(issued.key().lastUsedAt()).isNull();
        testing.authenticate(issued.text().reveal());
        testing.identity().authenticator().uses().flush();
        assertThat(testing.identity()
                        .keys()
                        .show(testing.administrator(), issued.key().id())
                        .lastUsedAt())
                .isEqualTo(testing.now());
        testing.setNow(testing.now().plusSeconds(90));
        testing.authenticate(issued.text().reveal());
        testing.identity().authenticator().uses().flush();
        assertThat(testing.identity()
                        .keys()
                        .show(testing.administrator(), issued.key().id())
                        .lastUsedAt())
                .isEqualTo(testing.now());
    }
}
