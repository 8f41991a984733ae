package dev.gantry.identity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.TestingDatabase;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootstrapTest {
    private final TestingDatabase testing = TestingDatabase.open("identity");
    private final Database database = testing.database();
    private Identity identity = Identity.open(database, RoleBook.builtInOnly(), Clock.systemUTC());

    @TempDir
    Path directory;

    @AfterEach
    void close() {
        identity.close();
        testing.close();
    }

    private Bootstrap.Outcome ensure(boolean recover) {
        return Bootstrap.ensure(database, identity, Clock.systemUTC(), directory, recover);
    }

    private String key() throws Exception {
        return CredentialsFile.read(directory)
                .map(CredentialsFile::apiKey)
                .orElseThrow()
                .reveal();
    }

    @Test
    void shouldMakeAnAdministratorWhoseKeyLiesInTheDataDirectory() throws Exception {
        Bootstrap.Outcome outcome = ensure(false);
        assertThat(outcome.created()).isTrue();
        assertThat(outcome.credential()).isEqualTo(Bootstrap.Credential.ISSUED);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("credentials"))))
                .isEqualTo("rw-------");
        assertThat(Files.readAllLines(directory.resolve("credentials")))
                .anyMatch(line -> line.matches("api_key=gk_[0-9A-Za-z]{10}_[0-9A-Za-z]{43}"));
        Caller caller = TestingIdentity.authenticate(identity, key());
        assertThat(caller.organization()).isEqualTo(outcome.organization());
        assertThat(caller.principal()).isEqualTo("admin@localhost");
        assertThat(caller.team()).isEqualTo("default");
        assertThat(caller.rights().everything()).isTrue();
        assertThat(identity.organization(caller).name()).isEqualTo("default");
    }

    @Test
    void shouldChangeNothingOnTheSecondStart() throws Exception {
        Bootstrap.Outcome first = ensure(true);
        String key = key();
        Bootstrap.Outcome second = ensure(true);
        assertThat(second).isEqualTo(new Bootstrap.Outcome(first.organization(), false, Bootstrap.Credential.KEPT));
        assertThat(key()).isEqualTo(key);
    }

    @Test
    void shouldReplaceTheKeyOfALostFileWhereTheDataDirectoryOwnsTheDatabase() throws Exception {
        ensure(true);
        String lost = key();
        Files.delete(directory.resolve("credentials"));
        assertThat(ensure(true).credential()).isEqualTo(Bootstrap.Credential.ISSUED);
        assertThat(TestingIdentity.authenticate(identity, key()).principal()).isEqualTo("admin@localhost");
        TestingIdentity.assertRefused(ErrorCode.UNAUTHENTICATED, () -> TestingIdentity.authenticate(identity, lost));
    }

    @Test
    void shouldReplaceAKeyThatNoLongerWorksAndKeepTheAddress() throws Exception {
        ensure(true);
        Caller caller = TestingIdentity.authenticate(identity, key());
        new CredentialsFile("http://127.0.0.1:1", Secret.of(key())).write(directory);
        identity.keys().revoke(caller, Objects.requireNonNull(caller.keyId()));
        assertThat(ensure(true).credential()).isEqualTo(Bootstrap.Credential.ISSUED);
        assertThat(CredentialsFile.read(directory).orElseThrow().url()).isEqualTo("http://127.0.0.1:1");
        assertThat(TestingIdentity.authenticate(identity, key()).principal()).isEqualTo("admin@localhost");
    }

    @Test
    void shouldNotLeaveAKeyBehindForEveryNodeOfASharedDatabase(@TempDir Path other) throws Exception {
        ensure(false);
        Bootstrap.Outcome second = Bootstrap.ensure(database, identity, Clock.systemUTC(), other, false);
        assertThat(second.credential()).isEqualTo(Bootstrap.Credential.ABSENT);
        assertThat(CredentialsFile.read(other)).isEmpty();
        assertThat(ensure(false).credential()).isEqualTo(Bootstrap.Credential.KEPT);
    }

    @Test
    void shouldGiveNoKeyToAnAdministratorWhoWasDeactivated() throws Exception {
        ensure(true);
        Caller caller = TestingIdentity.authenticate(identity, key());
        identity.users().create(caller, PrincipalKind.USER, "other@example.com", "");
        identity.roles().assignToUser(caller, "owner", "other@example.com");
        identity.users().deactivate(caller, "admin@localhost");
        assertThat(ensure(true).credential()).isEqualTo(Bootstrap.Credential.ABSENT);
    }

    @Test
    void shouldAgreeWhenManyNodesStartAtOnce(@TempDir Path directories) throws Exception {
        List<Callable<Bootstrap.Outcome>> starts = new ArrayList<>();
        for (int node = 0; node < 6; node++) {
            Path own = Files.createDirectory(directories.resolve("node" + node));
            starts.add(() -> Bootstrap.ensure(database, identity, Clock.systemUTC(), own, false));
        }
        List<Bootstrap.Outcome> outcomes = new ArrayList<>();
        try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Future<Bootstrap.Outcome> outcome : executor.invokeAll(starts)) {
                outcomes.add(outcome.get());
            }
        }
        Map<UUID, Long> organizations = outcomes.stream()
                .collect(Collectors.groupingBy(Bootstrap.Outcome::organization, Collectors.counting()));
        assertThat(organizations).hasSize(1);
        assertThat(outcomes).filteredOn(Bootstrap.Outcome::created).hasSize(1);
        assertThat(outcomes)
                .filteredOn(outcome -> outcome.credential() == Bootstrap.Credential.ISSUED)
                .hasSize(1);
    }

    @Test
    void shouldReplaceADamagedFile() throws Exception {
        ensure(true);
        Files.write(directory.resolve("credentials"), new byte[] {(byte) 0xff, (byte) 0xfe, 0, 1});
        assertThat(ensure(true).credential()).isEqualTo(Bootstrap.Credential.ISSUED);
        assertThat(TestingIdentity.authenticate(identity, key()).principal()).isEqualTo("admin@localhost");
    }

    @Test
    void shouldKeepTheFirstUserInPowerWhateverTheRolesOfTheConfigurationSay() throws Exception {
        identity.close();
        identity = Identity.open(
                database,
                new RoleBook(new RolesSettings(Map.of("admin", new RoleSettings(List.of("patterns:*"))), List.of())),
                Clock.systemUTC());
        ensure(true);
        assertThat(TestingIdentity.authenticate(identity, key()).rights().everything())
                .isTrue();
    }
}
