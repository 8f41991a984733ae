package dev.gantry.guard;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Values by word, looked up by a hash of the word that a scan computes as it goes. The hash of two words one after the
 * other follows from theirs, which serves phrases. Different words never share a hash within one table: a table that
 * would have that is refused. A word outside the table meets one inside by chance only. Immutable.
 */
final class WordTable<V> {
    /** What a hash is multiplied with before the next lower-case byte is added. */
    static final long FACTOR = 0x9E3779B97F4A7C15L;

    private final long[] keys;
    private final @Nullable Object[] values;
    private final int shift;
    private final String[] words;

    WordTable(Map<String, V> words) {
        int bits = 4;
        while ((1 << bits) < words.size() * 4) {
            bits++;
        }
        keys = new long[1 << bits];
        values = new Object[1 << bits];
        shift = 64 - bits;
        this.words = words.keySet().toArray(String[]::new);
        words.forEach((word, value) -> {
            long hash = hash(word);
            int slot = slot(hash);
            while (values[slot] != null) {
                if (keys[slot] == hash) {
                    throw new IllegalArgumentException("Two words with the same hash, one of them " + word);
                }
                slot = (slot + 1) & (keys.length - 1);
            }
            keys[slot] = hash;
            values[slot] = value;
        });
    }

    /** Returns a table of the words of a text with spaces between them. */
    static WordTable<Boolean> of(String words) {
        Map<String, Boolean> out = new HashMap<>();
        for (String word : words.strip().split("\\s+")) {
            out.put(word, true);
        }
        return new WordTable<>(out);
    }

    /** Returns the hash of a word that is in lower case already. */
    static long hash(String word) {
        long hash = 0;
        for (byte value : Bytes.utf8(word)) {
            hash = hash * FACTOR + (value & 0xFF);
        }
        return hash;
    }

    /** Returns the value of a word; null when it is not in the table. */
    @SuppressWarnings("unchecked")
    @Nullable
    V get(long hash) {
        int slot = slot(hash);
        while (values[slot] != null) {
            if (keys[slot] == hash) {
                return (V) values[slot];
            }
            slot = (slot + 1) & (keys.length - 1);
        }
        return null;
    }

    private int slot(long hash) {
        return (int) ((hash * 0xD6E8FEB86659FD93L) >>> shift);
    }

    /** Returns the words. */
    String[] words() {
        return words.clone();
    }
}
