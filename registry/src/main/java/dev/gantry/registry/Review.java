package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A version that was handed in to be approved, and what people said about it.
 *
 * @param version that it is about; another version needs another review
 * @param baseVersion the approved version before it, from which it differs; null when there was none
 * @param message what its submitter says about it
 * @param closedBy who ended it; null while it is open
 * @param reason why it was approved without reviews; null otherwise
 */
public record Review(
        UUID id,
        AssetKind kind,
        AssetName name,
        int version,
        @Nullable Integer baseVersion,
        State state,
        String message,
        UUID submitterId,
        String submitter,
        Instant submittedAt,
        @Nullable String closedBy,
        @Nullable Instant closedAt,
        @Nullable String reason,
        List<ReviewCheck.Result> checks,
        List<Entry> entries) {
    /** Copies the lists. */
    public Review {
        checks = List.copyOf(checks);
        entries = List.copyOf(entries);
    }

    /** Where a review can stand. */
    public enum State {
        /** People may still say something. */
        OPEN,
        /** Enough reviewers approved, and the version counts as approved. */
        PUBLISHED,
        /** The version counts as approved although not enough approved it. */
        OVERRIDDEN,
        /** Its submitter took it back. */
        WITHDRAWN,
        /** There is a newer version. */
        SUPERSEDED;

        /** Returns the name in requests and replies. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads a name. */
        public static State parse(String written) {
            for (State state : values()) {
                if (state.id().equals(written)) {
                    return state;
                }
            }
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "'" + Text.shorten(written, 40) + "' is no state of a review");
        }
    }

    /** What somebody says. */
    public enum Verdict {
        /** It may be published. */
        APPROVE,
        /** It must not be published as it is. */
        REQUEST_CHANGES,
        /** Neither. */
        COMMENT;

        /** Returns the name in requests and replies. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Reads a name. */
        public static Verdict parse(String written) {
            for (Verdict verdict : values()) {
                if (verdict.id().equals(written)) {
                    return verdict;
                }
            }
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST,
                    "'" + Text.shorten(written, 40)
                            + "' is no verdict; there are approve, request_changes and comment");
        }
    }

    /** A remark on one line of the version. */
    public record LineComment(int line, String text) {}

    /** What somebody said. */
    public record Entry(
            UUID id,
            UUID reviewerId,
            String reviewer,
            Verdict verdict,
            String body,
            List<LineComment> lines,
            Instant createdAt,
            @Nullable Instant withdrawnAt) {
        /** Copies the list. */
        public Entry {
            lines = List.copyOf(lines);
        }
    }

    /**
     * How far a review is, by what people may do now.
     *
     * @param approvedBy those whose approval counts
     * @param changesRequestedBy those whose request for changes counts
     * @param missing what stands against publishing, in words; empty when nothing does
     */
    public record Progress(
            ReviewPolicy policy, List<String> approvedBy, List<String> changesRequestedBy, List<String> missing) {
        /** Copies the lists. */
        public Progress {
            approvedBy = List.copyOf(approvedBy);
            changesRequestedBy = List.copyOf(changesRequestedBy);
            missing = List.copyOf(missing);
        }

        /** Returns whether it may be published. */
        public boolean isReady() {
            return missing.isEmpty();
        }
    }

    boolean isOpen() {
        return state == State.OPEN;
    }
}
