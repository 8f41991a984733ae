package dev.gantry.mirror;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How a mirror is.
 *
 * @param mirror its name
 * @param syncedAt when it last had all that there was; null before
 * @param triedAt when the last look ended; null before the first
 * @param failingSince since when it is not in step; null while it is
 * @param problem why the last look did not succeed; empty when it did
 * @param findings what is to be said about assets, errors first, not more than {@link #FINDINGS_MAX}
 * @param findingCount how many there are in all
 * @param assets how many assets the mirror keeps
 * @param pending whether a look was asked for that has not ended yet
 */
public record MirrorStatus(
        String mirror,
        State state,
        @Nullable Instant syncedAt,
        @Nullable Instant triedAt,
        @Nullable Instant failingSince,
        String problem,
        List<Finding> findings,
        int findingCount,
        int assets,
        boolean pending) {
    /** Findings that are kept. */
    public static final int FINDINGS_MAX = 200;

    /** Copies the findings. */
    public MirrorStatus {
        findings = List.copyOf(findings);
    }

    /**
     * What is to be said about an asset.
     *
     * @param asset its name in the other registry
     * @param error whether it is not here as it is there; otherwise it is worth knowing only
     */
    public record Finding(String asset, boolean error, String text) {}

    /** What can be said of a mirror. */
    public enum State {
        /** Nobody looked yet. */
        NEW,
        /** All that is there is here. */
        SYNCED,
        /** Some assets cannot be taken over; all others are as they are there. */
        INCOMPLETE,
        /** What the other registry answers cannot be used; what is here stays. */
        REFUSED,
        /** The other registry does not answer, or lets nobody in; what is here stays. */
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
