package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SentenceSplitterTest {
    private static final Language ENGLISH = new Language("en", Set.of("the", "in", "it", "he", "then", "we"));
    private static final Language GERMAN = new Language("de", Set.of("der", "die", "das", "es", "am"));

    private static List<String> split(String text, Language language) {
        List<String> sentences = new ArrayList<>();
        SentenceSplitter.split(text, language, (start, end) -> sentences.add(text.substring(start, end)));
        return sentences;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Dr. Smith met Mr. Jones at 3.15 p.m. near St. Paul.",
                "See Fig. 3 and pp. 12 of vol. 2 for details.",
                "J. R. R. Tolkien wrote it.",
                "Tools, e.g. Maven or Gradle, i.e. builders, are used.",
                "He said \"Stop!\" and left.",
                "Version 2.5.1 of Vert.x and example.org are fine.",
                "It costs 3.50 euros.",
                "Wait... what is this?",
                "He worked for Acme Inc. Chicago until 2020.",
                "1. First entry of a list",
                "Use `a. B. C.` in code."
            })
    void shouldNotCutInside(String text) {
        assertThat(split(text, ENGLISH)).containsExactly(text);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "It rained. We stayed.|It rained.|We stayed.",
                "Why? Because!|Why?|Because!",
                "He left the U.S. Then he came back.|He left the U.S.|Then he came back.",
                "He bought pens, paper, etc. The shop was small.|He bought pens, paper, etc.|The shop was small.",
                "(It was late.) We left.|(It was late.)|We left.",
                "\"I see.\" He nodded.|\"I see.\"|He nodded.",
                "It ended in 2019. We know why.|It ended in 2019.|We know why.",
                "That is what you and I. We do not.|That is what you and I.|We do not.",
                "Stop it. `run` starts it.|Stop it.|`run` starts it.",
                "She said no. That was final.|She said no.|That was final."
            })
    void shouldCutBetween(String text, String first, String second) {
        assertThat(split(text, ENGLISH)).containsExactly(first, second);
    }

    @Test
    void shouldKnowOrdinalsAndAbbreviationsOfOtherLanguages() {
        assertThat(split("Am 3. Mai kam Prof. Meier. Es gab z. B. Kuchen bzw. Torte.", GERMAN))
                .containsExactly("Am 3. Mai kam Prof. Meier.", "Es gab z. B. Kuchen bzw. Torte.");
    }

    @Test
    void shouldCutScriptsWithoutSpaces() {
        assertThat(split("今日は雨だ。明日は晴れる！「本当か。」と彼は言った。", Language.UNKNOWN))
                .containsExactly("今日は雨だ。", "明日は晴れる！", "「本当か。」", "と彼は言った。");
    }

    @Test
    void shouldCutArabicAndHindi() {
        assertThat(split("هل هذا صحيح؟ نعم.", Language.UNKNOWN)).hasSize(2);
        assertThat(split("यह एक वाक्य है। यह दूसरा है।", Language.UNKNOWN)).hasSize(2);
    }

    @Test
    void shouldCutEndlessSentences() {
        assertThat(split("word ".repeat(2_000), ENGLISH))
                .hasSizeGreaterThan(9)
                .allMatch(sentence -> sentence.length() <= SentenceSplitter.SENTENCE_CHARS_MAX);
        assertThat(split("😀".repeat(5_000), ENGLISH))
                .allMatch(sentence -> sentence.codePoints().allMatch(point -> point == 0x1F600));
    }

    @Test
    void shouldLoseNothingButSpace() {
        Random random = new Random(5);
        String[] fragments = {
            "a", "Word", ".", "!", "?", " ", " ", "\"", "。", "(", ")", "`", "3", "etc.", "U.S.", ",", "é"
        };
        for (int round = 0; round < 2_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int count = random.nextInt(30); count > 0; count--) {
                text.append(fragments[random.nextInt(fragments.length)]);
            }
            String joined = String.join("", split(text.toString(), ENGLISH)).replace(" ", "");
            assertThat(joined).isEqualTo(text.toString().replace(" ", ""));
        }
    }
}
