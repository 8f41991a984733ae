package dev.gantry.audit;

import dev.gantry.audit.VerificationReport.Finding;
import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.audit.VerificationReport.Progress;
import dev.gantry.proof.Checkpoint;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a running verification has seen. Not thread-safe. */
final class Findings {
    private static final int PROGRESS_EVENTS = 50_000;

    private final Consumer<Progress> progress;
    private final List<Finding> findings = new ArrayList<>();
    private long total;
    private long reportedAt;
    int organizations;
    long batches;
    long events;
    long removed;
    long pending;
    long logEntries;
    long mirrored;

    @Nullable
    Checkpoint checkpoint;

    Findings(Consumer<Progress> progress) {
        this.progress = progress;
    }

    void add(Kind kind, String message, @Nullable UUID organization) {
        total++;
        if (findings.size() < VerificationReport.FINDINGS_MAX) {
            findings.add(new Finding(kind, message, organization));
        }
    }

    /** Tells how far it is, now and then. */
    void moved() {
        long now = events + batches + logEntries;
        if (now - reportedAt >= PROGRESS_EVENTS) {
            reportedAt = now;
            progress.accept(new Progress(events, batches, logEntries));
        }
    }

    VerificationReport report() {
        return new VerificationReport(
                organizations, batches, events, removed, pending, logEntries, checkpoint, mirrored, findings, total);
    }
}
