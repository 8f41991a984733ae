package dev.gantry.audit;

import dev.gantry.audit.ChainVerification.Headers;
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
    /** A log that was verified, and whose events there are. */
    record VerifiedLog(LogVerification log, List<UUID> organizations) {}

    VerificationReport verify(
            @Nullable UUID organization, @Nullable Instant from, @Nullable Instant to, Consumer<Progress> progress) {
        Findings findings = new Findings(progress);
        VerifiedLog verified = log(findings);
        if (organization == null) {
            requireKnown(verified, findings);
        }
        for (UUID one : organization == null ? verified.organizations() : List.of(organization)) {
            events(verified, one, from, to, Headers.ALL, findings);
        }
        return findings.report();
    }

    /** Verifies the log over all shards. */
    VerifiedLog log(Findings findings) {
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
        return new VerifiedLog(log, organizations);
    }

    /** Looks for entries of organizations that have no chains any more. */
    void requireKnown(VerifiedLog verified, Findings findings) {
        Set<UUID> unknown = new HashSet<>(verified.log().entries().keySet());
        verified.organizations().forEach(unknown::remove);
        unknown.forEach(id -> findings.add(
                Kind.BATCH_MISSING, "The log has entries of an organization of which nothing is left", id));
    }

    /** Verifies those events of an organization that were recorded in a period, and its chains as far as wanted. */
    void events(
            VerifiedLog verified,
            UUID organization,
            @Nullable Instant from,
            @Nullable Instant to,
            Headers headers,
            Findings findings) {
        database.<@Nullable Void>inSnapshot(organization, handle -> {
            new ChainVerification(findings, verified.log(), organization, from, to, headers)
                    .verify(handle, keys.trusted());
            return null;
        });
    }
}
