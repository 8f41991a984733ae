package dev.gantry.provider.offline;

/**
 * A sentence that may stand in the answer.
 *
 * @param text as in the input, markup removed
 * @param offset where its block begins in the input
 * @param ordinal counts the sentences of the document from 0
 * @param kind of the block it stands in
 * @param prior how likely a sentence of this form and place is worth quoting, whatever it says; about 1
 * @param terms its topic terms
 */
record Sentence(String text, int offset, int ordinal, Block.Kind kind, double prior, Terms terms) {

    /** Returns the similarity of what two sentences name: the cosine of their weighted terms, 0 to 1. */
    double similarityTo(Sentence other, TermStatistics statistics) {
        double shared = terms.sumOfShared(other.terms, term -> squared(statistics.rarity(term)));
        return shared == 0 ? 0 : shared / Math.sqrt(squaredLength(statistics) * other.squaredLength(statistics));
    }

    private double squaredLength(TermStatistics statistics) {
        return terms.sum(term -> squared(statistics.rarity(term)));
    }

    private static double squared(double value) {
        return value * value;
    }
}
