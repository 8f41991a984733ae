package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is personal in one event, sealed.
 *
 * @param actor who did it; null when nothing is known of the actor
 * @param named who is named by the resource; null when nobody is
 * @param resource the resource with that person's name replaced by the subject
 */
record SealedPersons(@Nullable Sealing actor, @Nullable Sealing named, String resource) {
    /**
     * Texts sealed under a person's key.
     *
     * @param subject whose key
     * @param subjectText the same as text
     * @param sealed Base64 for URLs of nonce, ciphertext and tag
     */
    record Sealing(UUID subject, String subjectText, String sealed) {}

    @Nullable
    UUID actorSubject() {
        return actor == null ? null : actor.subject();
    }

    @Nullable
    String actorText() {
        return actor == null ? null : actor.subjectText();
    }

    /** Returns the reason of the event with the names of these people replaced by their subjects. */
    @Nullable
    String reason(AuditEvent event) {
        String reason = event.reason();
        if (reason == null) {
            return null;
        }
        String subject = actorText();
        reason = AuditPersons.renamed(reason, event.actor().user(), subject);
        AuditPersons.Named person = AuditPersons.inResource(event.resource());
        return person == null
                ? reason
                : AuditPersons.renamed(reason, person.person(), named == null ? subject : named.subjectText());
    }

    /** Writes the member {@code personal}: what is sealed, by subject. Nobody is sealed twice under one name. */
    void write(CanonicalJson json) {
        Sealing first = actor == null ? named : actor;
        Sealing second = actor == null ? null : named;
        if (first == null) {
            return;
        }
        json.begin("personal");
        if (second == null) {
            json.put(first.subjectText(), first.sealed());
        } else {
            int order = first.subjectText().compareTo(second.subjectText());
            Sealing low = order < 0 ? first : second;
            Sealing high = order < 0 ? second : first;
            json.put(low.subjectText(), low.sealed()).put(high.subjectText(), high.sealed());
        }
        json.end();
    }
}
