package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StreamInspectionTest {
    private final StreamInspection stream = new TestingRules().open(Direction.ANSWER).stream();

    @Test
    void shouldPassProseUpToTheCurrentWord() {
        assertThat(stream.push("The quick brown f")).isEqualTo("The quick brown ");
        assertThat(stream.push("ox jumps. ")).isEqualTo("fox jumps. ");
        assertThat(stream.heldBytes()).isZero();
        assertThat(stream.finish()).isEmpty();
    }

    @Test
    void shouldFindAnAddressOfWhichEachCharacterComesAlone() {
        String text = "Write to john.doe@example.com now";
        StringBuilder out = new StringBuilder();
        text.chars().forEach(character -> out.append(stream.push(Character.toString(character))));
        out.append(stream.finish());
        assertThat(out.toString()).isEqualTo("Write to [EMAIL_1] now");
    }

    @Test
    void shouldKeepACharacterWholeThatComesInHalves() {
        assertThat(stream.push("a \ud83d") + stream.push("\ude00 b ") + stream.finish())
                .isEqualTo("a \ud83d\ude00 b ");
    }
}
