package dev.gantry.guard;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Puts values in the place of their placeholders, also where these come in parts. Not thread-safe. */
final class Restoration {
    private static final byte[] NOTHING = {};

    private final Placeholders placeholders;
    private byte[] held = NOTHING;

    Restoration(Placeholders placeholders) {
        this.placeholders = placeholders;
    }

    /** Returns a text with values; null when it has no placeholder. */
    byte @Nullable [] whole(byte[] utf8, int from, int to) {
        if (placeholders.isEmpty()) {
            return null;
        }
        ByteArrayOutputStream out = new ByteArrayOutputStream(to - from + 64);
        int written = restore(utf8, from, to, true, out);
        boolean isChanged = out.size() != to - from || !Arrays.equals(out.toByteArray(), 0, out.size(), utf8, from, to);
        return isChanged && written == to ? out.toByteArray() : null;
    }

    /** Takes the next part and returns what is decided. */
    byte[] push(byte[] utf8, int from, int to) {
        if (placeholders.isEmpty()) {
            return from == 0 && to == utf8.length ? utf8 : Arrays.copyOfRange(utf8, from, to);
        }
        byte[] text = Arrays.copyOf(held, held.length + to - from);
        System.arraycopy(utf8, from, text, held.length, to - from);
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + 64);
        int decided = restore(text, 0, text.length, false, out);
        held = Arrays.copyOfRange(text, decided, text.length);
        return out.toByteArray();
    }

    /** Returns what was held back. */
    byte[] finish() {
        byte[] out = held;
        held = NOTHING;
        return out;
    }

    int heldBytes() {
        return held.length;
    }

    /** Writes what is decided and returns up to where that is. */
    private int restore(byte[] text, int from, int to, boolean isComplete, ByteArrayOutputStream out) {
        int written = from;
        int position = from;
        while (position < to) {
            if (text[position] != '[') {
                position++;
                continue;
            }
            int end = position + 1;
            while (end < to && end - position < Placeholders.LENGTH_MAX && isLabel(text[end] & 0xFF)) {
                end++;
            }
            if (end == to && !isComplete && end - position < Placeholders.LENGTH_MAX) {
                out.write(text, written, position - written);
                return position;
            }
            if (end < to && text[end] == ']') {
                byte[] original = placeholders.original(text, position, end + 1);
                if (original != null) {
                    out.write(text, written, position - written);
                    out.writeBytes(original);
                    written = end + 1;
                }
            }
            position = end;
        }
        out.write(text, written, to - written);
        return to;
    }

    private static boolean isLabel(int value) {
        return Bytes.isUpper(value) || Bytes.isDigit(value) || value == '_';
    }
}
