package dev.gantry.provider;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingType;

/**
 * Counts tokens where no provider does: before a call, after a call whose provider gave no numbers, and for the offline
 * provider, which defines its own.
 *
 * <p>The tokenizer is {@code o200k_base}, a byte-level byte-pair encoding (Sennrich, Haddow, Birch: "Neural Machine
 * Translation of Rare Words with Subword Units", ACL 2016) of 200,000 entries. For models of other families the numbers
 * are estimates; on English prose the common tokenizers lie within some 15 % of each other. Texts that look like control
 * tokens ({@code <|endoftext|>}) count as the plain text they are.
 *
 * <p>Thread-safe. The vocabulary (some 35 MB of heap) is read at the first use of a non-empty text.
 */
public final class TokenEstimator {
    /** Longest text, in characters, that {@link #estimate} counts in full. */
    static final int EXACT_CHARS_MAX = 64 * 1024;

    /** Length, in characters, from which on a piece ends at the next place where that is exact. */
    private static final int PIECE_CHARS = 4 * 1024;

    /**
     * Longest run, in characters, without a place where a cut is exact. The time of byte-pair encoding grows faster than
     * the length of a single run.
     */
    static final int RUN_CHARS_MAX = 1_024;

    private static final int SAMPLES = 16;
    private static final int SAMPLE_CHARS = EXACT_CHARS_MAX / SAMPLES;

    private TokenEstimator() {}

    /** The tokenizers whose counts are exact, each for some of OpenAI's models. */
    public enum Vocabulary {
        /** Of gpt-4o, gpt-4.1, gpt-5 and the o series; and what the offline provider counts by. */
        O200K(EncodingType.O200K_BASE),
        /** Of gpt-4, gpt-3.5 and the models that make vectors. */
        CL100K(EncodingType.CL100K_BASE);

        private final EncodingType type;

        Vocabulary(EncodingType type) {
            this.type = type;
        }

        private Encoding encoding() {
            return switch (this) {
                case O200K -> O200kEncoding.INSTANCE;
                case CL100K -> Cl100kEncoding.INSTANCE;
            };
        }

        private Encoding read() {
            return Encodings.newLazyEncodingRegistry().getEncoding(type);
        }
    }

    /** Read once, by the class loader's own lock, when a text has to be counted for the first time. */
    private static final class O200kEncoding {
        static final Encoding INSTANCE = Vocabulary.O200K.read();

        private O200kEncoding() {}
    }

    /** The same of the older one, which many installations never need. */
    private static final class Cl100kEncoding {
        static final Encoding INSTANCE = Vocabulary.CL100K.read();

        private Cl100kEncoding() {}
    }

    /**
     * Counts the tokens of a text, in time proportional to its length (roughly 0.2 s a million characters).
     *
     * <p>Long texts are counted piece by piece. Pieces end where the encoding never joins characters (before a space or a
     * punctuation mark that follows a word), so that the sum is exact; only a run of more than 1,024 characters without such
     * a place (one letter repeated, Base64, Chinese without punctuation) is cut anywhere, which can move the count by a
     * token for each cut. Between pieces other virtual threads get their turn.
     *
     * @return 0 for the empty text, otherwise at least 1
     */
    public static long count(String text) {
        return count(text, Vocabulary.O200K);
    }

    /** The same by another tokenizer. */
    @SuppressWarnings("ThreadPriorityCheck") // virtual threads share a carrier without time slices
    public static long count(String text, Vocabulary vocabulary) {
        if (text.isEmpty()) {
            return 0;
        }
        Encoding encoding = vocabulary.encoding();
        if (text.length() <= RUN_CHARS_MAX) {
            return countPiece(text, encoding);
        }
        long tokens = 0;
        int start = 0;
        while (start < text.length()) {
            int end = pieceEnd(text, start);
            tokens += countPiece(text.substring(start, end), encoding);
            start = end;
            Thread.yield();
        }
        return tokens;
    }

    /**
     * Counts the tokens of a text in bounded time (a few milliseconds), for decisions that cannot wait for the full count
     * of a huge prompt. Texts of up to 64 Ki characters are counted in full; of a longer one sixteen evenly spaced samples
     * are counted and scaled up, which on text of one kind is right within a few percent.
     *
     * @return 0 for the empty text, otherwise at least 1
     */
    public static long estimate(String text) {
        if (text.length() <= EXACT_CHARS_MAX) {
            return count(text);
        }
        long tokens = 0;
        long chars = 0;
        for (int sample = 0; sample < SAMPLES; sample++) {
            int from = (int) ((long) (text.length() - SAMPLE_CHARS) * sample / (SAMPLES - 1));
            int start = from > 0 ? characterBoundary(text, from) : 0;
            int end = characterBoundary(text, Math.min(text.length(), from + SAMPLE_CHARS));
            tokens += count(text.substring(start, end));
            chars += end - start;
        }
        return Math.ceilDiv(tokens * text.length(), chars);
    }

    private static long countPiece(String piece, Encoding encoding) {
        return piece.isEmpty() ? 0 : encoding.countTokensOrdinary(piece);
    }

    /** Returns where the piece that begins at {@code start} ends. */
    private static int pieceEnd(String text, int start) {
        int lastExact = start;
        for (int index = start + 1; index < text.length(); index++) {
            if (isExactCut(text.charAt(index - 1), text.charAt(index))) {
                if (index - start >= PIECE_CHARS) {
                    return index;
                }
                lastExact = index;
            } else if (index - lastExact >= RUN_CHARS_MAX) {
                return lastExact > start ? lastExact : characterBoundary(text, index);
            }
        }
        return text.length();
    }

    /** Whether the encodings' own patterns always part a text between these two characters. */
    private static boolean isExactCut(char before, char after) {
        if (after == ' ') {
            return !isSpace(before);
        }
        return Character.isLetterOrDigit(before)
                && switch (Character.getType(after)) {
                    case Character.DASH_PUNCTUATION,
                            Character.START_PUNCTUATION,
                            Character.END_PUNCTUATION,
                            Character.INITIAL_QUOTE_PUNCTUATION,
                            Character.OTHER_PUNCTUATION,
                            Character.MATH_SYMBOL,
                            Character.CURRENCY_SYMBOL -> after != '\'';
                    default -> false;
                };
    }

    /** Whether the encodings' own patterns ({@code \s} of Unicode) may see this character as white space. */
    private static boolean isSpace(char character) {
        return Character.isWhitespace(character) || Character.isSpaceChar(character) || character == '\u0085';
    }

    /** Moves an index out of the middle of a surrogate pair, to the left. */
    private static int characterBoundary(String text, int index) {
        boolean inside = index > 0
                && index < text.length()
                && Character.isLowSurrogate(text.charAt(index))
                && Character.isHighSurrogate(text.charAt(index - 1));
        return inside ? index - 1 : index;
    }
}
