package dev.gantry.audit;

import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.audit.VerificationReport.Progress;
import dev.gantry.database.Database;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Verifies the log, then the chains and events of one organization or of all. Thread-safe. */
record AuditVerifier(Database database, SigningKeys keys, CheckpointMirror mirror) {
    VerificationReport verify(
            @Nullable UUID organization, @Nullable Instant from, @Nullable Instant to, Consumer<Progress> progress) {
        Findings findings = new Findings(progress);
        LogVerification log = new LogVerification(findings, keys.trusted(), mirror);
        List<UUID> organizations = database.inSnapshot(null, handle -> {
            try {
                log.verify(handle);
            } catch (IOException failure) {
                throw new GantryException(
                        ErrorCode.INTERNAL,
                        "The mirrored checkpoints cannot be read: " + failure.getMessage(),
                        failure);
            }
            return handle.createQuery("SELECT DISTINCT organization_id FROM audit_chains")
                    .mapTo(UUID.class)
                    .list();
        });
        if (organization == null) {
            Set<UUID> unknown = new HashSet<>(log.entries().keySet());
            organizations.forEach(unknown::remove);
            unknown.forEach(id -> findings.add(
                    Kind.BATCH_MISSING, "The log has entries of an organization of which nothing is left", id));
        }
        for (UUID one : organization == null ? organizations : List.of(organization)) {
            database.<@Nullable Void>inSnapshot(one, handle -> {
                new ChainVerification(findings, log, one, from, to).verify(handle, keys.trusted());
                return null;
            });
        }
        return findings.report();
    }
}
