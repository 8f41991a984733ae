package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.corpus.Corpus;
import dev.gantry.corpus.Corpus.Part;
import dev.gantry.corpus.Sample;
import dev.gantry.corpus.Sample.Label;
import dev.gantry.corpus.Scorecard;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

/** How much is found of what is there, and how much of what is found is right, on texts that know no detector. */
class QualityTest {
    static Scorecard score(int timesEach, Part... parts) {
        GuardPolicies policies = new TestingRules().policies();
        Scorecard card = new Scorecard();
        for (Part part : parts) {
            for (Sample sample : Corpus.make(part, 20_261_121L, timesEach)) {
                card.add(sample, findings(policies, sample.text()));
            }
        }
        return card;
    }

    private static List<Label> findings(GuardPolicies policies, String text) {
        List<Label> findings = new ArrayList<>();
        byte[] utf8 = Bytes.utf8(text);
        policies.open(null, Direction.PROMPT).inspect(utf8, 0, 0, utf8.length, (from, to, with) -> {
            String placeholder = Bytes.text(with, 1, with.length);
            String kind = placeholder.substring(0, placeholder.lastIndexOf('_')).toLowerCase(Locale.ROOT);
            findings.add(new Label(kind, (int) from, (int) to));
        });
        return findings;
    }

    /** The least recall and precision of a kind, known sentences and values of the public formats. */
    private static final double LEAST = 0.97;

    private static final double LEAST_HELD_OUT = 0.93;
    private static final double LEAST_NAMES = 0.88;
    /** Of names that are in no list of ours. */
    private static final double LEAST_HELD_OUT_NAMES = 0.7;

    @Test
    void shouldFindWhatIsThereAndLittleElse() {
        hold(score(8, Part.KNOWN, Part.HARMLESS), LEAST, LEAST_NAMES);
    }

    @Test
    void shouldDoSoInSentencesThatWereKeptApart() {
        hold(score(8, Part.HELD_OUT, Part.HELD_OUT_HARMLESS), LEAST_HELD_OUT, LEAST_HELD_OUT_NAMES);
    }

    @Test
    void shouldFindEveryFormOfTokens() {
        GuardPolicies policies = new TestingRules().policies();
        Scorecard card = new Scorecard();
        Corpus.tokens(7, 6).forEach(sample -> card.add(sample, findings(policies, sample.text())));
        assertThat(card.score("secrets").recall())
                .as(() -> String.join("\n", card.examples()))
                .isGreaterThan(0.99);
    }

    private static void hold(Scorecard card, double least, double leastNames) {
        assertThat(card.scores()).isNotEmpty();
        SoftAssertions.assertSoftly(all -> card.scores().forEach((kind, score) -> {
            if (kind.startsWith("secrets: ")) {
                return;
            }
            double wanted = kind.equals("person") ? leastNames : least;
            all.assertThat(score.recall())
                    .as(kind + " recall; " + examples(card, kind))
                    .isGreaterThanOrEqualTo(wanted);
            all.assertThat(score.precision())
                    .as(kind + " precision; " + examples(card, kind))
                    .isGreaterThanOrEqualTo(least);
        }));
    }

    private static String examples(Scorecard card, String kind) {
        return card.examples().stream()
                .filter(example -> example.contains(" " + kind + " "))
                .limit(5)
                .collect(Collectors.joining("\n"));
    }
}
