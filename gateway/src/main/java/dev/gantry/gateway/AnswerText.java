package dev.gantry.gateway;

import dev.gantry.gateway.TextEdits.Edit;
import java.io.ByteArrayOutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One text of an answer as it comes in pieces: a choice's words, a block's, the arguments of one call of a tool. Knows how
 * much of it may go out and how each piece must be changed. Arguments are JSON, whose own escapes are resolved before they
 * are inspected and which stays JSON when something is replaced. Used by one thread at a time.
 */
final class AnswerText {
    private final TextFlow flow;
    private final @Nullable JsonFragments fragments;
    private final ArrayDeque<Edit> edits = new ArrayDeque<>(2);
    private long taken;
    private long decided;
    private boolean ended;

    /** {@code json} says whether the text is JSON. */
    AnswerText(TextFlow flow, boolean json) {
        this.flow = flow;
        this.fragments = json ? new JsonFragments() : null;
    }

    /** Takes the next piece; the piece begins at the offset that {@link #taken()} gave before. */
    void push(byte[] utf8, int from, int to) {
        TextEdits found = new TextEdits();
        JsonFragments inner = fragments;
        taken += to - from;
        if (inner == null) {
            decided = flow.push(utf8, from, to, found);
            found.list().forEach(edits::add);
        } else {
            int length = inner.push(utf8, from, to);
            long known = flow.push(inner.decoded(), 0, length, found);
            found.list().forEach(edit -> edits.add(inner.outer(edit)));
            decided = inner.decidedTo(known);
        }
    }

    /** Ends the text: all of it is decided. Idempotent. */
    void end() {
        if (ended) {
            return;
        }
        ended = true;
        TextEdits found = new TextEdits();
        JsonFragments inner = fragments;
        if (inner == null) {
            flow.finish(found);
            found.list().forEach(edits::add);
        } else {
            flow.finish(found);
            found.list().forEach(edit -> edits.add(inner.outer(edit)));
        }
        decided = taken;
    }

    boolean isEnded() {
        return ended;
    }

    /** Returns how many bytes of text have come. */
    long taken() {
        return taken;
    }

    /** Returns how many bytes of text may go out, changed or not. */
    long decided() {
        return decided;
    }

    /**
     * Returns a piece as it may go out; null when it goes out as it came. Pieces are asked for once each, in their order, when
     * they are decided.
     */
    byte @Nullable [] changed(byte[] utf8, int from, int to, long start) {
        Edit edit = edits.peek();
        long stop = start + to - from;
        if (edit == null || edit.from() >= stop) {
            return null;
        }
        ByteArrayOutputStream target = new ByteArrayOutputStream(to - from + 32);
        long position = start;
        while (edit != null && edit.from() < stop) {
            if (edit.from() >= start) {
                target.write(utf8, from + (int) (position - start), (int) (edit.from() - position));
                target.writeBytes(edit.with());
            }
            position = Math.min(edit.to(), stop);
            if (edit.to() > stop) {
                break;
            }
            edits.poll();
            edit = edits.peek();
        }
        target.write(utf8, from + (int) (position - start), (int) (stop - position));
        return target.toByteArray();
    }

    /** Resolves the escapes of JSON that comes in pieces, and remembers where each character of what is undecided stood. */
    private static final class JsonFragments {
        private byte[] source = new byte[64];
        private byte[] decoded = new byte[64];
        /** Where, in the text as it comes, each undecided decoded byte begins. */
        private long[] origins = new long[64];

        private boolean[] inString = new boolean[64];
        private int held;
        private long taken;
        private long base;
        private int known;
        private boolean string;

        /** Decodes the next piece and returns how many bytes of {@link #decoded()} are new. */
        int push(byte[] utf8, int from, int to) {
            int length = held + to - from;
            if (source.length < length) {
                source = Arrays.copyOf(source, Math.max(length, 2 * source.length));
            }
            System.arraycopy(utf8, from, source, held, to - from);
            long start = taken - held;
            taken += to - from;
            makeRoom(length);
            int written = 0;
            int position = 0;
            while (position < length) {
                int next = position + 1;
                int before = written;
                if (source[position] == '\\') {
                    next = JsonStrings.escapeEnd(source, position, length);
                    if (next < 0 || JsonStrings.mayBeFirstHalf(source, position, length)) {
                        break;
                    }
                    written = JsonStrings.unescapeOne(source, position, length, decoded, written);
                } else {
                    string ^= source[position] == '"';
                    decoded[written++] = source[position];
                }
                for (; before < written; before++, known++) {
                    origins[known] = start + position;
                    inString[known] = string;
                }
                position = next;
            }
            held = length - position;
            System.arraycopy(source, position, source, 0, held);
            return written;
        }

        byte[] decoded() {
            return decoded;
        }

        private void makeRoom(int length) {
            if (decoded.length < length) {
                decoded = new byte[Math.max(length, 2 * decoded.length)];
            }
            if (origins.length < known + length) {
                int room = Math.max(known + length, 2 * origins.length);
                origins = Arrays.copyOf(origins, room);
                inString = Arrays.copyOf(inString, room);
            }
        }

        /** Returns a replacement in offsets of the text as it comes. */
        Edit outer(Edit edit) {
            int first = (int) (edit.from() - base);
            byte[] escaped = JsonStrings.escape(edit.with());
            if (!inString[first]) {
                ByteArrayOutputStream quoted = new ByteArrayOutputStream(escaped.length + 2);
                quoted.write('"');
                quoted.writeBytes(escaped);
                quoted.write('"');
                escaped = quoted.toByteArray();
            }
            return new Edit(origins[first], origin(edit.to()), escaped);
        }

        private long origin(long offset) {
            int index = (int) (offset - base);
            return index < known ? origins[index] : taken - held;
        }

        /** Forgets what is decided and returns where it ends in the text as it comes. */
        long decidedTo(long offset) {
            long origin = origin(offset);
            int gone = (int) (offset - base);
            System.arraycopy(origins, gone, origins, 0, known - gone);
            System.arraycopy(inString, gone, inString, 0, known - gone);
            known -= gone;
            base = offset;
            return origin;
        }
    }
}
