package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TokenEstimatorTest {
    private static final Encoding REFERENCE =
            Encodings.newLazyEncodingRegistry().getEncoding(EncodingType.O200K_BASE);
    private static final int TEXT_CHARS = 100_000;
    private static final String[] FRAGMENTS = {
        "word",
        " another",
        " ",
        "  ",
        "\n",
        "\r\n\r\n",
        "\t",
        "Don't",
        " 12345",
        "…",
        " Übergröße",
        "機械学習",
        "😀",
        "👩‍👩‍👧",
        "e\u0301",
        "{\"key\": [1, 2]}",
        "</p>",
        "/",
        " /\n",
        "\u00a0",
        "\u3000",
        "\u0085",
        "<|endoftext|>",
        "aaaaaaaa",
        "don't",
        "’s",
        "«",
        "。",
        "-",
        "ll",
        "'"
    };

    @ParameterizedTest
    @CsvSource({
        "'', 0",
        "' ', 1",
        "'hello world', 2",
        "'The quick brown fox jumps over the lazy dog.', 10",
        "'antidisestablishmentarianism', 6"
    })
    void shouldCountAsTheEncodingDefines(String text, long tokens) {
        assertThat(TokenEstimator.count(text)).isEqualTo(tokens);
        assertThat(TokenEstimator.estimate(text)).isEqualTo(tokens);
    }

    @Test
    void shouldCountControlTokensAsPlainText() {
        assertThat(TokenEstimator.count("<|endoftext|>")).isGreaterThan(1);
    }

    @Test
    void shouldCountLoneSurrogates() {
        assertThat(TokenEstimator.count("\ud800 and \udc00")).isPositive();
    }

    @Test
    void shouldBeExactOnLongTextWithSpaces() {
        for (int seed = 0; seed < 6; seed++) {
            String text = randomText(new Random(seed), TEXT_CHARS);
            assertThat(TokenEstimator.count(text)).as("seed %d", seed).isEqualTo(REFERENCE.countTokensOrdinary(text));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"機械学習は人工知能の一分野である。", "a", " ", "\n", "😀", "=-", "0123456789abcdef", "机器学习"})
    void shouldBeNearlyExactOnLongTextWithoutPlacesToCut(String unit) {
        String text = unit.repeat(TEXT_CHARS / unit.length());
        long exact = REFERENCE.countTokensOrdinary(text);
        long cutsMax = TEXT_CHARS / TokenEstimator.RUN_CHARS_MAX + 1;
        assertThat(TokenEstimator.count(text)).isBetween(exact - cutsMax, exact + cutsMax);
    }

    @Test
    void shouldNeverShrinkMuchWhenTextIsAppended() {
        Random random = new Random(7);
        for (int round = 0; round < 300; round++) {
            String first = randomText(random, random.nextInt(200));
            String second = randomText(random, random.nextInt(200));
            long joined = TokenEstimator.count(first + second);
            long separate = TokenEstimator.count(first) + TokenEstimator.count(second);
            assertThat(joined).isBetween(Math.max(TokenEstimator.count(first) - 3, 0), separate + 3);
        }
    }

    @Test
    void shouldEstimateHugeTextFromSamples() {
        String text = randomText(new Random(11), 20 * TokenEstimator.EXACT_CHARS_MAX);
        long exact = TokenEstimator.count(text);
        assertThat((double) TokenEstimator.estimate(text)).isBetween(exact * 0.97, exact * 1.03);
    }

    @Test
    void shouldEstimateWithoutJumpWhereSamplingBegins() {
        String text = randomText(new Random(13), TokenEstimator.EXACT_CHARS_MAX + 1_000)
                .substring(0, TokenEstimator.EXACT_CHARS_MAX + 1);
        double exact = TokenEstimator.count(text);
        assertThat((double) TokenEstimator.estimate(text)).isBetween(exact * 0.98, exact * 1.02);
    }

    @Test
    void shouldEstimateMoreForMoreOfTheSameText() {
        String text = randomText(new Random(17), TokenEstimator.EXACT_CHARS_MAX);
        long before = 0;
        for (int copies = 1; copies <= 8; copies++) {
            long estimate = TokenEstimator.estimate(text.repeat(copies));
            assertThat(estimate).isGreaterThan(before);
            before = estimate;
        }
    }

    private static String randomText(Random random, int charsMin) {
        StringBuilder text = new StringBuilder();
        while (text.length() < charsMin) {
            text.append(FRAGMENTS[random.nextInt(FRAGMENTS.length)]);
        }
        return text.toString();
    }
}
