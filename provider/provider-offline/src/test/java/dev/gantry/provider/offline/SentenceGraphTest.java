package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.gantry.provider.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class SentenceGraphTest {
    private static final Pace PACE = new Pace(System::nanoTime, Duration.ofMinutes(1));

    private final TermStatistics statistics = new TermStatistics();

    private SentenceGraph graph(String... texts) {
        List<Sentence> sentences = new ArrayList<>();
        for (String text : texts) {
            Terms terms = Terms.of(text, Language.UNKNOWN);
            statistics.add(terms);
            sentences.add(new Sentence(text, sentences.size(), sentences.size(), Block.Kind.PARAGRAPH, 1, terms));
        }
        return new SentenceGraph(sentences, statistics, PACE);
    }

    @Test
    void shouldRankTheSentenceThatOthersShareWordsWithFirst() throws ProviderException {
        double[] scores = graph("audit budget gateway", "audit ledger", "budget quota", "gateway stream", "coffee cake")
                .rank();
        assertThat(scores[0]).isEqualTo(1);
        assertThat(Arrays.stream(scores, 1, 4).max().orElseThrow()).isLessThan(1);
        assertThat(scores[4]).isLessThan(scores[1]);
    }

    @Test
    void shouldRankEqualSentencesEqually() throws ProviderException {
        double[] scores = graph("alpha beta", "beta gamma", "gamma alpha").rank();
        assertThat(scores[1]).isCloseTo(scores[0], within(1e-6));
        assertThat(scores[2]).isCloseTo(scores[0], within(1e-6));
    }

    @Test
    void shouldGiveSentencesWithoutSharedWordsTheirPrior() throws ProviderException {
        assertThat(graph("alpha", "beta", "gamma").rank()).containsExactly(new double[] {1, 1, 1}, within(1e-9));
    }

    @Test
    void shouldSelectVariedSentencesInTheirOrder() throws ProviderException {
        SentenceGraph graph = graph(
                "audit budget gateway ledger",
                "audit budget gateway ledgers",
                "coffee cake morning",
                "audit budget gateway ledger one");
        List<Integer> selected = graph.select(new double[] {1, 0.5, 0.4, 0.5}, 2, List.of());
        assertThat(selected).containsExactly(0, 2);
    }

    @Test
    void shouldNeitherRepeatWhatIsChosenNorInvent() throws ProviderException {
        SentenceGraph graph = graph("alpha beta", "gamma delta", "epsilon zeta");
        assertThat(graph.select(graph.rank(), 10, List.of(1))).containsExactly(0, 2);
    }
}
