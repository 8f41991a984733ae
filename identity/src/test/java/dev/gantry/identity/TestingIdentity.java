package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;

/** An identity service on a fresh database, with its first administrator and a clock that the test moves. */
final class TestingIdentity implements AutoCloseable {
    private final TestingDatabase testing = TestingDatabase.open("identity");
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final Identity identity;
    private final Caller administrator;

    private TestingIdentity(RoleBook book, Path dataDirectory) throws Exception {
        identity = Identity.open(testing.database(), book, clock);
        Bootstrap.ensure(testing.database(), identity, clock, dataDirectory, true);
        administrator = authenticate(CredentialsFile.read(dataDirectory)
                .map(CredentialsFile::apiKey)
                .orElseThrow()
                .reveal());
    }

    static TestingIdentity open(Path dataDirectory) throws Exception {
        return open(RoleBook.builtInOnly(), dataDirectory);
    }

    static TestingIdentity open(RoleBook book, Path dataDirectory) throws Exception {
        return new TestingIdentity(book, dataDirectory);
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

    Clock clock() {
        return clock;
    }

    Instant now() {
        return now.get();
    }

    void setNow(Instant instant) {
        now.set(instant);
    }

    /** The first user, who may do everything. */
    Caller administrator() {
        return administrator;
    }

    Caller authenticate(String key) {
        return authenticate(identity, key);
    }

    static Caller authenticate(Identity identity, String key) {
        return identity.authenticate(new Credentials(key, "127.0.0.1"));
    }

    /** Makes a user with a role of their own, and returns them as they come with an unrestricted key. */
    Caller user(String name, String... permissions) {
        identity.users().create(administrator, PrincipalKind.USER, name, "");
        if (permissions.length > 0) {
            String role = "role-of-" + name.replace("@", "-at-");
            identity.roles().create(administrator, role, "", List.of(permissions));
            identity.roles().assignToUser(administrator, role, name);
        }
        return authenticate(key(name, null).text().reveal());
    }

    IssuedKey key(String principal, @Nullable List<String> permissions) {
        return identity.keys()
                .create(administrator, new KeyRequest("for tests", principal, null, null, permissions, null));
    }

    /** A caller as the server sees one who came with a key restricted to some permissions. */
    Caller withKey(Caller caller, @Nullable List<String> permissions) {
        return authenticate(key(caller.principal(), permissions).text().reveal());
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
