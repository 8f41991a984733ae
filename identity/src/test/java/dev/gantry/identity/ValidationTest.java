package dev.gantry.identity;

import static dev.gantry.identity.TestingIdentity.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {
    private static void assertWrong(Consumer<Validation> check) {
        Validation validation = new Validation();
        check.accept(validation);
        assertRefused(ErrorCode.INVALID_REQUEST, validation::finish);
    }

    @ParameterizedTest
    @CsvSource({
        "alice@example.com, alice@example.com",
        "' Alice.O''Hara+x@Example.CO.UK ', alice.o'hara+x@example.co.uk",
        "admin@localhost, admin@localhost",
    })
    void shouldTakeAddressesInLowerCase(String text, String expected) {
        Validation validation = new Validation();
        assertThat(validation.email("/email", text)).isEqualTo(expected);
        validation.finish();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "alice",
                "@example.com",
                "alice@",
                "a b@example.com",
                "alice@exam ple.com",
                "a@b@c",
                "a/b@c.d",
                "a*@c.d",
                "a:b@c.d",
                "alice@example..com",
                "alice@example.com\u0000",
                "\u0430lice@example.com",
                "a@b.c\nInjected: yes"
            })
    void shouldRefuseWhatIsNoAddress(String text) {
        assertWrong(validation -> validation.email("/email", text));
    }

    @Test
    void shouldBoundAddresses() {
        assertWrong(validation -> validation.email("/email", "a".repeat(65) + "@example.com"));
        assertWrong(validation -> validation.email("/email", "a@" + "b".repeat(253)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "has space", "a@b.c", "-x", "x-", "a/b", "~a", "01890000-0000-7000-8000-000000000000"})
    void shouldRefuseNamesThatMeanSomethingElse(String text) {
        assertWrong(validation -> validation.slug("/name", "service account", text));
        assertWrong(validation -> validation.team("/name", text));
    }

    @Test
    void shouldKeepTheSharedNamespaceFromTeams() {
        assertWrong(validation -> validation.team("/name", "Shared"));
        assertWrong(validation -> validation.slug("/name", "role", "x".repeat(64)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " lead", "trail ", "line\nbreak", "01890000-0000-7000-8000-000000000000"})
    void shouldRefuseGroupsThatCannotBeNamed(String text) {
        assertWrong(validation -> validation.group("/name", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tab\there",
                "null\u0000here",
                "override\u202Eevil",
                "half \uD800 surrogate",
                "line\u2028break",
                "longer than thirty characters, by far"
            })
    void shouldRefuseTextsThatForgeOrBreakOthers(String text) {
        assertWrong(validation -> validation.text("/display_name", text, 0, 30));
    }

    @Test
    void shouldTakeTextsOfAllLanguages() {
        Validation validation = new Validation();
        assertThat(validation.text("/display_name", " Zoë Müller 李雷 ", 1, 200)).isEqualTo("Zoë Müller 李雷");
        validation.finish();
    }
}
