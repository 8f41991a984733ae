package dev.gantry.guard;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * The operator's own regular expressions. They are RE2: one look for a match is linear in the text, whatever they and the text
 * are. Many matches, each of which looks through the rest of the text, are not, so that there is a bound on the time for a
 * text, beyond which it is refused. Each match is at most as long as its setting says; what is longer is cut there. Immutable.
 */
final class OwnPatterns {
    private static final int CONFIDENCE = 99;
    static final OwnPatterns NONE = new OwnPatterns(List.of());

    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What a megabyte takes beside that; ordinary expressions need a tenth of it. */
    private static final long NANOS_A_BYTE = 1_000;

    /**
     * One of them.
     *
     * @param lengthMax longest match in bytes
     * @param context words of which one must stand near; empty when none need be
     */
    record Own(Kind kind, Pattern pattern, int lengthMax, ContextWords<Boolean> context) {}

    private final List<Own> patterns;
    private final int lengthMax;
    private final Duration patience;

    OwnPatterns(List<Own> patterns) {
        this(patterns, PATIENCE);
    }

    /** Own patterns with another time for a short text. */
    OwnPatterns(List<Own> patterns, Duration patience) {
        this.patterns = List.copyOf(patterns);
        this.patience = patience;
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
     * @throws GantryException {@link ErrorCode#CONTENT_BLOCKED} if that takes too long
     */
    int find(Passage text, int start, Candidates found) {
        if (patterns.isEmpty()) {
            return text.to();
        }
        int from = Math.max(text.from(), start - 4);
        byte[] copy = Arrays.copyOfRange(text.bytes(), from, text.to());
        long until = System.nanoTime() + patience.toNanos() + copy.length * NANOS_A_BYTE * patterns.size();
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
                if (System.nanoTime() - until > 0) {
                    throw new GantryException(
                            ErrorCode.CONTENT_BLOCKED,
                            "The operator's pattern '" + own.kind().id()
                                    + "' takes too long on this text, so it was not let through; send less of it at once.");
                }
            }
        }
        text.takeRanOut();
        return text.isComplete() ? text.to() : Math.max(start, text.to() - lengthMax);
    }
}
