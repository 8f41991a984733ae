package dev.gantry.guard;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import java.util.Arrays;
import java.util.List;

/**
 * The operator's own regular expressions. They are RE2: linear in the text, whatever they and the text are. Each match
 * is at most as long as its setting says; what is longer is cut there. Immutable.
 */
final class OwnPatterns {
    private static final int CONFIDENCE = 99;
    static final OwnPatterns NONE = new OwnPatterns(List.of());

    /**
     * One of them.
     *
     * @param lengthMax longest match in bytes
     * @param context words of which one must stand near; empty when none need be
     */
    record Own(Kind kind, Pattern pattern, int lengthMax, ContextWords<Boolean> context) {}

    private final List<Own> patterns;
    private final int lengthMax;

    OwnPatterns(List<Own> patterns) {
        this.patterns = List.copyOf(patterns);
        this.lengthMax = patterns.stream().mapToInt(Own::lengthMax).max().orElse(0);
    }

    /** Compiles an expression; an unusable one is an {@code IllegalArgumentException} that quotes it and says why. */
    static Pattern compile(String expression) {
        try {
            return Pattern.compile(expression);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException("'" + expression + "' is not a regular expression in RE2 syntax: "
                    + wrong.getDescription()
                    + "; look-around and back-references are not part of it");
        }
    }

    boolean isEmpty() {
        return patterns.isEmpty();
    }

    /**
     * Finds matches that begin at {@code start} or later.
     *
     * @return the place from which on more text could change what is found
     */
    int find(Passage text, int start, Candidates found) {
        if (patterns.isEmpty()) {
            return text.to();
        }
        int from = Math.max(text.from(), start - 4);
        byte[] copy = Arrays.copyOfRange(text.bytes(), from, text.to());
        for (Own own : patterns) {
            Matcher matcher = own.pattern().matcher(copy);
            int next = start - from;
            while (next <= copy.length && matcher.find(next)) {
                int begin = matcher.start() + from;
                int end = Math.min(matcher.end() + from, begin + own.lengthMax());
                found.askedAt(begin);
                if (end > begin && (own.context().isEmpty() || own.context().near(text, begin, end) != null)) {
                    found.add(own.kind(), begin, end, CONFIDENCE);
                }
                next = Math.max(matcher.end(), matcher.start() + 1);
            }
        }
        text.takeRanOut();
        return text.isComplete() ? text.to() : Math.max(start, text.to() - lengthMax);
    }
}
