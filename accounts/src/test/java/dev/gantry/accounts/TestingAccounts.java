package dev.gantry.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.config.DataSize;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeys;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.TestingDatabase;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** Accounts over a fresh database with one organization, cheap hashes, and a clock that the test moves. */
final class TestingAccounts implements AutoCloseable, People {
    static final String ADDRESS = "192.0.2.7";
    static final Secret PASSWORD = Secret.of("mighty walrus sings");

    private final TestingDatabase testing = TestingDatabase.open("crypto", "identity", "accounts");
    private final AtomicReference<Instant> now = new AtomicReference<>(Instant.parse("2026-11-21T08:00:00Z"));
    private final Clock clock = ((InstantSource) now::get).withZone(ZoneOffset.UTC);
    private final UUID organization = TestingDatabase.newOrganization();
    private final Map<String, Person> people = new ConcurrentHashMap<>();
    private final List<String> changed = new CopyOnWriteArrayList<>();
    private final KeyRing keyRing;
    private final Accounts accounts;

    TestingAccounts() {
        this(settings(false));
    }

    TestingAccounts(AccountSettings settings) {
        Secret masterKey = Secret.of(Base64.getEncoder().encodeToString(new byte[32]));
        keyRing = new KeyRing(
                MasterKeys.of(List.of(masterKey)),
                (organization, work) -> testing.database().inOrganization(organization, handle -> {
                    try {
                        work.over(handle.getConnection());
                    } catch (SQLException failed) {
                        throw new AssertionError(failed);
                    }
                    return null;
                }));
        accounts = open(settings);
        testing.database()
                .<Boolean>inOrganization(
                        organization,
                        handle -> handle.execute(
                                        "INSERT INTO organizations (organization_id, name, created_at) VALUES (?, ?, now())",
                                        organization,
                                        "testing")
                                == 1);
    }

    /** Opens the same accounts under other settings, as after a restart. */
    Accounts open(AccountSettings settings) {
        return Accounts.open(testing.database(), keyRing, settings, this, clock);
    }

    static AccountSettings settings(boolean mfaRequired) {
        return new AccountSettings(
                passwords(7),
                new AccountSettings.Mfa(mfaRequired, "Gantry"),
                new AccountSettings.Passkeys("example.org", List.of()));
    }

    static AccountSettings.Passwords passwords(int memoryMib) {
        return new AccountSettings.Passwords(
                12,
                256,
                List.of(),
                List.of("acme"),
                5,
                8,
                20,
                Duration.ofMinutes(15),
                new DataSize(memoryMib * 1024L * 1024),
                1,
                2,
                Duration.ofHours(24));
    }

    /** Makes a user. */
    Person person(String name) {
        Person person = new Person(organization, Ids.next(), name);
        testing.database()
                .<Boolean>inOrganization(
                        organization, handle -> handle.execute("""
                                INSERT INTO principals (principal_id, organization_id, kind, name, display_name, active,
                                    created_at)
                                VALUES (?, ?, 'user', ?, '', true, now())""", person.id(), organization, name) == 1);
        people.put(name, person);
        return person;
    }

    /** Makes a user with {@link #PASSWORD}. */
    Person personWithPassword(String name) {
        Person person = person(name);
        accounts.passwords().set(person, "/password", PASSWORD, false);
        changed.clear();
        return person;
    }

    void deactivate(Person person) {
        people.remove(person.name());
    }

    Accounts accounts() {
        return accounts;
    }

    UUID organization() {
        return organization;
    }

    TestingDatabase testing() {
        return testing;
    }

    Instant now() {
        return now.get();
    }

    void advance(Duration by) {
        now.updateAndGet(before -> before.plus(by));
    }

    /** Whose credentials changed, in turn. */
    List<String> changed() {
        return changed;
    }

    Accounts.Step signIn(String name, Secret password) {
        return accounts.signIn(organization, name, password, null, ADDRESS);
    }

    static void assertRefused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        GantryException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Override
    public Optional<Person> named(UUID organization, String name) {
        return Optional.ofNullable(people.get(name));
    }

    @Override
    public Optional<Person> find(UUID organization, UUID id) {
        return people.values().stream().filter(each -> each.id().equals(id)).findFirst();
    }

    @Override
    public void credentialsChanged(Person person) {
        changed.add(person.name());
    }

    @Override
    public void close() {
        accounts.close();
        testing.close();
    }
}
