package dev.gantry.provider.offline;

/**
 * In how many sentences of a document each term occurs, in a table of fixed size: terms that share a slot are counted
 * together, which only makes them look a little more common.
 */
final class TermStatistics {
    private static final int SLOTS = 1 << 18;

    private final int[] sentencesWith = new int[SLOTS];
    private long sentences;
    private long terms;

    /** Counts the distinct terms of one sentence. */
    void add(Terms sentenceTerms) {
        sentences++;
        terms += sentenceTerms.size();
        sentenceTerms.forEach(term -> sentencesWith[slot(term)]++);
    }

    /** Returns how many sentences were counted. */
    long sentences() {
        return sentences;
    }

    /** Returns the mean number of distinct terms of a sentence; at least 1. */
    double meanLength() {
        return sentences == 0 ? 1 : Math.max(1, (double) terms / sentences);
    }

    /** Returns the inverse sentence frequency of BM25 in the form that is never negative. */
    double rarity(int term) {
        int count = sentencesWith[slot(term)];
        return Math.log1p((sentences - count + 0.5) / (count + 0.5));
    }

    /**
     * Returns how much a sentence's terms stand for the whole document: the mean weight of its terms in the document's
     * centroid (Radev et al.: "Centroid-based summarization of multiple documents", IPM 2004). Linear in its length.
     */
    double centrality(Terms sentenceTerms) {
        double sum = sentenceTerms.sum(term -> Math.log1p(sentencesWith[slot(term)]) * rarity(term));
        return sum / (sentenceTerms.size() + 4.0);
    }

    private static int slot(int term) {
        int mixed = term * 0x9E3779B9;
        return (mixed ^ (mixed >>> 15)) & (SLOTS - 1);
    }
}
