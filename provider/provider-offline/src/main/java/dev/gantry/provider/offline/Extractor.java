package dev.gantry.provider.offline;

import dev.gantry.kernel.Text;
import dev.gantry.provider.ProviderException;
import dev.gantry.provider.offline.Extract.Point;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Extracts from one text. Two linear passes read it: the first counts terms and phrases, the second scores each sentence by
 * its centrality and keeps the best of each stretch of the text, at most {@value #CANDIDATES_MAX} in all. Only these enter
 * the quadratic {@link SentenceGraph}. Memory beyond the text itself is bounded whatever its length.
 */
final class Extractor {
    /** Most sentences that are compared with each other. */
    static final int CANDIDATES_MAX = 400;

    /** Stretches of a long text that each may send the same number of candidates. */
    private static final int STRETCHES = 40;

    /** Text from which phrases are counted, in characters; of a longer text every n-th sentence is read for them. */
    private static final int PHRASE_CHARS_MAX = 400_000;

    private static final int QUOTES_KEPT = 30;
    private static final int QUOTE_WORDS_MIN = 4;
    private static final int QUOTE_CHARS_MAX = 1_000;
    private static final int TITLE_CHARS_MAX = 200;
    /** A sentence of smaller prior is a fragment, an announcement of what follows, or code. */
    private static final double PRIOR_MIN = 0.2;

    private static final int GIST_PLACES = 6;
    private static final int GIST_TERMS_MIN = 4;

    private static final Pattern QUOTED = Pattern.compile(
            "“([^“”]{15,500})”|„([^„“”]{15,500})[“”]|«([^«»]{15,500})»|「([^「」]{6,300})」|(?<![\\p{L}\\p{N}])\"(?=[\\p{L}\\p{N}])([^\"]{15,500})(?<=\\S)\"(?![\\p{L}\\p{N}])");

    private static final Comparator<Sentence> WEAKEST_FIRST =
            Comparator.comparingDouble(Sentence::prior).thenComparing(Sentence::ordinal, Comparator.reverseOrder());

    private final String source;
    private final Pace pace;
    private final Language language;
    private final TermStatistics statistics = new TermStatistics();
    private final KeyPhrases phrases;
    private final int phraseStride;
    private @Nullable String title;

    private Extractor(String source, Pace pace) {
        this.source = source;
        this.pace = pace;
        this.language = Language.of(source);
        this.phrases = new KeyPhrases(language);
        this.phraseStride = 1 + source.length() / PHRASE_CHARS_MAX;
    }

    /**
     * Extracts what {@code wish} asks for.
     *
     * @throws ProviderException when the time is over
     */
    static Extract extract(String source, Wish wish, Pace pace) throws ProviderException {
        return new Extractor(source, pace).run(wish);
    }

    private Extract run(Wish wish) throws ProviderException {
        countTerms();
        Collected collected = collect();
        List<Sentence> candidates = collected.candidates();
        List<Point> points = new ArrayList<>();
        String gist = null;
        if (!candidates.isEmpty()) {
            var graph = new SentenceGraph(candidates, statistics, pace);
            double[] scores = graph.rank();
            int first = gist(candidates, scores);
            gist = candidates.get(first).text();
            int count = pointsFor(statistics.sentences(), wish.points());
            for (int index : graph.select(scores, count, List.of(first))) {
                points.add(new Point(candidates.get(index).text(), scores[index]));
            }
        }
        return new Extract(
                title,
                gist,
                points,
                phrases.best(wish.phrases(), source.length(), statistics.sentences() > 30),
                collected.best(collected.quotes, wish.quotes()),
                collected.best(collected.questions, wish.questions()),
                statistics.sentences());
    }

    /**
     * A text of n sentences is told in about √n of them: 3 of a page, 8 of a chapter. As many as are wished for are given
     * as long as they leave out more than they keep.
     */
    private static int pointsFor(long sentences, int wished) {
        if (wished > 0) {
            return (int) Math.min(wished, Math.max(3, sentences * 2 / 5));
        }
        return Math.clamp(Math.round(Math.sqrt((double) sentences)), 3, 8);
    }

    private void countTerms() throws ProviderException {
        MarkdownReader.read(source, block -> {
            pace.tick();
            int ordinal = (int) statistics.sentences();
            if (block.kind() == Block.Kind.HEADING) {
                if (title == null && block.level() == 1) {
                    title = Text.shorten(block.text(), TITLE_CHARS_MAX);
                }
                phrases.add(block.text(), block.offset(), ordinal, true);
                return;
            }
            SentenceSplitter.split(block.text(), language, (start, end) -> {
                String sentence = block.text().substring(start, end);
                statistics.add(Terms.of(sentence, language));
                if (statistics.sentences() % phraseStride == 0) {
                    phrases.add(sentence, block.offset(), (int) statistics.sentences(), false);
                }
            });
        });
    }

    private Collected collect() throws ProviderException {
        var collected = new Collected(title == null ? Terms.NONE : Terms.of(title, language));
        MarkdownReader.read(source, block -> {
            pace.tick();
            if (block.kind() == Block.Kind.HEADING) {
                collected.section = block.text();
                return;
            }
            collected.quotesIn(block);
            SentenceSplitter.split(block.text(), language, (start, end) -> collected.add(block, start, end));
        });
        return collected;
    }

    /** Authors say early what a text is about: the best of the first candidates, the earlier the better. */
    private static int gist(List<Sentence> candidates, double[] scores) {
        int best = 0;
        double bestValue = -1;
        for (int index = 0; index < Math.min(candidates.size(), GIST_PLACES); index++) {
            boolean prose = candidates.get(index).kind() == Block.Kind.PARAGRAPH
                    || candidates.get(index).kind() == Block.Kind.QUOTE;
            boolean telling = candidates.get(index).terms().size() >= GIST_TERMS_MIN;
            double value = scores[index] / (1 + 0.4 * index) * (prose ? 1 : 0.4) * (telling ? 1 : 0.4);
            if (value > bestValue) {
                best = index;
                bestValue = value;
            }
        }
        return best;
    }

    /** A passage with its place and worth. */
    private record Passage(String text, int ordinal, double worth) {}

    /** What the second pass keeps. */
    private final class Collected {
        private static final Comparator<Passage> LEAST_WORTH_FIRST =
                Comparator.comparingDouble(Passage::worth).thenComparing(Passage::ordinal, Comparator.reverseOrder());

        private final Prior prior;
        private final int stretches = statistics.sentences() <= CANDIDATES_MAX ? 1 : STRETCHES;
        private final TreeMap<Integer, PriorityQueue<Sentence>> stretchesBest = new TreeMap<>();
        private final PriorityQueue<Passage> quotes = new PriorityQueue<>(LEAST_WORTH_FIRST);
        private final PriorityQueue<Passage> questions = new PriorityQueue<>(LEAST_WORTH_FIRST);
        private @Nullable String section;
        private int ordinal;

        Collected(Terms titleTerms) {
            this.prior = new Prior(language, titleTerms);
        }

        void add(Block block, int start, int end) {
            String text = block.text().substring(start, end);
            Terms terms = Terms.of(text, language);
            double worth = prior.of(text, block.kind(), ordinal, start == 0, section, terms);
            double central = statistics.centrality(terms);
            if (worth >= PRIOR_MIN) {
                keep(new Sentence(text, block.offset(), ordinal, block.kind(), worth, terms), central);
            }
            char last = text.charAt(text.length() - 1);
            if ((last == '?' || last == '？' || last == '؟') && terms.size() > 0) {
                keep(questions, new Passage(text, ordinal, central));
            }
            ordinal++;
        }

        private void keep(Sentence sentence, double central) {
            int stretch = (int) ((long) sentence.offset() * stretches / Math.max(1, source.length()));
            PriorityQueue<Sentence> best =
                    stretchesBest.computeIfAbsent(stretch, key -> new PriorityQueue<>(WEAKEST_FIRST));
            best.add(stretches == 1 ? sentence : weighed(sentence, central));
            if (best.size() > CANDIDATES_MAX / stretches) {
                best.remove();
            }
        }

        /** Of a long text, what is central already counts when candidates are chosen. */
        private Sentence weighed(Sentence sentence, double central) {
            return new Sentence(
                    sentence.text(),
                    sentence.offset(),
                    sentence.ordinal(),
                    sentence.kind(),
                    sentence.prior() * central,
                    sentence.terms());
        }

        void quotesIn(Block block) {
            if (block.kind() == Block.Kind.QUOTE) {
                keepQuote(block.text());
                return;
            }
            Matcher matcher = QUOTED.matcher(block.text());
            while (matcher.find()) {
                keepQuote(matcher.group());
            }
        }

        private void keepQuote(String text) {
            int[] words = {0};
            Words.scan(text, 0, text.length(), language, (start, end, term, functional) -> words[0]++);
            if (words[0] >= QUOTE_WORDS_MIN && text.length() <= QUOTE_CHARS_MAX) {
                keep(quotes, new Passage(text, ordinal, statistics.centrality(Terms.of(text, language))));
            }
        }

        private static void keep(PriorityQueue<Passage> queue, Passage passage) {
            queue.add(passage);
            if (queue.size() > QUOTES_KEPT) {
                queue.remove();
            }
        }

        /** Returns the candidates in the order of the text, each text once. */
        List<Sentence> candidates() {
            List<Sentence> all = new ArrayList<>();
            stretchesBest.values().forEach(all::addAll);
            all.sort(Comparator.comparingInt(Sentence::ordinal));
            Set<String> seen = new HashSet<>();
            all.removeIf(sentence -> !seen.add(sentence.text()));
            return all;
        }

        List<String> best(PriorityQueue<Passage> queue, int count) {
            Passage[] passages = queue.toArray(Passage[]::new);
            Arrays.sort(passages, LEAST_WORTH_FIRST.reversed());
            Set<String> seen = new HashSet<>();
            return Arrays.stream(passages)
                    .filter(passage -> seen.add(passage.text()))
                    .limit(count)
                    .sorted(Comparator.comparingInt(Passage::ordinal))
                    .map(Passage::text)
                    .toList();
        }
    }
}
