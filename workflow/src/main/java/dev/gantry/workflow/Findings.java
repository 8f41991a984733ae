package dev.gantry.workflow;

import dev.gantry.kernel.Text;
import dev.gantry.workflow.Finding.Rule;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what a check finds, up to a bound. Not thread-safe. */
final class Findings {
    /** More than anybody reads at once. */
    static final int KEPT_MAX = 200;

    private final List<Finding> kept = new ArrayList<>();
    private boolean error;
    private int count;

    void add(Rule rule, Position position, String path, String text) {
        error |= rule.isError();
        count++;
        if (kept.size() < KEPT_MAX) {
            kept.add(new Finding(
                    rule, position, printable(Text.shorten(path, 200)), printable(Text.shorten(text, 500))));
        }
    }

    boolean hasErrors() {
        return error;
    }

    int count() {
        return count;
    }

    /** In the order of lines, since a person mends them from top to bottom. */
    List<Finding> list() {
        List<Finding> sorted = new ArrayList<>(kept);
        sorted.sort(
                Comparator.comparingInt((Finding finding) -> finding.position().line())
                        .thenComparingInt(finding -> finding.position().column()));
        if (count > kept.size()) {
            sorted.add(new Finding(
                    Rule.ADVICE, Position.NONE, "", "… and " + (count - kept.size()) + " more; mend these first"));
        }
        return sorted;
    }

    /** Names come from files of strangers and go to terminals. */
    private static String printable(String text) {
        StringBuilder safe = new StringBuilder(text.length());
        text.codePoints()
                .forEach(character -> safe.appendCodePoint(Character.isISOControl(character) ? ' ' : character));
        return safe.toString();
    }
}
