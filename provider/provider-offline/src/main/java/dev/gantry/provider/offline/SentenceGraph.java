package dev.gantry.provider.offline;

import dev.gantry.provider.ProviderException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranks sentences by how much the others "recommend" them and picks a varied set of the best.
 *
 * <p>The rank is TextRank (Mihalcea and Tarau: "TextRank: Bringing Order into Texts", EMNLP 2004): PageRank over the graph
 * of sentences. The weight of an edge is BM25, the best of the similarities that Barrios et al. tried ("Variations of the
 * Similarity Function of TextRank for Automated Summarization", 2016), taken in both directions. The random jump goes by
 * each sentence's prior instead of evenly (Haveliwala: "Topic-Sensitive PageRank", WWW 2002), which brings in place and
 * form. The selection is Maximal Marginal Relevance (Carbonell and Goldstein, SIGIR 1998): what repeats a chosen sentence
 * loses.
 *
 * <p>Quadratic in the number of sentences, which the caller bounds. Deterministic: sums run in one order, ties go to the
 * earlier sentence.
 */
final class SentenceGraph {
    private static final double DAMPING = 0.85;
    private static final int ROUNDS_MAX = 60;
    private static final double CHANGE_MIN = 1e-7;
    private static final double SATURATION = 1.2;
    private static final double LENGTH_WEIGHT = 0.75;
    private static final double RELEVANCE = 0.7;

    private final List<Sentence> sentences;
    private final TermStatistics statistics;
    private final Pace pace;

    SentenceGraph(List<Sentence> sentences, TermStatistics statistics, Pace pace) {
        this.sentences = sentences;
        this.statistics = statistics;
        this.pace = pace;
    }

    /** Returns a score for each sentence, in their order; the highest is 1. */
    double[] rank() throws ProviderException {
        int size = sentences.size();
        double[] jump = jumps();
        double[][] weights = edges();
        double[] scores = jump.clone();
        double[] next = new double[size];
        for (int round = 0; round < ROUNDS_MAX; round++) {
            pace.check();
            double stranded = 0;
            Arrays.fill(next, 0);
            for (int from = 0; from < size; from++) {
                double[] row = weights[from];
                if (row.length == 0) {
                    stranded += scores[from];
                    continue;
                }
                for (int to = 0; to < size; to++) {
                    next[to] += scores[from] * row[to];
                }
            }
            double change = 0;
            for (int node = 0; node < size; node++) {
                double score = (1 - DAMPING) * jump[node] + DAMPING * (next[node] + stranded * jump[node]);
                change += Math.abs(score - scores[node]);
                scores[node] = score;
            }
            if (change < CHANGE_MIN) {
                break;
            }
        }
        return weighted(scores);
    }

    /**
     * Picks sentences for their score and against repetition.
     *
     * @param scores from {@link #rank()}
     * @param chosen indexes that are already part of the answer and must not be repeated
     * @return up to {@code count} further indexes, ascending
     */
    List<Integer> select(double[] scores, int count, List<Integer> chosen) throws ProviderException {
        double[] redundancy = new double[sentences.size()];
        boolean[] taken = new boolean[sentences.size()];
        for (int index : chosen) {
            take(index, taken, redundancy);
        }
        List<Integer> selected = new ArrayList<>();
        while (selected.size() < count) {
            pace.check();
            int best = -1;
            double bestValue = Double.NEGATIVE_INFINITY;
            for (int index = 0; index < taken.length; index++) {
                double value = RELEVANCE * scores[index] - (1 - RELEVANCE) * redundancy[index];
                if (!taken[index] && redundancy[index] < 0.8 && value > bestValue) {
                    best = index;
                    bestValue = value;
                }
            }
            if (best < 0) {
                break;
            }
            take(best, taken, redundancy);
            selected.add(best);
        }
        selected.sort(null);
        return selected;
    }

    private void take(int index, boolean[] taken, double[] redundancy) {
        taken[index] = true;
        Sentence sentence = sentences.get(index);
        for (int other = 0; other < taken.length; other++) {
            if (!taken[other]) {
                redundancy[other] =
                        Math.max(redundancy[other], sentence.similarityTo(sentences.get(other), statistics));
            }
        }
    }

    private double[] jumps() {
        double sum = 0;
        for (Sentence sentence : sentences) {
            sum += sentence.prior();
        }
        double[] jump = new double[sentences.size()];
        for (int index = 0; index < jump.length; index++) {
            jump[index] = sentences.get(index).prior() / sum;
        }
        return jump;
    }

    /** The prior counts once more in the end, so that a well connected fragment does not win over a whole sentence. */
    private double[] weighted(double[] scores) {
        double most = 0;
        for (int index = 0; index < scores.length; index++) {
            scores[index] *= sentences.get(index).prior();
            most = Math.max(most, scores[index]);
        }
        for (int index = 0; index < scores.length; index++) {
            scores[index] /= most;
        }
        return scores;
    }

    /** Returns for each sentence the shares of its outgoing edges; an empty row where it has none. */
    private double[][] edges() throws ProviderException {
        int size = sentences.size();
        double[][] weights = new double[size][size];
        double meanLength = statistics.meanLength();
        for (int left = 0; left < size; left++) {
            pace.tick();
            Terms leftTerms = sentences.get(left).terms();
            double leftNorm = lengthNorm(leftTerms.size(), meanLength);
            for (int right = left + 1; right < size; right++) {
                Terms rightTerms = sentences.get(right).terms();
                double shared = leftTerms.sumOfShared(rightTerms, statistics::rarity);
                double weight = shared * (leftNorm + lengthNorm(rightTerms.size(), meanLength));
                weights[left][right] = weight;
                weights[right][left] = weight;
            }
        }
        for (int row = 0; row < size; row++) {
            double sum = 0;
            for (double weight : weights[row]) {
                sum += weight;
            }
            if (sum == 0) {
                weights[row] = new double[0];
                continue;
            }
            for (int column = 0; column < size; column++) {
                weights[row][column] /= sum;
            }
        }
        return weights;
    }

    /** The part of BM25 that depends on the length of the sentence found; terms count once in a sentence. */
    private static double lengthNorm(int length, double meanLength) {
        return (SATURATION + 1) / (1 + SATURATION * (1 - LENGTH_WEIGHT + LENGTH_WEIGHT * length / meanLength));
    }
}
