package dev.gantry.provider.offline;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was found in a text, all of it in the text's own words.
 *
 * @param title the document's heading of the first level; null without one
 * @param gist the sentence that stands for the whole; null when the text has no sentences
 * @param points the sentences that say most, in the order of the text, without the gist
 * @param phrases what the text is about, best first
 * @param quotes passages that the text itself sets off as spoken or cited, in its order
 * @param questions what the text asks, in its order
 * @param sentences how many sentences the text has
 */
record Extract(
        @Nullable String title,
        @Nullable String gist,
        List<Point> points,
        List<String> phrases,
        List<String> quotes,
        List<String> questions,
        long sentences) {
    /** Copies the lists. */
    Extract {
        points = List.copyOf(points);
        phrases = List.copyOf(phrases);
        quotes = List.copyOf(quotes);
        questions = List.copyOf(questions);
    }

    /**
     * A sentence and its rank.
     *
     * @param score 0 to 1, where 1 is the best sentence of the text
     */
    record Point(String text, double score) {}

    /** Returns the same extract without its lowest-ranked point, for a smaller answer; without points, itself. */
    Extract withoutWeakestPoint() {
        if (points.isEmpty()) {
            return this;
        }
        List<Point> rest = new ArrayList<>(points);
        rest.remove(Collections.min(points, Comparator.comparingDouble(Point::score)));
        return new Extract(title, gist, rest, phrases, quotes, questions, sentences);
    }
}
