package dev.gantry.gitsync;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How an export is.
 *
 * @param export its name
 * @param commit the newest commit that was pushed; empty before the first
 * @param exportedAt when that was; null before
 * @param triedAt when somebody looked for changes last; null before the first time
 * @param problem why the last try did not succeed; empty when it did
 * @param assets how many assets the repository has
 * @param pending whether a look was asked for that has not ended yet
 */
public record ExportStatus(
        String export,
        State state,
        String commit,
        @Nullable Instant exportedAt,
        @Nullable Instant triedAt,
        String problem,
        int assets,
        boolean pending) {
    /** What can be said of an export. */
    public enum State {
        /** Nobody looked for changes yet. */
        NEW,
        /** The repository has what the registry has. */
        EXPORTED,
        /** The repository does not take what is pushed. */
        REFUSED,
        /** The repository does not answer, or lets nobody in. */
        UNREACHABLE;

        /** Returns the name in lower case. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        static State of(String id) {
            return valueOf(id.toUpperCase(Locale.ROOT));
        }
    }
}
