package dev.gantry.corpus;

import java.util.List;

/**
 * A text and what is to be found in it.
 *
 * @param text the text
 * @param labels what is to be found; nothing else is
 */
public record Sample(String text, List<Label> labels) {
    /** Copies the list. */
    public Sample {
        labels = List.copyOf(labels);
    }

    /**
     * A value of a kind, or what was found.
     *
     * @param kind such as {@code email}
     * @param start where it begins, in bytes of UTF-8
     * @param end where it ends
     */
    public record Label(String kind, int start, int end) {}
}
