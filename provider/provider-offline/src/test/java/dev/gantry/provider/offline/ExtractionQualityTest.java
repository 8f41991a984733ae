package dev.gantry.provider.offline;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.provider.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/**
 * Compares the extraction with what people wrote down about eleven texts, and with two baselines of the same number of
 * sentences: the first ones, which is hard to beat on news, and any ones.
 */
class ExtractionQualityTest {
    private static final int RANDOM_DRAWS = 40;

    private record Scores(double ours, double lead, double random) {}

    @Test
    void shouldBeatTheFirstAndRandomSentencesOnAverage() throws Exception {
        double ours = 0;
        double lead = 0;
        double random = 0;
        StringBuilder table = new StringBuilder("ROUGE-1 F1: ours, lead, random\n");
        for (CorpusText text : CorpusText.ALL) {
            Scores scores = scores(text);
            ours += scores.ours();
            lead += scores.lead();
            random += scores.random();
            table.append("%-14s %.3f %.3f %.3f%n".formatted(text, scores.ours(), scores.lead(), scores.random()));
        }
        int texts = CorpusText.ALL.size();
        table.append("%-14s %.3f %.3f %.3f%n".formatted("mean", ours / texts, lead / texts, random / texts));
        assertThat(ours / texts).as(table.toString()).isGreaterThan(1.10 * lead / texts);
        assertThat(ours / texts).as(table.toString()).isGreaterThan(1.25 * random / texts);
    }

    private static Scores scores(CorpusText text) throws ProviderException {
        Language language = Language.of(text.text());
        int count = text.reference().size();
        List<String> all = sentences(text.text(), language);
        List<String> shuffled = new ArrayList<>(all);
        double random = 0;
        for (int draw = 0; draw < RANDOM_DRAWS; draw++) {
            Collections.shuffle(shuffled, new Random(draw));
            random += Rouge.f1(shuffled.subList(0, count), text.reference(), language) / RANDOM_DRAWS;
        }
        return new Scores(
                Rouge.f1(extracted(text.text(), count), text.reference(), language),
                Rouge.f1(all.subList(0, count), text.reference(), language),
                random);
    }

    private static List<String> extracted(String text, int count) throws ProviderException {
        Wish wish = Wish.of((count - 1) + " points");
        Extract extract = Extractor.extract(text, wish, new Pace(System::nanoTime, Duration.ofMinutes(1)));
        List<String> sentences = new ArrayList<>();
        if (extract.gist() != null) {
            sentences.add(extract.gist());
        }
        extract.points().forEach(point -> sentences.add(point.text()));
        return sentences;
    }

    private static List<String> sentences(String text, Language language) throws ProviderException {
        List<String> sentences = new ArrayList<>();
        MarkdownReader.read(text, block -> {
            if (block.kind() != Block.Kind.HEADING && block.kind() != Block.Kind.TABLE_ROW) {
                SentenceSplitter.split(
                        block.text(),
                        language,
                        (start, end) -> sentences.add(block.text().substring(start, end)));
            }
        });
        return sentences;
    }
}
