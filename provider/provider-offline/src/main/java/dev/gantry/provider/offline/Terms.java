package dev.gantry.provider.offline;

import java.util.Arrays;
import java.util.function.IntConsumer;
import java.util.function.IntToDoubleFunction;

/** The distinct topic terms of a text: the hashes that {@link Words} gives to words that name something. Immutable. */
final class Terms {
    /** Of a text that names nothing. */
    static final Terms NONE = new Terms(new int[0]);

    private final int[] ascending;

    private Terms(int[] ascending) {
        this.ascending = ascending;
    }

    /** Finds the terms of a text. */
    static Terms of(String text, Language language) {
        var collector = new Object() {
            int[] terms = new int[16];
            int size;
        };
        Words.scan(text, 0, text.length(), language, (start, end, term, functional) -> {
            if (!functional) {
                if (collector.size == collector.terms.length) {
                    collector.terms = Arrays.copyOf(collector.terms, collector.size * 2);
                }
                collector.terms[collector.size++] = term;
            }
        });
        return new Terms(Arrays.stream(collector.terms, 0, collector.size)
                .sorted()
                .distinct()
                .toArray());
    }

    /** Returns how many there are. */
    int size() {
        return ascending.length;
    }

    /** Hands over each term, ascending. */
    void forEach(IntConsumer action) {
        for (int term : ascending) {
            action.accept(term);
        }
    }

    /** Returns the sum of a weight over all terms, in ascending order. */
    double sum(IntToDoubleFunction weight) {
        double sum = 0;
        for (int term : ascending) {
            sum += weight.applyAsDouble(term);
        }
        return sum;
    }

    /** Returns the sum of a weight over the terms that both texts have, in ascending order. */
    double sumOfShared(Terms other, IntToDoubleFunction weight) {
        double sum = 0;
        int left = 0;
        int right = 0;
        while (left < ascending.length && right < other.ascending.length) {
            int comparison = Integer.compare(ascending[left], other.ascending[right]);
            if (comparison == 0) {
                sum += weight.applyAsDouble(ascending[left]);
            }
            left += comparison <= 0 ? 1 : 0;
            right += comparison >= 0 ? 1 : 0;
        }
        return sum;
    }
}
