package dev.gantry.audit;

import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.SignedNote;
import java.time.Instant;
import java.util.Base64;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/**
 * The signed notes that stand for events which retention removed: {@code origin/anchor}, the organization's id, {@code
 * before} and the time that events were removed up to, {@code log}, the size and the root of the log at that moment; a line
 * each.
 */
final class Anchors {
    private static final String BEFORE = "before ";
    private static final int LINES = 4;

    private Anchors() {}

    /** Returns the text of an anchor. */
    static String text(String origin, UUID organization, Instant before, Checkpoint log) {
        return origin + "/anchor\n" + organization + "\n" + BEFORE + before + "\nlog " + log.size() + " "
                + Base64.getEncoder().encodeToString(log.root()) + "\n";
    }

    /** Returns the time before which an organization's events were removed, in a transaction of it. */
    static Instant removedBefore(Handle handle, UUID organization, Collection<NoteKey> keys)
            throws SignedNote.Untrusted {
        String note = handle.createQuery("""
                        SELECT note FROM audit_anchors WHERE organization_id = :organization
                        ORDER BY made_at DESC LIMIT 1
                        """)
                .bind("organization", organization)
                .mapTo(String.class)
                .findOne()
                .orElse("");
        if (note.isEmpty()) {
            return Instant.MIN;
        }
        String[] lines = SignedNote.verify(note, keys).split("\n", -1);
        if (lines.length > LINES && lines[0].endsWith("/anchor") && lines[1].equals(organization.toString())) {
            return Instant.parse(lines[2].substring(BEFORE.length()));
        }
        throw new SignedNote.Untrusted("The anchor is that of something else");
    }
}
