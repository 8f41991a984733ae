package dev.gantry.registry;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.eclipse.jgit.merge.MergeAlgorithm;
import org.eclipse.jgit.merge.MergeChunk;
import org.eclipse.jgit.merge.MergeChunk.ConflictState;
import org.eclipse.jgit.merge.MergeResult;

/**
 * Two texts that were made of one, brought together by lines.
 *
 * @param text what came of it; where both sides changed the same lines, both are there, between markers as git writes them
 * @param conflicts those places, in their order
 */
public record TextMerge(String text, List<Conflict> conflicts) {
    private static final String OURS = "<<<<<<< ";
    private static final String MIDDLE = "=======";
    private static final String THEIRS = ">>>>>>> ";

    /** Copies the list. */
    public TextMerge {
        conflicts = List.copyOf(conflicts);
    }

    /**
     * A place that both sides changed.
     *
     * @param line of the text, from 1, where its first marker stands
     * @param ours the lines of our side
     * @param theirs the lines of the other side
     */
    public record Conflict(int line, String ours, String theirs) {}

    /** Returns whether nobody has to choose. */
    public boolean isClean() {
        return conflicts.isEmpty();
    }

    /**
     * Merges.
     *
     * @param base what both were made of
     * @param ourName what our side is called in markers
     * @param theirName what the other side is called in markers
     */
    public static TextMerge of(String base, String ours, String theirs, String ourName, String theirName) {
        // What only one side changed needs no comparison by lines, and keeps even the end of the last line as it is.
        if (ours.equals(theirs) || theirs.equals(base)) {
            return new TextMerge(ours, List.of());
        }
        if (ours.equals(base)) {
            return new TextMerge(theirs, List.of());
        }
        RawText ancestor = TextDiff.raw(base);
        RawText left = TextDiff.raw(ours);
        RawText right = TextDiff.raw(theirs);
        MergeResult<RawText> result = new MergeAlgorithm(
                        TextDiff.algorithm(ancestor.size() + Math.max(left.size(), right.size())))
                .merge(RawTextComparator.DEFAULT, ancestor, left, right);
        Writer writer = new Writer(result.getSequences(), ourName, theirName);
        for (MergeChunk chunk : result) {
            writer.add(chunk);
        }
        return writer.finish();
    }

    /** Returns whether a text still holds markers of a conflict that nobody has resolved. */
    static boolean hasMarkers(String text) {
        boolean open = false;
        boolean halfway = false;
        for (String line : text.split("\n", -1)) {
            if (line.startsWith(OURS)) {
                open = true;
            } else if (open && line.equals(MIDDLE)) {
                halfway = true;
            } else if (halfway && line.startsWith(THEIRS)) {
                return true;
            }
        }
        return false;
    }

    private static final class Writer {
        private final List<RawText> sequences;
        private final String ourName;
        private final String theirName;
        private final StringBuilder text = new StringBuilder();
        private final List<Conflict> conflicts = new ArrayList<>();
        private int line = 1;
        private int conflictLine;
        private String ours = "";

        Writer(List<RawText> sequences, String ourName, String theirName) {
            this.sequences = sequences;
            this.ourName = ourName;
            this.theirName = theirName;
        }

        void add(MergeChunk chunk) {
            RawText source = sequences.get(chunk.getSequenceIndex());
            String lines = lines(source, chunk);
            ConflictState state = chunk.getConflictState();
            if (state == ConflictState.FIRST_CONFLICTING_RANGE) {
                endLine();
                conflictLine = line;
                ours = lines;
                append(OURS + ourName + "\n");
                append(lines);
            } else if (state == ConflictState.NEXT_CONFLICTING_RANGE) {
                endLine();
                append(MIDDLE + "\n");
                append(lines);
                endLine();
                append(THEIRS + theirName + "\n");
                conflicts.add(new Conflict(conflictLine, ours, lines));
            } else if (state == ConflictState.NO_CONFLICT) {
                if (!lines.isEmpty()) {
                    endLine();
                }
                append(lines);
            }
        }

        private static String lines(RawText source, MergeChunk chunk) {
            if (chunk.getBegin() >= chunk.getEnd()) {
                return "";
            }
            byte[] content = source.getRawContent();
            int from = offset(source, chunk.getBegin());
            int to = offset(source, chunk.getEnd());
            return new String(content, from, to - from, StandardCharsets.UTF_8);
        }

        private static int offset(RawText source, int lineIndex) {
            return lineIndex == source.size() ? source.getRawContent().length : start(source.getRawString(lineIndex));
        }

        private static int start(ByteBuffer line) {
            return line.arrayOffset() + line.position();
        }

        private void endLine() {
            if (!text.isEmpty() && text.charAt(text.length() - 1) != '\n') {
                append("\n");
            }
        }

        private void append(String more) {
            text.append(more);
            line += (int) more.chars().filter(character -> character == '\n').count();
        }

        TextMerge finish() {
            return new TextMerge(text.toString(), conflicts);
        }
    }
}
