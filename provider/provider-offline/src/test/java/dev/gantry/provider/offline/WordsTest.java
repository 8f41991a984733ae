package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WordsTest {
    private static final Language ENGLISH =
            Language.of("The cat is on the mat and it was there when we came to see what it had done");
    private static final Language GERMAN = Language.of("Die Katze ist auf der Matte und sie war da als wir kamen");

    private static List<String> topics(String text, Language language) {
        List<String> words = new ArrayList<>();
        Words.scan(text, 0, text.length(), language, (start, end, term, functional) -> {
            if (!functional) {
                words.add(text.substring(start, end));
            }
        });
        return words;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "en|The council followed him in this and voted for the plan",
                "de|Der Rat hat sich dafür entschieden und die Laternen werden nicht mehr leuchten",
                "fr|Le conseil a voté pour que les lampes ne soient plus allumées dans la nuit",
                "es|El consejo votó para que las lámparas no se enciendan por la noche",
                "it|Il consiglio ha votato perché le lampade non siano più accese nella notte",
                "pt|O conselho votou para que as lâmpadas não sejam acesas durante a noite",
                "nl|De raad heeft gestemd en het licht wordt niet meer aan gedaan in de nacht",
                "sv|Rådet har röstat för att lamporna inte ska vara på under natten",
                "pl|Rada głosowała za tym, żeby lampy nie były zapalane w nocy",
                "ru|Совет проголосовал за то, чтобы ночью фонари не горели",
                "und|議会は夜間の消灯を決めた",
                "und|Qwerty asdfgh zxcvbn"
            })
    void shouldRecogniseLanguages(String code, String text) {
        assertThat(Language.of(text).code()).isEqualTo(code);
    }

    @Test
    void shouldFindTopicWords() {
        assertThat(topics("The gateway's 3 audit logs, and Vert.x at 10.5 in don't-care mode", ENGLISH))
                .containsExactly("gateway's", "audit", "logs", "Vert.x", "don't-care", "mode");
    }

    @ParameterizedTest
    @CsvSource({"pattern, patterns", "policy, Policies", "cache, CACHES", "key, key's"})
    void shouldGiveFormsOfAnEnglishWordOneTerm(String left, String right) {
        Terms terms = Terms.of(left, ENGLISH);
        assertThat(terms.size()).isEqualTo(1);
        assertThat(terms.sumOfShared(Terms.of(right, ENGLISH), term -> 1)).isEqualTo(1);
    }

    @Test
    void shouldKeepDifferentWordsApart() {
        assertThat(Terms.of("bus", ENGLISH).sumOfShared(Terms.of("bu glass glas", ENGLISH), term -> 1))
                .isZero();
    }

    @Test
    void shouldGiveFormsOfOtherLanguagesOneTerm() {
        assertThat(Terms.of("Laternen", GERMAN).sumOfShared(Terms.of("Laterne", GERMAN), term -> 1))
                .isEqualTo(1);
    }

    @Test
    void shouldPairCharactersOfScriptsWithoutSpaces() {
        assertThat(topics("機械学習は楽しい", Language.UNKNOWN)).containsExactly("機械", "械学", "学習");
    }

    @Test
    void shouldCountTermsOnce() {
        assertThat(Terms.of("log logs Log audit", ENGLISH).size()).isEqualTo(2);
    }
}
