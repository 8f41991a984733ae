package dev.gantry.audit;

import dev.gantry.config.DataSize;
import dev.gantry.config.Setting;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The section {@code audit}. */
public record AuditSettings(
        @Setting(
                "How long events are kept, in whole months (UTC): a month is removed when all of it is older, after it was"
                        + " verified and an anchor was signed for it. Without it events are kept for ever")
        Optional<Duration> retention,

        @Setting(
                "A further folder for the signed checkpoints, best on a machine that the administrators of the database do"
                        + " not administer")
        Optional<Path> mirrorDirectory,

        @Setting(
                value =
                        "Events that go to a local file when the database does not take them; with all others the operation"
                                + " is refused. Refusals for lack of permission or of a credential never count as such",
                defaultValue = "[model.*, pattern.execute]")
        List<String> bulkEvents,

        @Setting(
                value = "How long a bulk event waits for the database before it goes to the local file",
                defaultValue = "2s",
                unit = "seconds",
                min = 1)
        Duration spillAfter,

        @Setting(
                value = "Largest that the local file may become; beyond it, requests are refused",
                defaultValue = "1Gi",
                min = 65_536)
        DataSize spillSizeMax,

        @Setting(
                value =
                        "How long after the last verification of the whole log nodes verify it by themselves; 0s: never",
                defaultValue = "24h")
        Duration verifyEvery,

        @Setting("Where events go besides the database, by names of your own")
        Map<String, SinkSettings> sinks) {
    private static final Pattern EVENT = Pattern.compile("[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*(\\.\\*)?|\\*");
    private static final Duration RETENTION_MIN = Duration.ofDays(1);
    private static final Duration VERIFY_EVERY_MIN = Duration.ofMinutes(1);

    /** Checks what concerns several keys. */
    public AuditSettings {
        bulkEvents = List.copyOf(bulkEvents);
        sinks = Map.copyOf(sinks);
        for (String event : bulkEvents) {
            if (!EVENT.matcher(event).matches()) {
                throw new IllegalArgumentException(
                        "bulk_events names '" + event + "', which is no event type such as pattern.execute or model.*");
            }
        }
        if (retention.isPresent() && retention.get().compareTo(RETENTION_MIN) < 0) {
            throw new IllegalArgumentException("retention must be at least a day");
        }
        if (!verifyEvery.isZero() && verifyEvery.compareTo(VERIFY_EVERY_MIN) < 0) {
            throw new IllegalArgumentException("verify_every must be at least a minute, or 0s for never");
        }
    }

    /** What holds when nothing is configured. */
    public static AuditSettings defaults() {
        return new AuditSettings(
                Optional.empty(),
                Optional.empty(),
                List.of("model.*", "pattern.execute"),
                Duration.ofSeconds(2),
                new DataSize(1L << 30),
                Duration.ofHours(24),
                Map.of());
    }

    /** Returns the same settings with another retention. */
    public AuditSettings withRetention(Optional<Duration> other) {
        return new AuditSettings(other, mirrorDirectory, bulkEvents, spillAfter, spillSizeMax, verifyEvery, sinks);
    }

    boolean isBulk(AuditEvent event) {
        if (event.result() == AuditResult.DENIED) {
            return false;
        }
        for (String pattern : bulkEvents) {
            boolean all = pattern.endsWith("*");
            if (all
                    ? event.eventType().startsWith(pattern.substring(0, pattern.length() - 1))
                    : event.eventType().equals(pattern)) {
                return true;
            }
        }
        return false;
    }
}
