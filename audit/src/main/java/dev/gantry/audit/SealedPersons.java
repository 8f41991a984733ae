package dev.gantry.audit;

import dev.gantry.kernel.CanonicalJson;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What is personal in one event, sealed.
 *
 * @param actor who did it; null when nothing is known of the actor
 * @param named who is named by the resource, first of all; null when nobody is
 * @param resource the resource with the names of people replaced by their subjects
 * @param mentions further names, which the reason or the resource holds
 */
record SealedPersons(@Nullable Sealing actor, @Nullable Sealing named, String resource, List<Mention> mentions) {
    /**
     * A name that the reason or the resource holds.
     *
     * @param text as it is written there
     * @param sealing whose it is
     */
    record Mention(String text, Sealing sealing) {}

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
        if (!mentions.isEmpty()) {
            Map<String, String> subjects = new HashMap<>();
            mentions.forEach(
                    mention -> subjects.put(mention.text(), mention.sealing().subjectText()));
            reason = AuditPersons.withoutAddresses(reason, subjects);
        }
        String subject = actorText();
        reason = AuditPersons.renamed(reason, event.actor().user(), subject);
        List<AuditPersons.Named> people = AuditPersons.inResource(event.resource());
        if (!people.isEmpty()) {
            String first = people.getFirst().person();
            reason = AuditPersons.renamed(reason, first, named == null ? subject : named.subjectText());
        }
        for (Mention mention : mentions) {
            reason = AuditPersons.renamed(
                    reason, mention.text(), mention.sealing().subjectText());
        }
        return reason;
    }

    /** Writes the member {@code personal}: what is sealed, by subject. Nobody is sealed twice under one name. */
    void write(CanonicalJson json) {
        TreeMap<String, String> sealed = new TreeMap<>();
        mentions.forEach(mention ->
                sealed.put(mention.sealing().subjectText(), mention.sealing().sealed()));
        put(sealed, named);
        put(sealed, actor);
        if (sealed.isEmpty()) {
            return;
        }
        json.begin("personal");
        sealed.forEach(json::put);
        json.end();
    }

    private static void put(TreeMap<String, String> sealed, @Nullable Sealing sealing) {
        if (sealing != null) {
            sealed.put(sealing.subjectText(), sealing.sealed());
        }
    }
}
