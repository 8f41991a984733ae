package dev.gantry.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.accounts.AccountSettings.CharacterKind;
import dev.gantry.kernel.GantryException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PasswordPolicyTest {
    private final PasswordPolicy policy = new PasswordPolicy(TestingAccounts.passwords(7));

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mighty walrus sings",
                "correct horse battery staple",
                "kJ8#vQz!m2Lp",
                "Blaubeerkuchen mit Sahne",
                "пароль из четырёх слов",
                "summer rain on tin roofs",
                "gantry runs on seven servers"
            })
    void shouldTakeGoodOnes(String password) {
        assertThat(policy.problems(password, "jane.doe@example.com")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "unbelievable",
                "Password1234",
                "Password-2026!",
                "p@$$w0rd123!",
                "passwordpassword",
                "QwertyQwerty1",
                "1qaz2wsx3edc",
                "abcdefghijklm",
                "987654321098765",
                "aaaabbbbccccd",
                "qwertyuiopas",
                "jane.doe@example.com",
                "jane.doe-2026",
                "Acme-acme-2026",
                "GantryGantry1",
                "Administrator1"
            })
    void shouldRefuseWhatIsGuessedFirst(String password) {
        assertThat(policy.problems(password, "jane.doe@example.com")).isNotEmpty();
    }

    @Test
    void shouldCountCharactersAndNotBytesOrHalves() {
        String ghosts = "\uD83D\uDC7Ba\uD83D\uDC7Cb\uD83D\uDC7Dc\uD83D\uDC7Ed\uD83D\uDC7Fe\uD83D\uDC80";

        assertThat(ghosts.codePointCount(0, ghosts.length())).isEqualTo(11);
        assertThat(policy.problems(ghosts, "")).containsExactly("must have 12 to 256 characters");
        assertThat(policy.problems(ghosts + "f", "")).isEmpty();
        assertThat(policy.problems("ab3 ".repeat(64), "")).noneMatch(problem -> problem.contains("to 256"));
        assertThat(policy.problems("ab3 ".repeat(64) + "x", "")).containsExactly("must have 12 to 256 characters");
    }

    @Test
    void shouldRequireKindsOfCharactersOnlyWhenTold() {
        AccountSettings.Passwords usual = TestingAccounts.passwords(7);
        PasswordPolicy strict = new PasswordPolicy(new AccountSettings.Passwords(
                12,
                256,
                List.of(CharacterKind.UPPER, CharacterKind.DIGIT),
                List.of(),
                5,
                50,
                100,
                usual.lockout(),
                usual.memory(),
                1,
                1,
                usual.resetLifetime()));

        assertThat(strict.problems("mighty walrus sings", ""))
                .containsExactly("needs a character of kind upper", "needs a character of kind digit");
        assertThat(strict.problems("Mighty walrus sings 4", "")).isEmpty();
    }

    @Test
    void shouldNeverQuoteThePassword() {
        assertThatThrownBy(() -> policy.require("/new_password", "Password-2026!", "jane@example.com"))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("first that somebody would guess")
                .hasMessageNotContaining("Password-2026!");
    }
}
