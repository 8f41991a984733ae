package dev.gantry.gitsync;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a source is.
 *
 * @param source its name
 * @param commit the commit whose files the registry has; empty before the first
 * @param syncedAt when they came; null before
 * @param triedCommit the commit that was looked at last; empty before the first
 * @param triedAt when; null before
 * @param problem why the last try did not succeed; empty when it did
 * @param findings what is to be said about files of the last try, errors first, not more than {@link #FINDINGS_MAX}
 * @param findingCount how many there are in all
 * @param assets how many assets the source keeps
 * @param pending whether a look was asked for that has not ended yet
 */
public record SourceStatus(
        String source,
        State state,
        String commit,
        @Nullable Instant syncedAt,
        String triedCommit,
        @Nullable Instant triedAt,
        String problem,
        List<Finding> findings,
        int findingCount,
        int assets,
        boolean pending) {
    /** Findings that are kept. */
    public static final int FINDINGS_MAX = 200;

    /** Copies the findings. */
    public SourceStatus {
        findings = List.copyOf(findings);
    }

    /** What can be said of a source. */
    public enum State {
        /** Nobody looked at it yet. */
        NEW,
        /** The registry has the branch's newest commit. */
        SYNCED,
        /** The newest commit cannot be used; the registry has the last good one. */
        BROKEN,
        /** The repository does not answer, or lets nobody in; the registry has the last good commit. */
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
