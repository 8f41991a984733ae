package dev.gantry.registry;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What became of every file of an import, in the order in which they were given.
 *
 * @param written whether this has happened; otherwise it is what would have, and nothing was written
 */
public record ImportReport(List<Entry> entries, boolean written) {
    /** Copies the entries. */
    public ImportReport {
        entries = List.copyOf(entries);
    }

    /** What can become of a file. */
    public enum Outcome {
        /** It is there now. */
        CREATED,
        /** It replaced what was there. */
        UPDATED,
        /** It was there already. */
        UNCHANGED,
        /** Something else is there under its name, and stays. */
        SKIPPED,
        /** Something else is there under its name, for which nothing at all was written. */
        CONFLICT,
        /** It is none of the files that make up a library. */
        IGNORED,
        /** It cannot be imported. */
        REJECTED
    }

    /**
     * What became of one file.
     *
     * @param path as it was given
     * @param type {@code pattern}, {@code context}, {@code strategy}, {@code workflow} or {@code session}; null for ignored files
     * @param name what it is called now, with its namespace; null if it is not there
     * @param version the current version; null for sessions and what is not there yet
     * @param notes why it was ignored or rejected, and what else is worth knowing, such as a changed name
     */
    public record Entry(
            String path,
            @Nullable String type,
            @Nullable String name,
            @Nullable Integer version,
            Outcome outcome,
            List<String> notes) {
        /** Copies the notes. */
        public Entry {
            notes = List.copyOf(notes);
        }
    }

    /** Returns how many files came to each outcome. */
    public Map<Outcome, Integer> counts() {
        Map<Outcome, Integer> counts = new EnumMap<>(Outcome.class);
        entries.forEach(entry -> counts.merge(entry.outcome(), 1, Integer::sum));
        return counts;
    }
}
