package dev.gantry.signin;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.database.Database;
import dev.gantry.identity.Bootstrap;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.CredentialsFile;
import dev.gantry.identity.Identity;
import dev.gantry.identity.IssuedKey;
import dev.gantry.identity.KeyRequest;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.identity.RoleBook;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** Signing in over a fresh database with its first administrator, and a clock that the test moves. */
final class TestingSignIn implements AutoCloseable {
    static final Client CLIENT = new Client("192.0.2.1", "test");

    private final TestingDatabase testing = TestingDatabase.open("crypto", "identity", "signin");
    private final List<String> keptAdministrators = new CopyOnWriteArrayList<>();
    private final List<String> endedSessions = new CopyOnWriteArrayList<>();
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final KeyRing keyRing;
    private final Identity identity;
    private final SignIn signIn;
    private final Caller administrator;
    private final String administratorKey;

    private TestingSignIn(AuthenticationSettings settings, RoleBook roles, Path dataDirectory) throws Exception {
        keyRing = new KeyRing(
                MasterKeys.of(List.of(Secret.of(Base64.getEncoder().encodeToString(new byte[32])))),
                (organization, work) -> testing.database().inOrganization(organization, handle -> {
                    try {
                        work.over(handle.getConnection());
                    } catch (SQLException failed) {
                        throw new AssertionError(failed);
                    }
                    return null;
                }));
        identity = Identity.open(testing.database(), roles, clock);
        Bootstrap.ensure(testing.database(), identity, clock, dataDirectory, true);
        administratorKey = CredentialsFile.read(dataDirectory)
                .map(CredentialsFile::apiKey)
                .orElseThrow()
                .reveal();
        signIn = SignIn.open(
                testing.database(),
                identity,
                keyRing,
                settings,
                new DirectoryEvents() {
                    @Override
                    public void administratorKept(
                            UUID organization, UUID id, String principal, String provider, List<String> groups) {
                        keptAdministrators.add(principal + " in " + groups + " by " + provider);
                    }

                    @Override
                    public void sessionEnded(
                            UUID organization, UUID id, String principal, String provider, String why) {
                        endedSessions.add(principal + " by " + provider + ": " + why);
                    }
                },
                clock);
        administrator = authenticate(administratorKey);
    }

    static TestingSignIn open(AuthenticationSettings settings, Path dataDirectory) throws Exception {
        return open(settings, RoleBook.builtInOnly(), dataDirectory);
    }

    static TestingSignIn open(AuthenticationSettings settings, RoleBook roles, Path dataDirectory) throws Exception {
        return new TestingSignIn(settings, roles, dataDirectory);
    }

    /** Another node on the same database; it shares the identity of this one, and nothing that signing in remembers. */
    SignIn otherNode(AuthenticationSettings settings) {
        SignIn other = SignIn.open(
                testing.database(), identity, keyRing, settings, (organization, id, name, from, groups) -> {}, clock);
        identity.accept(signIn);
        return other;
    }

    /** Who had to stay in which groups, in words. */
    List<String> keptAdministrators() {
        return keptAdministrators;
    }

    /** Whose sessions ended by a provider's word, and why. */
    List<String> endedSessions() {
        return endedSessions;
    }

    static TestingSignIn open(Path dataDirectory) throws Exception {
        return open(AuthenticationSettings.defaults(), dataDirectory);
    }

    KeyRing keyRing() {
        return keyRing;
    }

    Database database() {
        return testing.database();
    }

    TestingDatabase testing() {
        return testing;
    }

    Identity identity() {
        return identity;
    }

    SignIn signIn() {
        return signIn;
    }

    Sessions sessions() {
        return signIn.sessions();
    }

    Clock clock() {
        return clock;
    }

    Instant now() {
        return now.get();
    }

    void pass(Duration time) {
        now.updateAndGet(old -> old.plus(time));
    }

    Caller administrator() {
        return administrator;
    }

    String administratorKey() {
        return administratorKey;
    }

    Caller authenticate(String token) {
        return identity.authenticate(new Credentials(token, "192.0.2.1"));
    }

    void user(String name) {
        identity.users().create(administrator, PrincipalKind.USER, name, "");
    }

    IssuedKey key(String principal, @Nullable List<String> permissions, @Nullable Instant expiresAt) {
        return identity.keys()
                .create(administrator, new KeyRequest("for tests", principal, null, null, permissions, expiresAt));
    }

    IssuedSession session(IssuedKey key) {
        return signIn.withApiKey(key.text().reveal(), CLIENT);
    }

    /** Opens a session with a new key of a user and returns its token. */
    String token(String user) {
        return session(key(user, null, null)).token().reveal();
    }

    void assertEnded(String token) {
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> sessions().use(token));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> authenticate(token));
    }

    static void assertRefused(ErrorCode code, ThrowingCallable action) {
        assertThatThrownBy(action).isInstanceOfSatisfying(GantryException.class, error -> {
            if (error.code() != code) {
                throw new AssertionError("expected " + code + " but was " + error.code() + ": " + error.getMessage());
            }
        });
    }

    @Override
    public void close() {
        identity.close();
        testing.close();
    }
}
