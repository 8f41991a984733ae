package dev.gantry.audit;

import dev.gantry.proof.NoteKey;
import dev.gantry.proof.RetentionAnchor;
import dev.gantry.proof.SignedNote;
import java.util.Collection;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/** The signed notes that stand for events which retention removed, as they are stored. */
final class Anchors {
    private Anchors() {}

    /** Returns the newest note of an organization, in a transaction of it. */
    static Optional<String> newest(Handle handle, UUID organization) {
        return handle.createQuery("""
                        SELECT note FROM audit_anchors WHERE organization_id = :organization
                        ORDER BY made_at DESC LIMIT 1
                        """)
                .bind("organization", organization)
                .mapTo(String.class)
                .findOne();
    }

    /** Returns what an organization's newest note says, in a transaction of it. */
    static RetentionAnchor read(Handle handle, UUID organization, Collection<NoteKey> keys)
            throws SignedNote.Untrusted {
        Optional<String> note = newest(handle, organization);
        return note.isEmpty()
                ? RetentionAnchor.none(organization)
                : RetentionAnchor.parse(SignedNote.verify(note.get(), keys), organization);
    }
}
