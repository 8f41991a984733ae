package dev.gantry.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Argon2Test {
    /** From the tests of the reference implementation: "password" under the salt "somesalt". */
    private static final String KNOWN =
            "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";

    private static final String KNOWN_SMALL =
            "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";

    @ParameterizedTest
    @ValueSource(strings = {KNOWN, KNOWN_SMALL})
    void shouldAgreeWithTheReferenceImplementation(String known) {
        assertThat(Argon2.parse(known).matches("password")).isTrue();
        assertThat(Argon2.parse(known).matches("Password")).isFalse();
        assertThat(Argon2.parse(known)).hasToString(known);
    }

    @Test
    void shouldWriteWhatItReads() {
        Argon2 made =
                Argon2.of("päßword \uD83D\uDC7B", "0123456789abcdef".getBytes(StandardCharsets.UTF_8), cost(64, 3));

        assertThat(made.toString()).startsWith("$argon2id$v=19$m=64,t=3,p=1$");
        assertThat(Argon2.parse(made.toString()).matches("päßword \uD83D\uDC7B"))
                .isTrue();
    }

    @Test
    void shouldBeOutdatedWhenTodaysCostIsHigherInAnyWay() {
        Argon2 known = Argon2.parse(KNOWN_SMALL);

        assertThat(known.isBelow(cost(256, 2))).isFalse();
        assertThat(known.isBelow(cost(128, 1))).isFalse();
        assertThat(known.isBelow(cost(257, 2))).isTrue();
        assertThat(known.isBelow(cost(128, 3))).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "password",
                "$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=9999999,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=99,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=0,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4",
                "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$short"
            })
    void shouldRefuseOtherFormsAndRuinousCosts(String text) {
        assertThatThrownBy(() -> Argon2.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Argon2.Cost cost(int memoryKib, int passes) {
        return new Argon2.Cost(memoryKib, passes);
    }
}
