package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.guard.InputSanitizingSettings.Treatment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/** Telling what must be replaced comes to the same as replacing it. */
class ReplacementsTest {
    private static final String TEXT =
            "Write to john.doe@example.com or, [EMAIL_1] é, to Jane <jane@example.org>, \ud83d\ude00"
                    + " [EMAIL_2] [NOT_ONE [EMAIL_9] a@b.co";

    /** A text as it becomes when what is told is done. */
    private static final class Told implements Replacements {
        private final byte[] text;
        private final StringBuilder out = new StringBuilder();
        private int position;

        Told(String text) {
            this.text = text.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        public void replace(long from, long to, byte[] with) {
            assertThat(from).isGreaterThanOrEqualTo(position);
            out.append(new String(text, position, (int) from - position, StandardCharsets.UTF_8));
            out.append(new String(with, StandardCharsets.UTF_8));
            position = (int) to;
        }

        String result() {
            return out + new String(text, position, text.length - position, StandardCharsets.UTF_8);
        }
    }

    private static String told(Inspection inspection, String text) {
        Told told = new Told(text);
        inspection.inspect(told.text, 0, 0, told.text.length, told);
        return told.result();
    }

    @Test
    void shouldTellWhatIsReplaced() {
        assertThat(told(new TestingRules().open(Direction.PROMPT), "to john@example.com and jane@example.com"))
                .isEqualTo("to [EMAIL_1] and [EMAIL_2]");
    }

    @Test
    void shouldLeaveAloneWhatIsOnlyContext() {
        Told told = new Told("a@example.com b@example.com c@example.com");
        Inspection inspection = new TestingRules().open(Direction.PROMPT);
        inspection.inspect(told.text, 0, 14, 27, told);
        assertThat(told.result()).isEqualTo("a@example.com [EMAIL_1] c@example.com");
        assertThat(inspection.findings()).extracting(GuardFinding::count).containsExactly(1);
    }

    @Test
    void shouldKnowACleanedTextByTheNameOfItsField() {
        TestingRules rules = new TestingRules().input(Treatment.STRIP, Treatment.STRIP, Treatment.STRIP);
        for (String hidden : List.of("", "\u200b", "\u200b\u200b\u200b")) {
            Told told = new Told("{\"ssn\":\"123456789" + hidden + "\"}");
            rules.open(Direction.PROMPT).inspect(told.text, 2, 8, told.text.length - 2, told);
            assertThat(told.result()).as("%s hidden", hidden.length()).isEqualTo("{\"ssn\":\"[SSN_1]\"}");
        }
    }

    @Test
    void shouldBringBackOnlyWhatThePromptHeld() {
        Inspection prompt = new TestingRules().reversible().open(Direction.PROMPT);
        told(prompt, "john@example.com");
        Inspection answer = prompt.answer();
        assertThat(told(answer, "To [EMAIL_1], not jane@example.com, [EMAIL_2]!"))
                .isEqualTo("To john@example.com, not [EMAIL_2], [EMAIL_2]!");
    }

    @Test
    void shouldNotGiveTwoValuesTheSamePlaceholder() {
        Inspection prompt = new TestingRules().open(Direction.PROMPT);
        byte[] history = "[EMAIL_3] said [x] and [SSN_1x]".getBytes(StandardCharsets.UTF_8);
        assertThat(prompt.reserve(history, 0, history.length)).isTrue();
        assertThat(told(prompt, "john@example.com")).isEqualTo("[EMAIL_4]");
        byte[] none = "[] [A] [_1] [A_] [A_1234567] text".getBytes(StandardCharsets.UTF_8);
        assertThat(prompt.reserve(none, 0, none.length)).isFalse();
    }

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 12).list().ofMinSize(1).ofMaxSize(40);
    }

    @Property(tries = 200)
    void shouldTellTheSameHoweverAStreamIsCut(@ForAll("cuts") List<Integer> cuts, @ForAll boolean reversible) {
        TestingRules rules = reversible ? new TestingRules().reversible() : new TestingRules();
        Inspection prompt = rules.open(Direction.PROMPT);
        told(prompt, "known@example.com and other@example.com");
        String whole = told(prompt.answer(), TEXT);

        Told told = new Told(TEXT);
        StreamInspection stream = prompt.answer().stream();
        int position = 0;
        for (int index = 0; position < told.text.length; index++) {
            int end = Math.min(told.text.length, position + cuts.get(index % cuts.size()));
            long decided = stream.push(told.text, position, end, told);
            assertThat(decided).isLessThanOrEqualTo(end);
            assertThat((long) told.position).isLessThanOrEqualTo(decided);
            position = end;
        }
        stream.finish(told);
        assertThat(told.result()).isEqualTo(whole);
    }
}
