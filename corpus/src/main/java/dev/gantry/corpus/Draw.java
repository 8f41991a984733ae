package dev.gantry.corpus;

import java.util.List;
import java.util.random.RandomGenerator;

/** Draws what values are made of, the same for the same seed. Not thread-safe. */
final class Draw {
    static final String DIGITS = "0123456789";
    static final String UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static final String LOWER = "abcdefghijklmnopqrstuvwxyz";
    static final String ALPHANUMERIC = UPPER + LOWER + DIGITS;
    static final String HEX = "0123456789abcdef";
    static final String BASE64URL = ALPHANUMERIC + "-_";
    static final String BASE64 = ALPHANUMERIC + "+/";

    private final RandomGenerator random;

    private final boolean isHeldOut;

    /**
     * Draws from a generator.
     *
     * @param isHeldOut whether for the part that is kept apart, which has names of its own
     */
    Draw(RandomGenerator random, boolean isHeldOut) {
        this.random = random;
        this.isHeldOut = isHeldOut;
    }

    boolean isHeldOut() {
        return isHeldOut;
    }

    /** Returns a number from {@code least} to {@code most}, both included. */
    int number(int least, int most) {
        return random.nextInt(least, most + 1);
    }

    /** Returns true in so many of a hundred cases. */
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    @SafeVarargs
    final <T> T of(T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    <T> T of(List<T> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    /** Returns so many characters of an alphabet. */
    String some(String alphabet, int count) {
        StringBuilder out = new StringBuilder(count);
        for (int index = 0; index < count; index++) {
            out.append(alphabet.charAt(random.nextInt(alphabet.length())));
        }
        return out.toString();
    }

    String digits(int count) {
        return some(DIGITS, count);
    }

    /** Returns a number with leading zeros, from {@code least} to {@code most}. */
    String padded(int least, int most, int width) {
        return String.format("%0" + width + "d", number(least, most));
    }

    /**
     * Writes a pattern: {@code #} is a digit, {@code N} one from 2 to 9, {@code A} a capital letter, {@code a} a small one,
     * {@code X} a capital letter or a digit, {@code h} a hexadecimal digit; all else stands for itself.
     */
    String like(String pattern) {
        StringBuilder out = new StringBuilder(pattern.length());
        for (int index = 0; index < pattern.length(); index++) {
            char each = pattern.charAt(index);
            switch (each) {
                case '#' -> out.append(some(DIGITS, 1));
                case 'N' -> out.append(some("23456789", 1));
                case 'A' -> out.append(some(UPPER, 1));
                case 'a' -> out.append(some(LOWER, 1));
                case 'X' -> out.append(some(UPPER + DIGITS, 1));
                case 'h' -> out.append(some(HEX, 1));
                default -> out.append(each);
            }
        }
        return out.toString();
    }

    /** Divides text into groups of the given lengths, the last of which takes what remains and repeats. */
    static String grouped(String text, String separator, int... lengths) {
        StringBuilder out = new StringBuilder();
        int position = 0;
        int group = 0;
        while (position < text.length()) {
            int length = lengths[Math.min(group, lengths.length - 1)];
            int end = Math.min(text.length(), position + length);
            out.append(position > 0 ? separator : "").append(text, position, end);
            position = end;
            group++;
        }
        return out.toString();
    }

    /** Writes ASCII digits as full-width ones. */
    static String fullWidth(String text) {
        StringBuilder out = new StringBuilder();
        text.chars()
                .forEach(each -> out.append(each >= '0' && each <= '9' ? (char) (each - '0' + 0xFF10) : (char) each));
        return out.toString();
    }
}
