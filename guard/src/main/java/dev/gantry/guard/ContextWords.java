package dev.gantry.guard;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Words that make something likelier when they stand near: whole words, never parts of others. A phrase is found however
 * it is joined: {@code date of birth}, {@code date_of_birth}, {@code dateOfBirth}. Immutable.
 */
final class ContextWords {
    /** How far before something its context may stand, in bytes. */
    private static final int BEFORE_MAX = 64;
    /** How far behind something its context may stand, in bytes. */
    private static final int AFTER_MAX = 24;

    private static final int PHRASE_MAX = 4;

    private final WordTable<Boolean> words;
    private final boolean isEmpty;

    private ContextWords(List<String> phrases) {
        Map<String, Boolean> joined = new HashMap<>();
        for (String phrase : phrases) {
            joined.put(phrase.toLowerCase(Locale.ROOT).replaceAll("[ _-]", ""), true);
        }
        words = new WordTable<>(joined);
        isEmpty = joined.isEmpty();
    }

    static ContextWords of(String... phrases) {
        return new ContextWords(Arrays.asList(phrases));
    }

    static ContextWords of(List<String> phrases) {
        return new ContextWords(phrases);
    }

    boolean isEmpty() {
        return isEmpty;
    }

    /** Returns whether one of the words stands before or shortly behind a stretch of text. */
    boolean isNear(Passage text, int start, int end) {
        return isBefore(text, start) || isAfter(text, end);
    }

    /** Returns whether one of the words stands before a position. */
    boolean isBefore(Passage text, int start) {
        int least = Math.max(text.from(), start - BEFORE_MAX);
        long[] hashes = new long[PHRASE_MAX];
        long[] factors = new long[PHRASE_MAX];
        int count = 0;
        int end = start;
        while (end > least) {
            while (end > least && !Bytes.isWord(text.at(end - 1))) {
                end--;
            }
            int begin = end;
            while (begin > least && Bytes.isWord(text.at(begin - 1)) && !isHump(text, begin, end)) {
                begin--;
            }
            if (begin == end || (begin == least && begin > text.from() && Bytes.isWord(text.at(begin - 1)))) {
                return false;
            }
            count = Math.min(count + 1, PHRASE_MAX);
            System.arraycopy(hashes, 0, hashes, 1, count - 1);
            System.arraycopy(factors, 0, factors, 1, count - 1);
            hashes[0] = hash(text, begin, end);
            factors[0] = factor(end - begin);
            if (matches(hashes, factors, count)) {
                return true;
            }
            end = begin;
        }
        return false;
    }

    /** Returns whether one of the words stands shortly behind a position. */
    boolean isAfter(Passage text, int end) {
        int most = end + AFTER_MAX;
        int begin = end;
        long[] hashes = new long[PHRASE_MAX];
        int count = 0;
        while (begin < most) {
            while (begin < most && text.at(begin) >= 0 && !Bytes.isWord(text.at(begin))) {
                begin++;
            }
            int wordEnd = begin;
            while (wordEnd < most && Bytes.isWord(text.at(wordEnd)) && !isHump(text, wordEnd, begin)) {
                wordEnd++;
            }
            if (wordEnd == begin || (wordEnd == most && Bytes.isWord(text.at(wordEnd)))) {
                return false;
            }
            long hash = hash(text, begin, wordEnd);
            long factor = factor(wordEnd - begin);
            count = Math.min(count + 1, PHRASE_MAX);
            for (int index = count - 1; index > 0; index--) {
                hashes[index] = hashes[index - 1] * factor + hash;
            }
            hashes[0] = hash;
            for (int index = 0; index < count; index++) {
                if (words.get(hashes[index]) != null) {
                    return true;
                }
            }
            begin = wordEnd;
        }
        return false;
    }

    private boolean matches(long[] hashes, long[] factors, int count) {
        long hash = 0;
        for (int index = 0; index < count; index++) {
            hash = hash * factors[index] + hashes[index];
            if (words.get(hash) != null) {
                return true;
            }
        }
        return false;
    }

    /** Whether a word of camelCase begins at a position. */
    private static boolean isHump(Passage text, int position, int edge) {
        return position != edge && Bytes.isUpper(text.at(position)) && Bytes.isLower(text.at(position - 1));
    }

    private static long hash(Passage text, int begin, int end) {
        long hash = 0;
        for (int position = begin; position < end; position++) {
            hash = hash * WordTable.FACTOR + Bytes.lower(text.at(position));
        }
        return hash;
    }

    private static long factor(int length) {
        long factor = 1;
        for (int index = 0; index < length; index++) {
            factor *= WordTable.FACTOR;
        }
        return factor;
    }
}
