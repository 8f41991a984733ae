package dev.gantry.triggers;

import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.jobs.TaskTransaction;
import dev.gantry.kernel.Ids;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The secrets of webhooks, sealed: they are needed as they are, to know what somebody signed with them. */
record HookSecrets(KeyRing keys) {
    /** Returns those that work, the newest first. */
    List<String> live(TaskTransaction transaction, UUID trigger, int most) {
        return transaction
                .handle()
                .createQuery("""
                        SELECT organization_id, id, sealed FROM trigger_secrets
                        WHERE trigger_id = :trigger AND (expires_at IS NULL OR expires_at > :now)
                        ORDER BY created_at DESC, id DESC LIMIT :most
                        """)
                .bind("trigger", trigger)
                .bind("now", transaction.now())
                .bind("most", most)
                .map((row, _) -> new String(
                        keys.open(
                                row.getObject("organization_id", UUID.class),
                                Sealed.fromBytes(row.getBytes("sealed")),
                                place(trigger, row.getObject("id", UUID.class))),
                        StandardCharsets.UTF_8))
                .list();
    }

    void add(TaskTransaction transaction, UUID organization, UUID trigger, String secret) {
        UUID id = Ids.next();
        transaction
                .handle()
                .createUpdate("""
                        INSERT INTO trigger_secrets (organization_id, trigger_id, id, sealed, created_at)
                        VALUES (:organization, :trigger, :id, :sealed, :now)
                        """)
                .bind("organization", organization)
                .bind("trigger", trigger)
                .bind("id", id)
                .bind(
                        "sealed",
                        keys.seal(organization, secret.getBytes(StandardCharsets.UTF_8), place(trigger, id))
                                .toBytes())
                .bind("now", transaction.now())
                .execute();
    }

    /** Lets the newest secret end at a time, and removes those before it. */
    void expire(TaskTransaction transaction, UUID trigger, Instant until) {
        transaction.handle().createUpdate("""
                        DELETE FROM trigger_secrets WHERE trigger_id = :trigger AND id <> (
                            SELECT id FROM trigger_secrets WHERE trigger_id = :trigger
                            ORDER BY created_at DESC, id DESC LIMIT 1)
                        """).bind("trigger", trigger).execute();
        transaction
                .handle()
                .createUpdate("""
                        UPDATE trigger_secrets SET expires_at = :until
                        WHERE trigger_id = :trigger AND (expires_at IS NULL OR expires_at > :until)
                        """)
                .bind("trigger", trigger)
                .bind("until", until)
                .execute();
    }

    private static byte[] place(UUID trigger, UUID id) {
        return TriggerStore.place(trigger, "secret/" + id).getBytes(StandardCharsets.UTF_8);
    }
}
