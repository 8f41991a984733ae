package dev.gantry.proof;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;

/**
 * What is signed before retention removes events: that those of an organization's batches recorded before a time were verified and
 * may be gone. Its text: {@code origin/anchor}, the organization's id, {@code before} and the time, {@code log} with the size and
 * the root of the log at that moment; a line each.
 *
 * @param organization whose events
 * @param before batches recorded before this may have none any more
 */
public record RetentionAnchor(UUID organization, Instant before) {
    private static final String BEFORE = "before ";
    private static final int LINES = 4;

    /** Returns what holds for an organization of which nothing was removed. */
    public static RetentionAnchor none(UUID organization) {
        return new RetentionAnchor(organization, Instant.MIN);
    }

    /**
     * Returns the text to be signed.
     *
     * @param origin the name of the log
     * @param log its state when the events were verified
     */
    public String text(String origin, Checkpoint log) {
        return origin + "/anchor\n" + organization + "\n" + BEFORE + before + "\nlog " + log.size() + " "
                + Base64.getEncoder().encodeToString(log.root()) + "\n";
    }

    /**
     * Reads a signed text.
     *
     * @param organization whose anchor it has to be
     * @throws SignedNote.Untrusted if it is the text of something else
     */
    public static RetentionAnchor parse(String text, UUID organization) throws SignedNote.Untrusted {
        String[] lines = text.split("\n", -1);
        if (lines.length <= LINES
                || !lines[0].endsWith("/anchor")
                || !lines[1].equals(organization.toString())
                || !lines[2].startsWith(BEFORE)) {
            throw new SignedNote.Untrusted("The anchor is that of something else");
        }
        try {
            return new RetentionAnchor(organization, Instant.parse(lines[2].substring(BEFORE.length())));
        } catch (DateTimeException malformed) {
            throw new SignedNote.Untrusted("The anchor names no time: " + malformed.getMessage());
        }
    }
}
