package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.guard.InputSanitizingSettings.Treatment;
import org.junit.jupiter.api.Test;

class SanitizerTest {
    private final TestingRules strict = new TestingRules().input(Treatment.STRIP, Treatment.STRIP, Treatment.STRIP);

    @Test
    void shouldTakeOutWhatNobodySees() {
        assertThat(strict.redact("a\u0000b\u0007c\u001b[31m d\u202ee\u2066f\u200bg\ufeffh\u00adi"))
                .isEqualTo("abc[31m defghi");
    }

    @Test
    void shouldTakeOutTextThatIsHiddenInTags() {
        assertThat(strict.redact("hi \udb40\udc69\udb40\udc67 there")).isEqualTo("hi  there");
    }

    @Test
    void shouldKeepWhatScriptsAndEmojiNeed() {
        String text =
                "tab\tline\r\n\u0646\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \ud83d\udc68\u200d\ud83d\udc69 \u2764\ufe0f 1\ufe0f\u20e3"
                        + " \ud83c\udff4\udb40\udc67\udb40\udc62\udb40\udc65\udb40\udc6e\udb40\udc67\udb40\udc7f \u05d0\u200f";
        assertThat(strict.redact(text)).isEqualTo(text);
    }

    @Test
    void shouldReportOrRefuseWhenToldSo() {
        Inspection warned = new TestingRules()
                .input(Treatment.WARN, Treatment.WARN, Treatment.OFF)
                .open(Direction.PROMPT);
        assertThat(warned.inspect("a\u0001\u202e\u200b")).isNull();
        assertThat(warned.findings())
                .containsExactly(
                        new GuardFinding("control_characters", Action.WARN, 1),
                        new GuardFinding("bidi_overrides", Action.WARN, 1));
        Inspection refused = new TestingRules()
                .input(Treatment.OFF, Treatment.BLOCK, Treatment.OFF)
                .open(Direction.PROMPT);
        assertThatThrownBy(() -> refused.inspect("if (a\u202e)")).hasMessageContaining("bidi_overrides");
    }

    @Test
    void shouldLeaveAnswersAsTheyAre() {
        assertThat(strict.open(Direction.ANSWER).inspect("a\u0001")).isNull();
    }
}
