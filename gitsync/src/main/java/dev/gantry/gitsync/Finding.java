package dev.gantry.gitsync;

import org.jspecify.annotations.Nullable;

/**
 * What is to be said about a file of a repository.
 *
 * @param path the file
 * @param line where in it; null when it is about the whole
 * @param error whether the file could not be used; otherwise it is worth knowing only
 */
public record Finding(String path, @Nullable Integer line, boolean error, String text) {
    static Finding error(String path, String text) {
        return new Finding(path, null, true, text);
    }

    static Finding note(String path, String text) {
        return new Finding(path, null, false, text);
    }

    /** Returns {@code path:line: text}. */
    @Override
    public String toString() {
        return path + (line == null ? "" : ":" + line) + ": " + text;
    }
}
