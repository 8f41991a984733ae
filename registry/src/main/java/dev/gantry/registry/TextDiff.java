package dev.gantry.registry;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jgit.diff.DiffAlgorithm;
import org.eclipse.jgit.diff.DiffFormatter;
import org.eclipse.jgit.diff.Edit;
import org.eclipse.jgit.diff.EditList;
import org.eclipse.jgit.diff.HistogramDiff;
import org.eclipse.jgit.diff.RawText;
import org.eclipse.jgit.diff.RawTextComparator;
import org.jspecify.annotations.Nullable;

/**
 * The difference between two texts, by lines.
 *
 * @param unified as {@code diff -u} and git write it, without the two lines of names; empty when the texts are the same
 * @param hunks the same for programs
 * @param added lines that only the second text has
 * @param removed lines that only the first text has
 */
public record TextDiff(String unified, List<Hunk> hunks, int added, int removed) {
    /** Unchanged lines around a change. */
    private static final int CONTEXT_LINES = 3;

    /** Above this, lines that are in a text very often no longer count for the comparison, so that its time is bounded. */
    private static final int THOROUGH_LINES_MAX = 4_000;

    /** Copies the list. */
    public TextDiff {
        hunks = List.copyOf(hunks);
    }

    /** What happened to a line. */
    public enum Change {
        /** In both texts. */
        CONTEXT,
        /** In the second text only. */
        ADDED,
        /** In the first text only. */
        REMOVED
    }

    /**
     * A line of a hunk.
     *
     * @param oldLine its number in the first text, from 1; null when it is not there
     * @param newLine its number in the second text, from 1; null when it is not there
     */
    public record Line(
            Change change,
            String text,
            @Nullable Integer oldLine,
            @Nullable Integer newLine) {}

    /** Changes that are close to each other, with the unchanged lines around them. */
    public record Hunk(int oldStart, int oldLines, int newStart, int newLines, List<Line> lines) {
        /** Copies the list. */
        public Hunk {
            lines = List.copyOf(lines);
        }
    }

    /** Compares two texts. */
    public static TextDiff between(String before, String after) {
        RawText old = raw(before);
        RawText current = raw(after);
        EditList edits = algorithm(old.size() + current.size()).diff(RawTextComparator.DEFAULT, old, current);
        List<Hunk> hunks = new ArrayList<>();
        int added = 0;
        int removed = 0;
        int from = 0;
        while (from < edits.size()) {
            int to = from + 1;
            while (to < edits.size()
                    && edits.get(to).getBeginA() - edits.get(to - 1).getEndA() <= 2 * CONTEXT_LINES) {
                to++;
            }
            hunks.add(hunk(old, current, edits.subList(from, to)));
            from = to;
        }
        for (Edit edit : edits) {
            added += edit.getLengthB();
            removed += edit.getLengthA();
        }
        return new TextDiff(unified(old, current, edits), hunks, added, removed);
    }

    static RawText raw(String text) {
        return new RawText(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns an algorithm whose time stays near-linear in the number of lines. */
    static DiffAlgorithm algorithm(int lines) {
        HistogramDiff algorithm = new HistogramDiff();
        if (lines > THOROUGH_LINES_MAX) {
            algorithm.setFallbackAlgorithm(null);
        }
        return algorithm;
    }

    private static Hunk hunk(RawText old, RawText current, List<Edit> edits) {
        Edit first = edits.getFirst();
        Edit last = edits.getLast();
        int lead = Math.min(CONTEXT_LINES, first.getBeginA());
        int oldFrom = first.getBeginA() - lead;
        int newFrom = first.getBeginB() - lead;
        int trail = Math.min(CONTEXT_LINES, old.size() - last.getEndA());
        int oldTo = last.getEndA() + trail;
        int newTo = last.getEndB() + trail;
        List<Line> lines = new ArrayList<>();
        int oldAt = oldFrom;
        int newAt = newFrom;
        for (Edit edit : edits) {
            while (oldAt < edit.getBeginA()) {
                lines.add(new Line(Change.CONTEXT, old.getString(oldAt), ++oldAt, ++newAt));
            }
            while (oldAt < edit.getEndA()) {
                lines.add(new Line(Change.REMOVED, old.getString(oldAt), ++oldAt, null));
            }
            while (newAt < edit.getEndB()) {
                lines.add(new Line(Change.ADDED, current.getString(newAt), null, ++newAt));
            }
        }
        while (oldAt < oldTo) {
            lines.add(new Line(Change.CONTEXT, old.getString(oldAt), ++oldAt, ++newAt));
        }
        return new Hunk(start(oldFrom, oldTo), oldTo - oldFrom, start(newFrom, newTo), newTo - newFrom, lines);
    }

    /** The line that a range begins with, from 1; of an empty range the line before it. */
    private static int start(int from, int to) {
        return from == to ? from : from + 1;
    }

    private static String unified(RawText old, RawText current, EditList edits) {
        try (ByteArrayOutputStream out = new ByteArrayOutputStream();
                DiffFormatter formatter = new DiffFormatter(out)) {
            formatter.setContext(CONTEXT_LINES);
            formatter.format(edits, old, current);
            formatter.flush();
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }
}
