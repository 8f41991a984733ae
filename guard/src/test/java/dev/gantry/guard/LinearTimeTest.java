package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Hostile text. The bound is a hundred times what it takes: no assertion on speed, but what grows with the square of the
 * length takes minutes and fails.
 */
class LinearTimeTest {
    private static final int LENGTH = 1 << 18;
    private static final List<String> HOSTILE = List.of(
            "@",
            "a@",
            "a.a@",
            "a@a.",
            "://",
            "a://b:",
            "1",
            "1 ",
            "1-",
            "12 ",
            "1.",
            "+1",
            "(1",
            "(12)1",
            "ab:",
            "::",
            "0f:",
            "00-",
            "0x",
            "bc1q",
            "DE89 ",
            "A1-",
            "Mr. ",
            "name: ",
            "1 A ",
            "1 rue de ",
            "Calle A ",
            "march 1 ",
            "\\n1",
            "1\u200b",
            "\u00a0",
            "４",
            "passport ",
            "[E",
            "日1",
            "a",
            "_",
            "1_",
            "EMP-1",
            "%",
            "%E2",
            "%20",
            "curl ",
            "curl -u a:",
            "basic QQ",
            "1Q~",
            "a.atlasv1.",
            "password\n",
            "key value",
            "--a-key ",
            "-----BEGIN ",
            "eyJ.",
            "eyJaaaaaaaaaaaaa.",
            "sk-",
            "MTI.",
            "x1q",
            "9A",
            "Xx Okafor ");

    @Test
    void shouldTakeTimeInProportionToTheLengthOfHostileText() {
        GuardPolicies policies =
                new TestingRules().own("employee", "EMP-([0-9]+)*x").policies();
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (String unit : HOSTILE) {
                byte[] text = Bytes.utf8(unit.repeat(LENGTH / Bytes.utf8(unit).length));
                policies.open(null, Direction.PROMPT).inspect(text, 0, text.length);
            }
        });
    }

    @Test
    void shouldRefuseATextOnWhichAnOwnPatternLooksThroughTheRestForEachMatch() {
        Kind kind = new TestingRules()
                .own("employee", "EMP").open(Direction.PROMPT).rules().kinds().stream()
                        .filter(own -> own.id().equals("employee"))
                        .findFirst()
                        .orElseThrow();
        OwnPatterns patterns = new OwnPatterns(
                List.of(new OwnPatterns.Own(kind, OwnPatterns.compile("EMP(.*x)?"), 128, ContextWords.of())),
                Duration.ofMillis(50));
        byte[] text = Bytes.utf8("EMP ".repeat(LENGTH / 4));
        Passage passage = new Passage();
        passage.set(text, 0, text.length, true);
        Candidates found = new Candidates();
        found.clear(0);

        Assertions.assertTimeoutPreemptively(
                Duration.ofMinutes(2),
                () -> assertThatThrownBy(() -> patterns.find(passage, 0, found))
                        .isInstanceOf(GantryException.class)
                        .hasMessageContaining("'employee' takes too long"));
    }

    @Test
    void shouldHoldBackABoundedPartOfAHostileStream() {
        Assertions.assertTimeoutPreemptively(Duration.ofMinutes(2), () -> {
            for (String unit : List.of("a", "1 ", "a.", "4111 ", "[", "(1", "\u200b", "a@", "x://y:")) {
                StreamInspection stream = new TestingRules().open(Direction.ANSWER).stream();
                int heldMax = 0;
                byte[] part = Bytes.utf8(unit);
                for (int index = 0; index < 1 << 14; index++) {
                    stream.push(part, 0, part.length);
                    heldMax = Math.max(heldMax, stream.heldBytes());
                }
                stream.finishBytes();
                assertThat(heldMax).as(unit).isLessThan(66_000);
            }
        });
    }
}
