package dev.gantry.guard;

import dev.gantry.guard.SecretFormat.Alphabet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Secrets whose beginning says what they are, by {@link SecretFormat}. Asked at words that may be such a beginning; what
 * follows must have the documented length and look drawn at random, not written.
 */
final class SecretDetector extends Detector {
    private static final int TOKEN_PARTS = 3;
    /** From this length on a body is looked at only where it may begin, so that hostile text costs little. */
    private static final int LONG = 4_000;

    private static final int PART_MIN = 12;
    private static final int HEAD_MIN = 13;
    private static final int HEAD_MAX = 16;

    private final byte[][] prefixes;
    private final SecretFormat[] formats;
    private final Kind[] kinds;

    private SecretDetector(List<SecretFormat> formats) {
        this.formats = formats.toArray(SecretFormat[]::new);
        prefixes = new byte[this.formats.length][];
        kinds = new Kind[this.formats.length];
        for (int index = 0; index < prefixes.length; index++) {
            prefixes[index] = Bytes.utf8(this.formats[index].prefix());
            kinds[index] = Kinds.secret(this.formats[index].id());
        }
    }

    /** Asks for all formats where they may begin. */
    static void register(Scanner.Builder builder) {
        List<SecretFormat> remaining = new ArrayList<>(SecretFormat.ALL);
        while (!remaining.isEmpty()) {
            String word = firstWord(remaining.getFirst().prefix());
            List<SecretFormat> same = remaining.stream()
                    .filter(format -> anchor(firstWord(format.prefix())).equals(anchor(word)))
                    .toList();
            remaining.removeAll(same);
            SecretDetector detector = new SecretDetector(same);
            if (word.length() >= 3) {
                builder.atPrefix(detector, word);
            } else if (word.chars().noneMatch(Character::isDigit)) {
                builder.atWord(detector, word.toLowerCase(Locale.ROOT));
            } else {
                builder.atCode(detector);
            }
        }
    }

    private static String anchor(String word) {
        return word.length() > 3 ? word.substring(0, 3) : word;
    }

    private static String firstWord(String prefix) {
        int end = 0;
        while (end < prefix.length() && Bytes.isAlphanumeric(prefix.charAt(end))) {
            end++;
        }
        return prefix.substring(0, end);
    }

    @Override
    void look(Passage text, int place, Candidates found) {
        if (!text.isStart(place)) {
            return;
        }
        for (int index = 0; index < formats.length; index++) {
            if (begins(text, place, prefixes[index])) {
                body(text, place, place + prefixes[index].length, index, found);
            }
        }
    }

    private static boolean begins(Passage text, int place, byte[] prefix) {
        for (int index = 0; index < prefix.length; index++) {
            if (text.at(place + index) != prefix[index]) {
                return false;
            }
        }
        return true;
    }

    private void body(Passage text, int place, int begin, int index, Candidates found) {
        SecretFormat format = formats[index];
        Alphabet alphabet = format.alphabet();
        if (format.bodyMax() >= LONG && !beginsToken(text, place)) {
            return;
        }
        int end = begin;
        while (end - begin <= format.bodyMax() && alphabet.contains(text.at(end))) {
            end++;
        }
        while (end > begin && (text.at(end - 1) == '.' || text.at(end - 1) == '-')) {
            end--; // The end of a sentence, or a dash.
        }
        int length = end - begin;
        if (length < format.bodyMin() || length > format.bodyMax() || !alphabet.endsBefore(text.at(end))) {
            return;
        }
        if (looksReal(text, format, place, begin, end)) {
            found.add(kinds[index], start(text, place), end, format.confidence());
        }
    }

    /** Whether a token of JSON may begin here: a first part of some length, and no other part before it. */
    private static boolean beginsToken(Passage text, int place) {
        int before = place - 1;
        if (text.at(before) == '.') {
            int part = 0;
            while (part < PART_MIN && Alphabet.BASE64URL.contains(text.at(before - 1 - part))) {
                part++;
            }
            if (part == PART_MIN) {
                return false;
            }
        }
        int length = 0;
        while (length < PART_MIN && Alphabet.BASE64URL.contains(text.at(place + length))) {
            length++;
        }
        return length == PART_MIN;
    }

    /** Returns where a token begins whose mark stands behind its first part, as Terraform's do. */
    private static int start(Passage text, int place) {
        int start = place;
        if (text.at(place - 1) == '.') {
            start--;
            while (place - start <= HEAD_MAX && Bytes.isAlphanumeric(text.at(start - 1))) {
                start--;
            }
        }
        return place - start >= HEAD_MIN && place - start <= HEAD_MAX ? start : place;
    }

    private static boolean looksReal(Passage text, SecretFormat format, int place, int begin, int end) {
        if (format.id().equals("jwt")) {
            return isToken(text, place, end);
        }
        // Capital letters and digits alone change too little to be told from words; their beginning and length must do.
        return format.alphabet() == Alphabet.UPPER
                ? Randomness.isVaried(text, begin, end)
                : Randomness.looksRandom(text, begin, end);
    }

    /** RFC 7519: three parts in base64url, of which the first two are JSON objects; the third may be empty. */
    private static boolean isToken(Passage text, int place, int end) {
        int parts = 1;
        int second = -1;
        for (int position = place; position < end; position++) {
            if (text.at(position) == '.') {
                parts++;
                second = second < 0 ? position + 1 : second;
            }
        }
        boolean isUnsigned = parts == TOKEN_PARTS - 1 && text.at(end) == '.';
        return (parts == TOKEN_PARTS || isUnsigned || parts == 5)
                && second - place > 12
                && (parts == 5
                        || (text.at(second) == 'e' && (text.at(second + 1) == 'y' || text.at(second + 1) == 'w')));
    }
}
