package dev.gantry.audit;

import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** Events for tests, which differ from each other only where a test says so. */
final class TestingEvents {
    static final Instant START = Instant.parse("2026-11-21T06:00:00.123456Z");
    static final AuditEvent.Origin ORIGIN = new AuditEvent.Origin("gantry", "0.1.0", "node-1");

    private TestingEvents() {}

    /** A successful run of a pattern with every field set. */
    static AuditEvent complete(UUID organization) {
        return new AuditEvent(
                Ids.next(),
                START,
                "pattern.execute",
                new AuditEvent.Actor("ada@example.com", "01935a2b-0000-7000-8000-00000000000f", "10.1.2.3"),
                organization,
                "engineering",
                "apollo",
                "patterns/analysis/threat-model",
                "execute",
                AuditResult.SUCCESS,
                "all went well",
                1_234L,
                56_789L,
                new MicroDollars(4_321),
                "request-1",
                "0af7651916cd43dd8448eb211c80319c",
                Map.of(
                        "model", AuditDetail.of("gpt-6.2-sol"),
                        "stream", AuditDetail.of(true),
                        "attempts", AuditDetail.of(2)),
                ORIGIN);
    }

    static AuditEvent at(UUID organization, Instant timestamp) {
        return event(organization, timestamp, "model.chat", "ada@example.com", "models/m", AuditResult.SUCCESS, "r");
    }

    static AuditEvent event(
            UUID organization,
            Instant timestamp,
            String eventType,
            String user,
            String resource,
            AuditResult result,
            String requestId) {
        return new AuditEvent(
                Ids.next(),
                timestamp,
                eventType,
                new AuditEvent.Actor(user, null, null),
                organization,
                null,
                null,
                resource,
                "execute",
                result,
                null,
                null,
                null,
                null,
                requestId,
                null,
                Map.of(),
                ORIGIN);
    }

    static AuditEvent withTexts(UUID organization, String resource, String reason, String detail) {
        return new AuditEvent(
                Ids.next(),
                START,
                "auth.failed",
                new AuditEvent.Actor(null, null, "10.1.2.3"),
                organization,
                null,
                null,
                resource,
                "authenticate",
                AuditResult.DENIED,
                reason,
                null,
                null,
                null,
                null,
                null,
                Map.of("text", AuditDetail.of(detail)),
                ORIGIN);
    }
}
