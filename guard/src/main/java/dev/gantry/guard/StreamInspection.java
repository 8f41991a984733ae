package dev.gantry.guard;

import dev.gantry.kernel.GantryException;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Looks at a text that comes in parts, such as a streamed answer, and passes on what is decided: everything but the word
 * or number at the end and what could still become an entity. Whatever the parts are, what comes out, put together, is
 * what the whole text would have become. What is held back is bounded. Not thread-safe.
 */
public final class StreamInspection {
    /** Never reached by what detectors look at; a bound in any case. */
    private static final int HELD_MAX = 64 * 1024;
    /** How much of what was released is kept, for the words before what comes. */
    private static final int KEPT_MAX = 4 * Passage.BEFORE_MAX;

    private final Inspection inspection;
    private final @Nullable Restoration restoration;
    private byte[] buffer = new byte[256];
    /** How much of the text was before what is in the buffer. */
    private long before;

    private int length;
    private int released;
    private int lookedAt;
    private char pendingSurrogate;
    private boolean isRefused;

    StreamInspection(Inspection inspection, @Nullable Restoration restoration) {
        this.inspection = inspection;
        this.restoration = restoration;
    }

    /**
     * Takes the next part and returns what may pass now, with replacements made; empty when nothing may yet.
     *
     * @throws GantryException {@code CONTENT_BLOCKED} if the text must not go on; what was returned before may have been
     *     sent
     */
    public String push(String part) {
        if (part.isEmpty()) {
            return "";
        }
        String text = pendingSurrogate == 0 ? part : pendingSurrogate + part;
        pendingSurrogate = 0;
        char last = text.charAt(text.length() - 1);
        if (Character.isHighSurrogate(last)) {
            pendingSurrogate = last;
            text = text.substring(0, text.length() - 1);
        }
        byte[] utf8 = Bytes.utf8(text);
        byte[] out = push(utf8, 0, utf8.length);
        return Bytes.text(out, 0, out.length);
    }

    /** Takes the next part as UTF-8, which may end within a character; see {@link #push(String)}. */
    public byte[] push(byte[] utf8, int from, int to) {
        append(utf8, from, to);
        int waiting = length - released;
        // Text that is held for long is not looked at again for every few bytes more, which would be quadratic.
        if (length - lookedAt < waiting / 16) {
            return NOTHING;
        }
        return pass(waiting > HELD_MAX);
    }

    private static final byte[] NOTHING = {};

    /**
     * Says that the text is complete and returns what was held back.
     *
     * @throws GantryException as {@link #push(String)}
     */
    public String finish() {
        byte[] out = finishBytes();
        return Bytes.text(out, 0, out.length);
    }

    /** Says that the text is complete; see {@link #finish()}. */
    public byte[] finishBytes() {
        if (pendingSurrogate != 0) {
            pendingSurrogate = 0;
            append(new byte[] {'?'}, 0, 1);
        }
        byte[] out = pass(true);
        return restoration == null ? out : join(out, restoration.finish());
    }

    /**
     * Takes the next part as UTF-8 and tells what must be replaced in what is decided, instead of returning it. For one text
     * either this or the other way is used.
     *
     * @param out takes replacements in offsets of the whole text
     * @return how much of the whole text, in bytes, is decided
     * @throws GantryException as {@link #push(String)}
     */
    public long push(byte[] utf8, int from, int to, Replacements out) {
        append(utf8, from, to);
        int waiting = length - released;
        if (length - lookedAt >= waiting / 16) {
            tell(waiting > HELD_MAX, out);
        }
        return before + released;
    }

    /** Says that the text is complete, and tells what must be replaced in what was held back. */
    public void finish(Replacements out) {
        tell(true, out);
    }

    private void tell(boolean isComplete, Replacements out) {
        if (isRefused) {
            throw Inspection.failed(new IllegalStateException("The text was refused before"));
        }
        try {
            int end = isComplete ? length : wholeCharacters();
            lookedAt = length;
            released = tell(released, end, isComplete, out);
        } catch (GantryException refusal) {
            isRefused = true;
            throw refusal;
        } catch (RuntimeException | StackOverflowError defect) {
            isRefused = true;
            throw Inspection.failed(defect);
        }
    }

    private int tell(int from, int to, boolean isComplete, Replacements out) {
        Sieve sieve = inspection.sieve();
        boolean isRestoring = inspection.isRestoring();
        if (!inspection.rules().isDetecting() && !isRestoring) {
            return to;
        }
        int decided = to;
        if (inspection.rules().isDetecting()) {
            decided = Math.max(from, sieve.look(buffer, 0, from, to, isComplete));
        } else {
            sieve.lookAtNothing();
        }
        if (isRestoring && !isComplete) {
            decided = Math.max(from, sieve.uncut(sieve.openPlaceholder(buffer, from, decided, to)));
        }
        sieve.act(decided);
        if (isRestoring) {
            sieve.tellAndRestore(buffer, from, decided, before, out);
        } else {
            sieve.tell(buffer, from, decided, before, out);
        }
        return decided;
    }

    /** Returns how many bytes are held back now. */
    public int heldBytes() {
        return length - released + (restoration == null ? 0 : restoration.heldBytes());
    }

    private byte[] pass(boolean isComplete) {
        if (isRefused) {
            throw Inspection.failed(new IllegalStateException("The text was refused before"));
        }
        try {
            byte[] out = decided(isComplete);
            return restoration == null ? out : restoration.push(out, 0, out.length);
        } catch (GantryException refusal) {
            isRefused = true;
            throw refusal;
        } catch (RuntimeException | StackOverflowError defect) {
            isRefused = true;
            throw Inspection.failed(defect);
        }
    }

    private byte[] decided(boolean isComplete) {
        int end = isComplete ? length : wholeCharacters();
        lookedAt = length;
        int decided = end;
        ByteArrayOutputStream out = new ByteArrayOutputStream(end - released + 32);
        if (inspection.rules().isDetecting()) {
            Sieve sieve = inspection.sieve();
            decided = Math.max(released, sieve.look(buffer, 0, released, end, isComplete));
            sieve.act(decided);
            sieve.write(buffer, released, decided, out);
        } else {
            out.write(buffer, released, decided - released);
        }
        released = decided;
        return out.toByteArray();
    }

    private void append(byte[] utf8, int from, int to) {
        int more = to - from;
        if (length + more > buffer.length) {
            int drop = Math.max(0, released - KEPT_MAX);
            while (drop > 0 && drop < released && (buffer[drop] & 0xC0) == 0x80) {
                drop++;
            }
            System.arraycopy(buffer, drop, buffer, 0, length - drop);
            before += drop;
            length -= drop;
            released -= drop;
            lookedAt -= drop;
            if (length + more > buffer.length) {
                buffer = Arrays.copyOf(buffer, Math.max(length + more, buffer.length * 2));
            }
        }
        System.arraycopy(utf8, from, buffer, length, more);
        length += more;
    }

    /** Returns where the last character that has come as a whole ends, percent-encoded ones included. */
    private int wholeCharacters() {
        int encoded = Folding.openEncoded(buffer, released, length);
        if (encoded < length) {
            return encoded;
        }
        int lead = length - 1;
        int least = Math.max(released, length - 4);
        while (lead >= least && (buffer[lead] & 0xC0) == 0x80) {
            lead--;
        }
        if (lead < least) {
            return length;
        }
        int size = Folding.size(buffer[lead] & 0xFF);
        return lead + size > length ? lead : length;
    }

    private static byte[] join(byte[] first, byte[] second) {
        if (second.length == 0) {
            return first;
        }
        byte[] out = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, out, first.length, second.length);
        return out;
    }
}
