package dev.gantry.gateway;

import dev.gantry.guard.Replacements;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;

/** Replacements in a text: in order and without overlap. Used by one thread at a time. */
final class TextEdits implements Replacements {
    private final List<Edit> edits = new ArrayList<>(2);

    /**
     * One replacement.
     *
     * @param from offset of the first byte that goes
     * @param to offset behind the last byte that goes
     * @param with what comes in its place
     */
    @SuppressWarnings("ArrayRecordComponent") // Never compared.
    record Edit(long from, long to, byte[] with) {}

    @Override
    public void replace(long from, long to, byte[] with) {
        add(from, to, with);
    }

    /** Adds a replacement behind all others. */
    void add(long from, long to, byte[] with) {
        add(new Edit(from, to, with));
    }

    /** Adds a replacement behind all others. */
    void add(Edit edit) {
        if (edit.to() < edit.from() || edit.from() < end()) {
            throw new IllegalArgumentException("Replacements must be in order: " + edit.from() + ".." + edit.to());
        }
        edits.add(edit);
    }

    /** Returns the offset behind what the last replacement replaces; 0 when there is none. */
    long end() {
        return edits.isEmpty() ? 0 : edits.getLast().to();
    }

    boolean isEmpty() {
        return edits.isEmpty();
    }

    List<Edit> list() {
        return edits;
    }

    /**
     * Returns these replacements together with others, which are in order as well; where two overlap, the one of {@code others}
     * holds.
     */
    TextEdits over(List<Edit> others) {
        if (others.isEmpty()) {
            return this;
        }
        TextEdits all = new TextEdits();
        int next = 0;
        for (Edit edit : edits) {
            while (next < others.size() && others.get(next).from() < edit.to()) {
                all.add(others.get(next++));
            }
            if (edit.from() >= all.end()) {
                all.add(edit);
            }
        }
        while (next < others.size()) {
            all.add(others.get(next++));
        }
        return all;
    }

    /** Returns a copy of {@code source} between two offsets with the replacements made. */
    byte[] apply(byte[] source, int from, int to) {
        ByteArrayOutputStream target = new ByteArrayOutputStream(to - from + 32);
        int position = from;
        for (Edit edit : edits) {
            target.write(source, position, (int) edit.from() - position);
            target.writeBytes(edit.with());
            position = (int) edit.to();
        }
        target.write(source, position, to - position);
        return target.toByteArray();
    }
}
