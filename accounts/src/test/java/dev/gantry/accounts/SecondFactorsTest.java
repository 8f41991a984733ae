package dev.gantry.accounts;

import static dev.gantry.accounts.TestingAccounts.ADDRESS;
import static dev.gantry.accounts.TestingAccounts.PASSWORD;
import static dev.gantry.accounts.TestingAccounts.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Secret;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class SecondFactorsTest {
    private static final Secret OTHER = Secret.of("seven lamps at noon");

    private final TestingAccounts testing = new TestingAccounts();
    private final Accounts accounts = testing.accounts();
    private final Person jane = testing.personWithPassword("jane@example.com");

    @AfterEach
    void close() {
        testing.close();
    }

    /** The code that an application shows now, from the secret as it was typed. */
    private Secret code(Secret base32) {
        String alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        BigInteger bits = BigInteger.ZERO;
        for (char letter : base32.reveal().toCharArray()) {
            bits = bits.shiftLeft(5).or(BigInteger.valueOf(alphabet.indexOf(letter)));
        }
        byte[] bytes = bits.toByteArray();
        byte[] secret = new byte[20];
        int length = Math.min(20, bytes.length);
        System.arraycopy(bytes, bytes.length - length, secret, 20 - length, length);
        return Secret.of(Totp.code(secret, Totp.step(testing.now()), Totp.DIGITS));
    }

    private Secret enrolled() {
        Secret secret = accounts.factors().enrol(jane).secret();
        accounts.factors().confirm(jane, code(secret));
        testing.advance(Duration.ofSeconds(30));
        return secret;
    }

    private Accounts.Step.Needed needed() {
        return (Accounts.Step.Needed) testing.signIn("jane@example.com", PASSWORD);
    }

    private Accounts.Completed complete(Accounts.Step.Needed needed, Accounts.Method method, Secret code) {
        return accounts.complete(needed.challenge(), method, code, null, null);
    }

    @Test
    void shouldNeedACodeOnceAnApplicationWasConfirmed() {
        Secret secret = accounts.factors().enrol(jane).secret();
        assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
        accounts.factors().confirm(jane, code(secret));
        testing.advance(Duration.ofSeconds(30));

        Accounts.Step.Needed needed = needed();

        assertThat(needed.methods()).containsExactly(Accounts.Method.TOTP, Accounts.Method.RECOVERY_CODE);
        assertThat(complete(needed, Accounts.Method.TOTP, code(secret)).person())
                .isEqualTo(jane);
    }

    @Test
    void shouldTakeEveryCodeOnce() {
        Secret secret = enrolled();
        Secret code = code(secret);
        complete(needed(), Accounts.Method.TOTP, code);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed(), Accounts.Method.TOTP, code));
    }

    @Test
    void shouldNotTakeTheCodeThatConfirmedTheEnrolment() {
        Secret secret = accounts.factors().enrol(jane).secret();
        Secret code = code(secret);
        accounts.factors().confirm(jane, code);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed(), Accounts.Method.TOTP, code));
    }

    @Test
    void shouldTakeAChallengeOnce() {
        Secret secret = enrolled();
        Accounts.Step.Needed needed = needed();
        complete(needed, Accounts.Method.TOTP, code(secret));
        testing.advance(Duration.ofSeconds(30));

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed, Accounts.Method.TOTP, code(secret)));
    }

    @Test
    void shouldLockCodesAfterFiveWrongOnesAndNotThePassword() {
        Secret secret = enrolled();
        Accounts.Step.Needed needed = needed();
        for (int attempt = 0; attempt < 5; attempt++) {
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed, Accounts.Method.TOTP, Secret.of("000000")));
        }

        assertRefused(ErrorCode.RATE_LIMITED, () -> complete(needed, Accounts.Method.TOTP, code(secret)));
        assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Needed.class);
        testing.advance(Duration.ofMinutes(15));
        assertThat(complete(needed(), Accounts.Method.TOTP, code(secret)).person())
                .isEqualTo(jane);
    }

    private void guessFiveCodes() {
        Accounts.Step.Needed needed = needed();
        for (int attempt = 0; attempt < 5; attempt++) {
            assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed, Accounts.Method.TOTP, Secret.of("000000")));
        }
    }

    @Test
    void shouldShowTheLockOfCodesAndEndItWhenAnAdministratorSaysSo() {
        Secret secret = enrolled();
        guessFiveCodes();
        assertThat(accounts.overview(jane).lockedUntil()).contains(testing.now().plus(Duration.ofMinutes(15)));

        accounts.unlock(jane);

        assertThat(accounts.overview(jane).lockedUntil()).isEmpty();
        assertThat(complete(needed(), Accounts.Method.TOTP, code(secret)).person())
                .isEqualTo(jane);
    }

    @Test
    void shouldLetSomebodyWhoLostTheirFactorsEnrolAtOnceWhateverTheyTried() {
        enrolled();
        guessFiveCodes();

        accounts.removeFactors(jane);

        Secret secret = accounts.factors().enrol(jane).secret();
        assertThat(accounts.factors().confirm(jane, code(secret))).hasSize(SecondFactors.RECOVERY_CODES);
    }

    @Test
    void shouldNotStoreTheSecretReadably() {
        Secret secret = accounts.factors().enrol(jane).secret();
        byte[] sealed = testing.testing()
                .database()
                .inOrganization(
                        testing.organization(),
                        handle -> FactorStore.totp(handle, jane.id())
                                .orElseThrow()
                                .sealed());

        assertThat(sealed.length).isGreaterThan(20 + 16);
        assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain(secret.reveal());
    }

    @Test
    void shouldReplaceAnEnrolmentOnlyUntilItIsConfirmed() {
        Secret first = accounts.factors().enrol(jane).secret();
        Secret second = accounts.factors().enrol(jane).secret();

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> accounts.factors().confirm(jane, code(first)));
        assertThat(accounts.factors().confirm(jane, code(second))).hasSize(10);
        assertRefused(ErrorCode.CONFLICT, () -> accounts.factors().enrol(jane));
    }

    @Nested
    class RecoveryCodes {
        @Test
        void shouldWorkOnceEachHoweverTheyAreTyped() {
            Secret secret = accounts.factors().enrol(jane).secret();
            List<Secret> codes = accounts.factors().confirm(jane, code(secret));

            assertThat(codes).hasSize(10).doesNotHaveDuplicates();
            Secret typed =
                    codes.get(3).map(text -> " " + text.toUpperCase(Locale.ROOT).replace('-', ' '));
            assertThat(complete(needed(), Accounts.Method.RECOVERY_CODE, typed).person())
                    .isEqualTo(jane);
            assertRefused(
                    ErrorCode.UNAUTHENTICATED, () -> complete(needed(), Accounts.Method.RECOVERY_CODE, codes.get(3)));
            assertThat(accounts.factors().state(jane).recoveryCodes()).isEqualTo(9);
        }

        @Test
        void shouldBeVoidOnceThereAreNewOnes() {
            Secret secret = accounts.factors().enrol(jane).secret();
            List<Secret> old = accounts.factors().confirm(jane, code(secret));
            List<Secret> codes = accounts.factors().renewRecoveryCodes(jane);

            assertRefused(
                    ErrorCode.UNAUTHENTICATED, () -> complete(needed(), Accounts.Method.RECOVERY_CODE, old.getFirst()));
            assertThat(complete(needed(), Accounts.Method.RECOVERY_CODE, codes.getFirst())
                            .method())
                    .isEqualTo(Accounts.Method.RECOVERY_CODE);
        }
    }

    @Nested
    class Required {
        private final Accounts strict = testing.open(TestingAccounts.settings(true));

        @Test
        void shouldEnrolOnTheWayWhoHasNothingYet() {
            Accounts.Step.Needed needed = (Accounts.Step.Needed)
                    strict.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);
            assertThat(needed.methods()).isEmpty();
            Secret secret = strict.enrolOnTheWay(needed.challenge()).secret();

            Accounts.Completed completed =
                    strict.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, null);

            assertThat(completed.person()).isEqualTo(jane);
            assertThat(completed.recoveryCodes()).hasSize(10);
            strict.close();
        }

        @Test
        void shouldLeaveEverythingAsItWasWhenTheNewPasswordIsRefused() {
            strict.passwords().set(jane, "/password", PASSWORD, true);
            Accounts.Step.Needed needed = (Accounts.Step.Needed)
                    strict.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);
            Secret secret = strict.enrolOnTheWay(needed.challenge()).secret();
            for (Secret refused : List.of(PASSWORD, Secret.of("short"), Secret.of("password-2026!"))) {
                assertRefused(
                        ErrorCode.INVALID_REQUEST,
                        () -> strict.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, refused));
                assertThat(strict.factors().state(jane)).isEqualTo(new SecondFactors.State(false, 0));
            }

            Accounts.Completed completed =
                    strict.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, OTHER);

            assertThat(completed.recoveryCodes()).hasSize(10);
            assertThat(strict.factors().state(jane)).isEqualTo(new SecondFactors.State(true, 10));
            strict.close();
        }

        @Test
        void shouldConfirmNothingByAChallengeThatWasUsed() {
            Accounts.Step.Needed needed = (Accounts.Step.Needed)
                    strict.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);
            Secret first = strict.enrolOnTheWay(needed.challenge()).secret();
            strict.complete(needed.challenge(), Accounts.Method.TOTP, code(first), null, null);
            strict.removeFactors(jane);
            Secret second = strict.factors().enrol(jane).secret();

            assertRefused(
                    ErrorCode.UNAUTHENTICATED,
                    () -> strict.complete(needed.challenge(), Accounts.Method.TOTP, code(second), null, null));
            assertThat(strict.factors().state(jane)).isEqualTo(new SecondFactors.State(false, 0));
            strict.close();
        }

        @Test
        void shouldNotLetAPasswordAloneReplaceAFactor() {
            enrolled();
            Accounts.Step.Needed needed = (Accounts.Step.Needed)
                    strict.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);

            assertRefused(ErrorCode.CONFLICT, () -> strict.enrolOnTheWay(needed.challenge()));
            strict.close();
        }
    }

    @Test
    void shouldChangeAForcedPasswordOnlyAfterTheSecondFactor() {
        Secret secret = enrolled();
        accounts.passwords().set(jane, "/password", PASSWORD, true);
        Accounts.Step.Needed needed = (Accounts.Step.Needed)
                accounts.signIn(testing.organization(), "jane@example.com", PASSWORD, OTHER, ADDRESS);

        assertThat(needed.mustChange()).isTrue();
        assertRefused(ErrorCode.PASSWORD_CHANGE_REQUIRED, () -> complete(needed, Accounts.Method.TOTP, code(secret)));
        accounts.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, OTHER);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> testing.signIn("jane@example.com", PASSWORD));
        assertThat(testing.signIn("jane@example.com", OTHER)).isInstanceOf(Accounts.Step.Needed.class);
    }

    @Test
    void shouldKeepTheCodeWhenTheNewPasswordIsRefused() {
        Secret secret = enrolled();
        accounts.passwords().set(jane, "/password", PASSWORD, true);
        Accounts.Step.Needed needed = needed();

        assertRefused(
                ErrorCode.INVALID_REQUEST,
                () -> accounts.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, PASSWORD));

        assertThat(accounts.complete(needed.challenge(), Accounts.Method.TOTP, code(secret), null, OTHER)
                        .person())
                .isEqualTo(jane);
    }

    @Test
    void shouldNotFinishWhatWasBegunWithAPasswordThatWasReset() {
        Secret secret = enrolled();
        Accounts.Step.Needed needed = needed();
        testing.advance(Duration.ofSeconds(1));
        Secret token = accounts.passwords().issueReset(jane, jane.id()).token();
        accounts.passwords().reset(token, OTHER);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed, Accounts.Method.TOTP, code(secret)));
        assertThat(accounts.passwords().remove(jane)).isTrue();
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> complete(needed, Accounts.Method.TOTP, code(secret)));
    }

    @Test
    void shouldNotEnrolAnApplicationWithAPasswordThatWasChanged() {
        Accounts strict = testing.open(TestingAccounts.settings(true));
        Accounts.Step.Needed needed = (Accounts.Step.Needed)
                strict.signIn(testing.organization(), "jane@example.com", PASSWORD, null, ADDRESS);
        testing.advance(Duration.ofSeconds(1));
        strict.passwords().change(jane, PASSWORD, OTHER, ADDRESS);

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> strict.enrolOnTheWay(needed.challenge()));
        strict.close();
    }

    @Test
    void shouldInsistOnAFreshProofBeforeChanges() {
        Secret secret = enrolled();

        assertRefused(ErrorCode.UNAUTHENTICATED, () -> accounts.requireFresh(jane, null, null, ADDRESS));
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> accounts.requireFresh(jane, OTHER, null, ADDRESS));
        accounts.requireFresh(jane, PASSWORD, null, ADDRESS);
        accounts.requireFresh(jane, null, code(secret), ADDRESS);
        assertRefused(ErrorCode.UNAUTHENTICATED, () -> accounts.requireFresh(jane, null, code(secret), ADDRESS));
    }

    @Test
    void shouldTakeEverythingAwayFromSomebodyWhoLostIt() {
        enrolled();
        accounts.removeFactors(jane);

        assertThat(accounts.overview(jane).factors()).isEqualTo(new SecondFactors.State(false, 0));
        assertThat(testing.signIn("jane@example.com", PASSWORD)).isInstanceOf(Accounts.Step.Done.class);
    }
}
