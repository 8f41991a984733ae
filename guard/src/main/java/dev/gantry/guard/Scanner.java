package dev.gantry.guard;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Goes through a text once and asks detectors where they want to be asked: at a byte, at the beginning of a number, of a
 * code of letters and digits, of a certain word, of a word with a certain beginning. What one detector does has no
 * influence on where others are asked, so a scan may begin at any place and finds the same there. Immutable.
 */
final class Scanner {
    private static final Detector[] NONE = {};
    private static final int PREFIX_SLOTS = 1 << 12;
    /** How far back what is found may begin, seen from where a detector is asked. */
    private static final int LOOK_BACK_MAX = 72;

    private static final int LABEL_BITS_LOG = 14;
    private static final int LABEL_BITS = 1 << LABEL_BITS_LOG;
    /** The shortest code that detectors of long codes are asked at. */
    private static final int LONG_CODE = 23;
    /** The shortest word that detectors of numbers or codes are asked at, unless more may follow. */
    private static final int IDENTIFIER_MIN = 5;

    private static final byte SKIPPED = 0;
    private static final byte WORD = 1;
    private static final byte ANCHOR = 2;

    private static final byte HAS_DIGIT = 1;
    private static final byte HAS_LETTER = 2;
    private static final byte HAS_HIGH = 4;

    private final byte[] roles;
    private final byte[] flags;
    private final byte[] lower;
    private final Detector[][] byByte;
    private final Detector[][] byForm;
    private final Detector[] atCode;
    private final Detector[] atLongCode;
    private final Detector[] atEither;
    private final long[] labels;
    private final Detector[][] byPrefix;
    private final Detector[][] bySuffix;
    private final WordTable<Detector[]> byWord;

    private Scanner(Builder builder) {
        roles = new byte[256];
        flags = new byte[256];
        lower = new byte[256];
        byByte = new Detector[256][];
        for (int value = 0; value < 256; value++) {
            List<Detector> asked = builder.byByte.get(value);
            byByte[value] = asked == null ? NONE : asked.toArray(NONE);
            roles[value] = Bytes.isWord(value) ? WORD : asked == null ? SKIPPED : ANCHOR;
            flags[value] = Bytes.isDigit(value) ? HAS_DIGIT : value >= 0x80 ? HAS_HIGH : HAS_LETTER;
            lower[value] = (byte) Bytes.lower(value);
        }
        byForm = new Detector[NumberForm.values().length][];
        for (NumberForm form : NumberForm.values()) {
            byForm[form.index()] = builder.byForm.getOrDefault(form, List.of()).toArray(NONE);
        }
        atCode = builder.atCode.toArray(NONE);
        atLongCode = builder.atLongCode.toArray(NONE);
        labels = new long[LABEL_BITS / 64];
        for (long hash : builder.labels) {
            int bit = labelBit(hash);
            labels[bit >> 6] |= 1L << bit;
        }
        atEither = builder.atEither.toArray(NONE);
        byPrefix = new Detector[PREFIX_SLOTS][];
        Arrays.fill(byPrefix, NONE);
        builder.byPrefix.forEach((slot, asked) -> byPrefix[slot] = asked.toArray(NONE));
        bySuffix = new Detector[PREFIX_SLOTS][];
        Arrays.fill(bySuffix, NONE);
        builder.bySuffix.forEach((slot, asked) -> bySuffix[slot] = asked.toArray(NONE));
        Map<String, Detector[]> words = new HashMap<>();
        builder.byWord.forEach((word, asked) -> words.put(word, asked.toArray(NONE)));
        byWord = new WordTable<>(words);
    }

    /**
     * Finds candidates that begin at {@code start} or later.
     *
     * @return the place from which on more text could change what is found; the end where the text is complete
     */
    int scan(Passage text, int start, Candidates found) {
        byte[] bytes = text.bytes();
        int to = text.to();
        int held = to;
        int place = start;
        text.labelAt(start); // There may be one in what is not looked at again.
        if (start > text.from()
                && start < to
                && Bytes.isWord(bytes[start] & 0xFF)
                && isInsideWord(bytes, text.from(), start)) {
            do {
                place++; // The rest of a word that was looked at before.
            } while (place < to && isInsideWord(bytes, text.from(), place) && roles[bytes[place] & 0xFF] == WORD);
        }
        while (place < to) {
            int value = bytes[place] & 0xFF;
            byte role = roles[value];
            if (role == SKIPPED) {
                place++;
            } else if (role == ANCHOR) {
                held = ask(byByte[value], text, place, found, held);
                place++;
            } else {
                int begin = place;
                if (begin > text.from() && bytes[begin - 1] == '\\' && isEscape(value)) {
                    begin++;
                    if (begin >= to || roles[bytes[begin] & 0xFF] != WORD) {
                        place = begin;
                        continue;
                    }
                }
                int seen = 0;
                long hash = 0;
                place = begin;
                do {
                    int each = bytes[place] & 0xFF;
                    int flag = flags[each];
                    if (flag == HAS_DIGIT && (seen & HAS_HIGH) != 0 && bytes[place - 1] < 0) {
                        break; // In scripts without spaces a number follows letters.
                    }
                    seen |= flag;
                    hash = hash * WordTable.FACTOR + (lower[each] & 0xFF);
                    place++;
                } while (place < to && roles[bytes[place] & 0xFF] == WORD);
                held = word(text, begin, place, seen, hash, found, held);
            }
        }
        return text.isComplete() ? to : Math.min(held, lastRun(text, to));
    }

    /** Whether the word that a place belongs to begins before it. */
    private static boolean isInsideWord(byte[] bytes, int from, int place) {
        int before = bytes[place - 1] & 0xFF;
        boolean isEscaped = isEscape(before) && place - 2 >= from && bytes[place - 2] == '\\';
        boolean isNumberAfterLetter = before >= 0x80 && Bytes.isDigit(bytes[place] & 0xFF);
        return Bytes.isWord(before) && !isEscaped && !isNumberAfterLetter;
    }

    private static boolean isEscape(int value) {
        return value == 'n' || value == 'r' || value == 't';
    }

    private int word(Passage text, int begin, int end, int seen, long hash, Candidates found, int heldBefore) {
        int held = heldBefore;
        byte[] bytes = text.bytes();
        if ((seen & HAS_DIGIT) != 0) {
            boolean isNumber = Bytes.isDigit(bytes[begin] & 0xFF);
            if (isNumber) {
                NumberForm form = NumberForm.of(text, begin, (seen & HAS_LETTER) == 0 ? end : -1);
                held = ask(byForm[form.index()], text, begin, found, held);
            }
            if ((seen & HAS_LETTER) != 0) {
                if (isCamelCase(bytes, begin, end)) {
                    text.labelAt(end); // Its last part may be one, however long the word is.
                }
                if (end - begin >= LONG_CODE) {
                    held = ask(atLongCode, text, begin, found, held);
                }
                if (!isNumber) {
                    held = ask(atCode, text, begin, found, held);
                }
            }
            int after = end < text.to() ? bytes[end] : -1;
            if (end - begin >= IDENTIFIER_MIN || after == '-' || after == ' ') {
                held = ask(atEither, text, begin, found, held);
            }
        } else {
            Detector[] asked = byWord.get(hash);
            if (asked != null) {
                held = ask(asked, text, begin, found, held);
            }
            int bit = labelBit(hash);
            if ((labels[bit >> 6] & 1L << bit) != 0 || isCamelCase(bytes, begin, end)) {
                text.labelAt(end);
            }
        }
        if (end - begin >= 3) {
            Detector[] asked = byPrefix[slot(bytes[begin], bytes[begin + 1], bytes[begin + 2])];
            if (asked.length > 0) {
                held = ask(asked, text, begin, found, held);
            }
            asked = bySuffix[slot(bytes[end - 3], bytes[end - 2], bytes[end - 1])];
            if (asked.length > 0) {
                held = ask(asked, text, begin, found, held);
            }
        }
        return held;
    }

    private static int labelBit(long hash) {
        return (int) ((hash * 0xD6E8FEB86659FD93L) >>> (64 - LABEL_BITS_LOG));
    }

    /** Whether a capital follows a small letter: a name of several words may end in a label. */
    private static boolean isCamelCase(byte[] bytes, int begin, int end) {
        for (int position = begin + 1; position < end; position++) {
            if (Bytes.isUpper(bytes[position] & 0xFF) && Bytes.isLower(bytes[position - 1] & 0xFF)) {
                return true;
            }
        }
        return false;
    }

    private static int ask(Detector[] detectors, Passage text, int place, Candidates found, int held) {
        found.askedAt(place);
        for (Detector detector : detectors) {
            detector.look(text, place, found);
        }
        return text.takeRanOut() ? Math.min(held, lastRun(text, place)) : held;
    }

    /** Returns where the run of non-space characters before a place begins, as far back as a detector may look. */
    private static int lastRun(Passage text, int place) {
        int begin = place;
        int least = Math.max(text.from(), place - LOOK_BACK_MAX);
        while (begin > least && !Bytes.isSpace(text.bytes()[begin - 1] & 0xFF)) {
            begin--;
        }
        return begin;
    }

    private static int slot(int first, int second, int third) {
        int key = (first << 16) | (second << 8) | third;
        return (key * 0x9E3779B1) >>> (32 - 12);
    }

    /** Collects what is asked where. */
    static final class Builder {
        private final Map<Integer, List<Detector>> byByte = new HashMap<>();
        private final Map<Integer, List<Detector>> byPrefix = new HashMap<>();
        private final Map<Integer, List<Detector>> bySuffix = new HashMap<>();
        private final Map<String, List<Detector>> byWord = new HashMap<>();
        private final Map<NumberForm, List<Detector>> byForm = new EnumMap<>(NumberForm.class);
        private final List<Detector> atCode = new ArrayList<>();
        private final List<Detector> atLongCode = new ArrayList<>();
        private final Set<Long> labels = new HashSet<>();
        private final List<Detector> atEither = new ArrayList<>();

        /** Asks a detector at every occurrence of ASCII characters that are neither letters nor digits. */
        Builder atByte(Detector detector, char... characters) {
            for (char character : characters) {
                if (character >= 0x80 || Bytes.isWord(character)) {
                    throw new IllegalArgumentException("Not an ASCII sign: " + character);
                }
                byByte.computeIfAbsent((int) character, key -> new ArrayList<>())
                        .add(detector);
            }
            return this;
        }

        /** Asks a detector at the beginning of every run of letters and digits that begins with a digit and has one of some forms. */
        Builder atNumber(Detector detector, NumberForm... forms) {
            for (NumberForm form : forms) {
                byForm.computeIfAbsent(form, key -> new ArrayList<>()).add(detector);
            }
            return this;
        }

        /** Asks a detector at the beginning of every run of 23 or more letters and digits that has both. */
        Builder atLongCode(Detector detector) {
            atLongCode.add(detector);
            return this;
        }

        /** Notes hashes of words after which detectors look; see {@link Passage#isLabelNear}. */
        Builder labels(Set<Long> hashes) {
            labels.addAll(hashes);
            return this;
        }

        /** Asks a detector at the beginning of every run of letters and digits that has both and begins with a letter. */
        Builder atCode(Detector detector) {
            atCode.add(detector);
            return this;
        }

        /** Asks a detector at the beginning of every run of letters and digits that has a digit, once. */
        Builder atNumberOrCode(Detector detector) {
            atEither.add(detector);
            return this;
        }

        /** Asks a detector at whole words without digits, written in whatever case; given here in lower case. */
        Builder atWord(Detector detector, String... words) {
            for (String word : words) {
                List<Detector> asked = byWord.computeIfAbsent(word, key -> new ArrayList<>());
                if (!asked.contains(detector)) {
                    asked.add(detector);
                }
            }
            return this;
        }

        /**
         * Asks a detector at words of three or more letters and digits with one of these beginnings, of which the first
         * three characters count, upper and lower case being different; the detector checks the rest itself, and must bear
         * being asked at other words.
         */
        Builder atPrefix(Detector detector, String... prefixes) {
            for (String prefix : prefixes) {
                byte[] bytes = Bytes.utf8(prefix);
                List<Detector> asked =
                        byPrefix.computeIfAbsent(slot(bytes[0], bytes[1], bytes[2]), key -> new ArrayList<>());
                if (!asked.contains(detector)) {
                    asked.add(detector);
                }
            }
            return this;
        }

        /** Asks a detector at words whose last three bytes are those of one of these endings; it checks the rest itself. */
        Builder atSuffix(Detector detector, String... suffixes) {
            for (String suffix : suffixes) {
                byte[] bytes = Bytes.utf8(suffix);
                int length = bytes.length;
                List<Detector> asked = bySuffix.computeIfAbsent(
                        slot(bytes[length - 3], bytes[length - 2], bytes[length - 1]), key -> new ArrayList<>());
                if (!asked.contains(detector)) {
                    asked.add(detector);
                }
            }
            return this;
        }

        Scanner build() {
            return new Scanner(this);
        }
    }

    @Override
    public String toString() {
        return "Scanner["
                + Arrays.stream(byByte).filter(asked -> asked.length > 0).count() + " anchors]";
    }
}
