package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class KeyPhrasesTest {
    private static final Language ENGLISH =
            Language.of("The cat is on the mat and it was there when we came to see what it had done");

    private static KeyPhrases of(Language language, String... sentences) {
        KeyPhrases phrases = new KeyPhrases(language);
        for (int index = 0; index < sentences.length; index++) {
            phrases.add(sentences[index], index * 100, index, false);
        }
        return phrases;
    }

    @Test
    void shouldPreferRepeatedPhrasesOverSingleWords() {
        List<String> best = of(
                        ENGLISH,
                        "The audit log is written before the reply.",
                        "Nobody can change the audit log unseen.",
                        "Operators read the audit log in the morning.",
                        "Coffee is served in the morning.")
                .best(2, 400, false);
        assertThat(best).first().isEqualTo("audit log");
    }

    @Test
    void shouldNotListAPhraseAndItsParts() {
        List<String> best = of(
                        ENGLISH,
                        "The row level security holds.",
                        "We test row level security.",
                        "Nothing passes row level security.")
                .best(5, 300, true);
        assertThat(best).containsExactly("row level security");
    }

    @Test
    void shouldNotReachOverFunctionWordsOrPunctuation() {
        List<String> best = of(ENGLISH, "Budgets and limits, quotas. Budgets and limits, quotas.")
                .best(9, 100, false);
        assertThat(best).allMatch(phrase -> !phrase.contains("and") && !phrase.contains(","));
    }

    @Test
    void shouldWriteAPhraseAsInsideOfASentence() {
        List<String> best = of(ENGLISH, "Virtual threads are cheap.", "We like virtual threads.")
                .best(1, 200, true);
        assertThat(best).containsExactly("virtual threads");
    }

    @Test
    void shouldFindPhrasesWithoutSpaces() {
        List<String> best =
                of(Language.UNKNOWN, "夜間開館を始める。", "夜間開館は人気だ。", "市は夜間開館を続ける。").best(3, 300, true);
        assertThat(best).containsExactly("夜間開館");
    }

    @Test
    void shouldForgetRarePhrasesOfHugeTextsOnly() {
        KeyPhrases phrases = new KeyPhrases(ENGLISH);
        Random random = new Random(3);
        for (int index = 0; index < 60_000; index++) {
            String noise = Long.toString(random.nextLong(Long.MAX_VALUE), 36) + "x";
            phrases.add(index % 3 == 0 ? "the budget ledger" : "the " + noise, index, index, false);
        }
        assertThat(phrases.best(1, 60_000, true)).containsExactly("budget ledger");
    }

    @Test
    void shouldFindNothingInNothing() {
        assertThat(of(ENGLISH).best(5, 0, false)).isEmpty();
        assertThat(of(ENGLISH, "it is what it is", "3 4 5 _ - !").best(5, 100, false))
                .isEmpty();
    }
}
