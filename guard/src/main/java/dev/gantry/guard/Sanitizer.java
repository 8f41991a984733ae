package dev.gantry.guard;

import dev.gantry.guard.InputSanitizingSettings.Treatment;
import java.io.ByteArrayOutputStream;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Takes out, reports or refuses characters that nobody sees: control characters, those that turn the direction of text
 * (as in CVE-2021-42574), those of no width, in which instructions are hidden. Joiners and variation selectors stay where
 * a script or an emoji needs them, and so do the tags of a flag.
 */
final class Sanitizer {
    private final Rules rules;
    private final int[] counts;

    Sanitizer(Rules rules, int[] counts) {
        this.rules = rules;
        this.counts = counts;
    }

    /** Returns the text without what is to be taken out; null when it stays as it is. */
    byte @Nullable [] clean(byte[] utf8, int from, int to) {
        ByteArrayOutputStream out = null;
        int written = from;
        int before = -1;
        int position = from;
        while (position < to) {
            int value = utf8[position];
            if (value >= 0x20 && value != 0x7F) {
                before = value;
                position++;
                continue;
            }
            int size = Math.min(Folding.size(value & 0xFF), to - position);
            int point = Folding.point(utf8, position, to);
            Kind kind = kind(point, before, position + size < to ? utf8[position + size] : ' ');
            if (kind != null && treat(kind)) {
                if (out == null) {
                    out = new ByteArrayOutputStream(to - from);
                }
                out.write(utf8, written, position - written);
                written = position + size;
            } else {
                before = point;
            }
            position += size;
        }
        if (out == null) {
            return null;
        }
        out.write(utf8, written, to - written);
        return out.toByteArray();
    }

    /** Returns whether a character of a kind is to be taken out. */
    private boolean treat(Kind kind) {
        Treatment treatment = rules.treatment(kind);
        if (treatment == Treatment.OFF) {
            return false;
        }
        counts[kind.index()]++;
        if (treatment == Treatment.BLOCK) {
            throw Inspection.blocked(rules.direction(), List.of(kind));
        }
        return treatment == Treatment.STRIP;
    }

    /**
     * Returns what kind of unwanted character one is; null when it is none.
     *
     * @param before the character before it that stays, -1 at the beginning
     * @param next the first byte behind it
     */
    private static @Nullable Kind kind(int point, int before, int next) {
        if (point < 0x20) {
            return point == '\t' || point == '\n' || point == '\r' ? null : Kinds.CONTROL_CHARACTERS;
        }
        if (point >= 0x7F && point < 0xA0) {
            return point == 0x85 ? null : Kinds.CONTROL_CHARACTERS;
        }
        if ((point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069)) {
            return Kinds.BIDI_OVERRIDES;
        }
        if (!Folding.isInvisible(point) || point == 0x200E || point == 0x200F || point == 0x61C) {
            return null;
        }
        return isWanted(point, before, next) ? null : Kinds.ZERO_WIDTH;
    }

    /** Whether a script, an emoji or a flag needs an invisible character. */
    private static boolean isWanted(int point, int before, int next) {
        boolean isBesideScript = before >= 0x80;
        if (point == 0x200C || point == 0x200D) {
            return isBesideScript && next < 0;
        }
        if (isSelector(point)) {
            boolean isKeycap = (before >= '0' && before <= '9') || before == '#' || before == '*';
            return isKeycap || (isBesideScript && !isSelector(before));
        }
        return point >= 0xE0020 && point <= 0xE007F && isFlag(before);
    }

    private static boolean isSelector(int point) {
        return (point >= 0xFE00 && point <= 0xFE0F) || (point >= 0xE0100 && point <= 0xE01EF);
    }

    /** Whether tags may follow: the black flag, or a tag of one. */
    private static boolean isFlag(int before) {
        return before == 0x1F3F4 || (before >= 0xE0020 && before < 0xE007F);
    }
}
