package dev.gantry.accounts;

import static dev.gantry.accounts.TestingAccounts.ADDRESS;
import static dev.gantry.accounts.TestingAccounts.PASSWORD;
import static dev.gantry.accounts.TestingAccounts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Secret;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class PasswordsTest {
    private static final Secret WRONG = Secret.of("not the right one");
    private static final Secret OTHER = Secret.of("seven lamps at noon");

    private final TestingAccounts testing = new TestingAccounts();
    private final Passwords passwords = testing.accounts().passwords();

    @AfterEach
    void close() {
        testing.close();
    }

    private String stored(Person person) {
        return testing.testing()
                .database()
                .inOrganization(
                        testing.organization(),
                        handle -> PasswordStore.find(handle, person.id())
                                .orElseThrow()
                                .hash());
    }

    private GantryException refusal(String name, Secret password, String address) {
        return catchThrowableOfType(
                GantryException.class, () -> passwords.prove(testing.organization(), name, password, address));
    }

    private static void assertSignedIn(Person jane, Accounts.Step step) {
        assertThat(step)
                .isInstanceOfSatisfying(
                        Accounts.Step.Done.class,
                        done -> assertThat(done.person()).isEqualTo(jane));
    }

    @Test
    void shouldSignInWithTheRightPassword() {
        Person jane = testing.personWithPassword("jane@example.com");

        assertSignedIn(jane, testing.signIn("jane@example.com", PASSWORD));
        assertThat(stored(jane)).startsWith("$argon2id$v=19$m=7168,t=1,p=1$").doesNotContain(PASSWORD.reveal());
    }

    @Test
    void shouldNotTellAWrongNameFromAWrongPasswordOrADeactivatedUser() {
        testing.personWithPassword("jane@example.com");
        testing.person("nopassword@example.com");
        testing.deactivate(testing.personWithPassword("gone@example.com"));

        GantryException wrong = refusal("jane@example.com", WRONG, ADDRESS);

        assertThat(wrong.code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        for (String name : List.of("nobody@example.com", "nopassword@example.com", "gone@example.com")) {
            GantryException other = refusal(name, PASSWORD, ADDRESS);
            assertThat(other.code()).isEqualTo(wrong.code());
            assertThat(other).hasMessage(wrong.getMessage());
        }
    }

    @Test
    void shouldComputeAHashAnewWhenThePolicyRises() {
        Person jane = testing.personWithPassword("jane@example.com");
        try (Accounts dearer = testing.open(new AccountSettings(
                TestingAccounts.passwords(8),
                new AccountSettings.Mfa(false, "Gantry"),
                new AccountSettings.Passkeys("example.org", List.of())))) {
            dearer.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);
        }

        assertThat(stored(jane)).startsWith("$argon2id$v=19$m=8192,");
        assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
    }

    @Test
    void shouldEndWhatWasOpenedWithTheFormerPassword() {
        Person jane = testing.personWithPassword("jane@example.com");

        passwords.change(jane, PASSWORD, OTHER, ADDRESS);

        assertThat(testing.changed()).containsExactly("jane@example.com");
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.signIn("jane@example.com", PASSWORD));
        assertSignedIn(jane, testing.signIn("jane@example.com", OTHER));
    }

    @Test
    void shouldRefuseTheSameAndACommonPassword() {
        Person jane = testing.personWithPassword("jane@example.com");

        assertRefused(ErrorCode.INVALID_REQUEST, () -> passwords.change(jane, PASSWORD, PASSWORD, ADDRESS));
        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> passwords.change(jane, PASSWORD, Secret.of("Password-2026!"), ADDRESS));
        assertThat(testing.changed()).isEmpty();
    }

    @Test
    void shouldEndWhatWasOpenedOnlyWhenThereIsAPasswordToTakeAway() {
        Person jane = testing.personWithPassword("jane@example.com");

        assertThat(passwords.remove(jane)).isTrue();
        assertThat(passwords.remove(jane)).isFalse();

        assertThat(testing.changed()).containsExactly("jane@example.com");
    }

    @Test
    void shouldInsistOnAChangeBeforeAnythingElse() {
        Person jane = testing.person("jane@example.com");
        passwords.set(jane, "/password", PASSWORD, true);

        assertRefused(ErrorCode.PASSWORD_CHANGE_REQUIRED, () -> testing.signIn("jane@example.com", PASSWORD));
        Accounts.Step done =
                testing.accounts().signIn(testing.organization(), "jane@example.com", PASSWORD, OTHER, ADDRESS);

        assertSignedIn(jane, done);
        assertSignedIn(jane, testing.signIn("jane@example.com", OTHER));
    }

    @Nested
    class Lockout {
        @Test
        void shouldLockAnAddressOutAfterFiveAttemptsAndNobodyElse() {
            Person jane = testing.personWithPassword("jane@example.com");
            for (int attempt = 0; attempt < 5; attempt++) {
                assertThat(refusal("jane@example.com", WRONG, ADDRESS).code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
            }

            GantryException locked = refusal("jane@example.com", PASSWORD, ADDRESS);

            assertThat(locked.code()).isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(locked.retryAfter()).contains(Duration.ofMinutes(15));
            assertThat(passwords
                            .prove(testing.organization(), "jane@example.com", PASSWORD, "198.51.100.4")
                            .person())
                    .isEqualTo(jane);
        }

        @Test
        void shouldEndWithTimeAndNotEarlierByTrying() {
            testing.personWithPassword("jane@example.com");
            for (int attempt = 0; attempt < 6; attempt++) {
                refusal("jane@example.com", WRONG, ADDRESS);
            }
            testing.advance(Duration.ofMinutes(14));
            assertThat(refusal("jane@example.com", PASSWORD, ADDRESS).code()).isEqualTo(ErrorCode.RATE_LIMITED);
            testing.advance(Duration.ofMinutes(1));

            assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
        }

        @Test
        void shouldLookTheSameForNamesThatNobodyHas() {
            testing.personWithPassword("jane@example.com");
            List<String> known = new ArrayList<>();
            List<String> unknown = new ArrayList<>();
            for (int attempt = 0; attempt < 7; attempt++) {
                known.add(String.valueOf(
                        refusal("jane@example.com", WRONG, ADDRESS).getMessage()));
                unknown.add(String.valueOf(
                        refusal("nobody@example.com", WRONG, ADDRESS).getMessage()));
            }

            assertThat(unknown).isEqualTo(known);
            assertThat(known.getLast()).contains("try again in 15 minutes");
        }

        @Test
        void shouldNotCountWhatSucceeds() {
            testing.personWithPassword("jane@example.com");
            for (int round = 0; round < 4; round++) {
                refusal("jane@example.com", WRONG, ADDRESS);
                assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
            }
            assertThat(refusal("jane@example.com", WRONG, ADDRESS).code()).isEqualTo(ErrorCode.UNAUTHENTICATED);
        }

        @Test
        void shouldCheckNoMoreThanFiveOfManyAttemptsAtOnce() throws Exception {
            testing.personWithPassword("jane@example.com");
            List<Future<ErrorCode>> attempts = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int attempt = 0; attempt < 20; attempt++) {
                    attempts.add(threads.submit(
                            () -> refusal("jane@example.com", WRONG, ADDRESS).code()));
                }
            }
            List<ErrorCode> codes = new ArrayList<>();
            for (Future<ErrorCode> attempt : attempts) {
                codes.add(attempt.get());
            }

            assertThat(codes).filteredOn(ErrorCode.UNAUTHENTICATED::equals).hasSize(5);
            assertThat(codes).filteredOn(ErrorCode.RATE_LIMITED::equals).hasSize(15);
        }

        @Test
        void shouldKeepManyAddressesFromGuessingAndLetThoseInFromWhichItWasUsed() {
            testing.personWithPassword("jane@example.com");
            passwords.prove(testing.organization(), "jane@example.com", PASSWORD, "203.0.113.1");
            for (int attempt = 0; attempt < 8; attempt++) {
                refusal("jane@example.com", WRONG, "198.51.100." + attempt);
            }

            assertThat(refusal("jane@example.com", PASSWORD, "198.51.100.99").code())
                    .isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(passwords
                            .prove(testing.organization(), "jane@example.com", PASSWORD, "203.0.113.1")
                            .mustChange())
                    .isFalse();
        }

        @Test
        void shouldStopOneAddressThatTriesManyNames() {
            testing.personWithPassword("jane@example.com");
            for (int attempt = 0; attempt < 20; attempt++) {
                assertThat(refusal("user" + attempt + "@example.com", WRONG, ADDRESS)
                                .code())
                        .isEqualTo(ErrorCode.UNAUTHENTICATED);
            }

            assertThat(refusal("jane@example.com", PASSWORD, ADDRESS).code()).isEqualTo(ErrorCode.RATE_LIMITED);
        }

        @Test
        void shouldCountAWholeNetworkOfIpv6AsOneAddress() {
            for (int attempt = 0; attempt < 5; attempt++) {
                assertThat(refusal("jane@example.com", WRONG, "2001:db8:1:2:aaaa::" + attempt)
                                .code())
                        .isEqualTo(ErrorCode.UNAUTHENTICATED);
            }
            assertThat(refusal("jane@example.com", WRONG, "2001:db8:1:2:bbbb::1")
                            .code())
                    .isEqualTo(ErrorCode.RATE_LIMITED);
            assertThat(refusal("jane@example.com", WRONG, "2001:db8:1:3::1").code())
                    .isEqualTo(ErrorCode.UNAUTHENTICATED);
        }

        private void mistypeFiveTimes() {
            for (int attempt = 0; attempt < 5; attempt++) {
                refusal("jane@example.com", WRONG, ADDRESS);
            }
        }

        private void assertLocked(Person jane) {
            assertThat(testing.accounts().overview(jane).lockedUntil())
                    .contains(testing.now().plus(Duration.ofMinutes(15)));
        }

        private void assertSignsInAgain(Person jane, Secret password) {
            assertThat(testing.accounts().overview(jane).lockedUntil()).isEmpty();
            assertSignedIn(jane, testing.signIn("jane@example.com", password));
        }

        @Test
        void shouldEndWhenAnAdministratorSaysSo() {
            Person jane = testing.personWithPassword("jane@example.com");
            mistypeFiveTimes();
            assertLocked(jane);

            testing.accounts().unlock(jane);

            assertSignsInAgain(jane, PASSWORD);
        }

        @Test
        void shouldEndForAllAddressesWhenAnAdministratorSaysSo() {
            Person jane = testing.personWithPassword("jane@example.com");
            for (int attempt = 0; attempt < 9; attempt++) {
                refusal("jane@example.com", WRONG, "198.51.100." + attempt);
            }
            assertLocked(jane);

            testing.accounts().unlock(jane);

            assertSignsInAgain(jane, PASSWORD);
        }

        @Test
        void shouldEndForNobodyElse() {
            Person jane = testing.personWithPassword("jane@example.com");
            testing.personWithPassword("joe@example.com");
            mistypeFiveTimes();
            for (int attempt = 0; attempt < 5; attempt++) {
                refusal("joe@example.com", WRONG, ADDRESS);
            }

            testing.accounts().unlock(jane);

            assertThat(refusal("joe@example.com", PASSWORD, ADDRESS).code()).isEqualTo(ErrorCode.RATE_LIMITED);
        }

        @Test
        void shouldEndWithAPasswordThatAnAdministratorSets() {
            Person jane = testing.personWithPassword("jane@example.com");
            mistypeFiveTimes();

            passwords.set(jane, "/password", OTHER, false);

            assertSignsInAgain(jane, OTHER);
        }

        @Test
        void shouldEndWithAPasswordThatWasChosenByAToken() {
            Person jane = testing.personWithPassword("jane@example.com");
            mistypeFiveTimes();

            passwords.reset(passwords.issueReset(jane, Ids.next()).token(), OTHER);

            assertSignsInAgain(jane, OTHER);
        }

        @Test
        void shouldKeepKnownAddressesWhenALockIsEnded() {
            Person jane = testing.personWithPassword("jane@example.com");
            passwords.prove(testing.organization(), "jane@example.com", PASSWORD, "203.0.113.1");
            testing.accounts().unlock(jane);
            for (int attempt = 0; attempt < 9; attempt++) {
                refusal("jane@example.com", WRONG, "198.51.100." + attempt);
            }

            assertThat(passwords
                            .prove(testing.organization(), "jane@example.com", PASSWORD, "203.0.113.1")
                            .person())
                    .isEqualTo(jane);
        }

        private int counts() {
            return testing.testing()
                    .database()
                    .inOrganization(
                            testing.organization(),
                            handle -> handle.createQuery("SELECT count(*) FROM sign_in_attempts")
                                    .mapTo(Integer.class)
                                    .one());
        }

        @Test
        void shouldForgetWhatWasTriedWithoutAnybodySigningIn() {
            testing.personWithPassword("jane@example.com");
            passwords.prove(testing.organization(), "jane@example.com", PASSWORD, "203.0.113.1");
            for (int attempt = 0; attempt < 40; attempt++) {
                refusal("user" + attempt + "@example.com", WRONG, "198.51.100." + attempt);
            }
            assertThat(counts()).isGreaterThan(100);
            testing.advance(Duration.ofMinutes(16));

            refusal("nobody@example.com", WRONG, ADDRESS);
            refusal("nobody@example.com", WRONG, ADDRESS);

            assertThat(counts())
                    .as("three of the attempt, and the known address")
                    .isEqualTo(4);
        }
    }

    @Nested
    class Reset {
        @Test
        void shouldChooseAPasswordOnce() {
            Person jane = testing.personWithPassword("jane@example.com");
            Secret token = passwords.issueReset(jane, Ids.next()).token();

            assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
            assertThat(passwords.reset(token, OTHER)).isEqualTo(jane);

            assertThat(testing.changed()).containsExactly("jane@example.com");
            assertThat(testing.signIn("jane@example.com", OTHER)).isInstanceOf(Accounts.Step.Done.class);
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passwords.reset(token, PASSWORD));
        }

        @Test
        void shouldKeepTheTokenWhenThePasswordIsTooWeak() {
            Person jane = testing.person("jane@example.com");
            Secret token = passwords.issueReset(jane, Ids.next()).token();

            assertRefused(ErrorCode.INVALID_REQUEST, () -> passwords.reset(token, Secret.of("short")));

            assertThat(passwords.reset(token, OTHER)).isEqualTo(jane);
        }

        @Test
        void shouldRefuseOldReplacedAndForgedTokensInTheSameWords() {
            Person jane = testing.person("jane@example.com");
            Secret replaced = passwords.issueReset(jane, Ids.next()).token();
            Secret late = passwords.issueReset(jane, Ids.next()).token();
            testing.advance(Duration.ofHours(24));

            for (Secret token :
                    List.of(replaced, late, Secret.of("gpr_" + "A".repeat(86)), Secret.of("gpr_!!"), Secret.of(""))) {
                assertThatThrownBy(() -> passwords.reset(token, OTHER))
                        .hasMessage("The token was used, has expired or was replaced; ask for another one");
            }
        }

        @Test
        void shouldNotWorkForSomebodyWhoWasDeactivated() {
            Person jane = testing.person("jane@example.com");
            Secret token = passwords.issueReset(jane, Ids.next()).token();
            testing.deactivate(jane);

            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passwords.reset(token, OTHER));
        }

        @Test
        void shouldBeVoidOnceAPasswordWasSetOtherwise() {
            Person jane = testing.personWithPassword("jane@example.com");
            Secret token = passwords.issueReset(jane, Ids.next()).token();
            passwords.change(jane, PASSWORD, OTHER, ADDRESS);

            assertRefused(ErrorCode.UNAUTHENTICATED, () -> passwords.reset(token, PASSWORD));
        }
    }
}
