package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What must be true of an asset for a write to happen; protects against overwriting what one has not seen. */
public sealed interface Precondition {
    /** Write in any case. */
    record None() implements Precondition {}

    /** The asset exists. */
    record Exists() implements Precondition {}

    /** The asset does not exist. */
    record Absent() implements Precondition {}

    /** The current version has one of these content hashes. */
    record Matches(Set<String> hashes) implements Precondition {
        /** Copies the hashes. */
        public Matches {
            hashes = Set.copyOf(hashes);
        }
    }

    /**
     * Reads the two headers of RFC 9110, section 13.1. Weak entity tags never match, as that section demands for writes.
     *
     * @param ifMatch value of {@code If-Match}; null when absent
     * @param ifNoneMatch value of {@code If-None-Match}, of which only {@code *} makes sense; null when absent
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if a header has another form
     */
    static Precondition ofHeaders(@Nullable String ifMatch, @Nullable String ifNoneMatch) {
        if (ifNoneMatch != null) {
            if (ifMatch != null || !ifNoneMatch.strip().equals("*")) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST, "If-None-Match of a write must be *, and stand without If-Match");
            }
            return new Absent();
        }
        if (ifMatch == null) {
            return new None();
        }
        if (ifMatch.strip().equals("*")) {
            return new Exists();
        }
        Set<String> hashes = new LinkedHashSet<>();
        for (String entry : ifMatch.split(",")) {
            String tag = entry.strip();
            boolean quoted = tag.length() >= 2 && tag.startsWith("\"") && tag.endsWith("\"");
            if (!quoted && !tag.startsWith("W/\"")) {
                throw new GantryException(
                        ErrorCode.INVALID_REQUEST,
                        "If-Match must hold entity tags in double quotes, as ETag showed them");
            }
            if (quoted) {
                hashes.add(tag.substring(1, tag.length() - 1));
            }
        }
        return new Matches(hashes);
    }
}
