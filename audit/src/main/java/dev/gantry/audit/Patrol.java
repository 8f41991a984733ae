package dev.gantry.audit;

import dev.gantry.audit.AuditVerifier.VerifiedLog;
import dev.gantry.audit.ChainVerification.Headers;
import dev.gantry.audit.VerificationReport.Finding;
import dev.gantry.audit.VerificationStore.Standing;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Verifies everything again and again, so that a change shows although nobody asks. One node at a time does it, in steps of
 * one organization and one month, and stores how far it has come: another node, or the same one after a restart, goes on
 * from there. It works at most a quarter of the time, so that it takes a quarter of a core from the requests.
 */
final class Patrol implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Patrol.class);
    private static final Duration LOOK = Duration.ofMinutes(1);
    private static final Duration PAUSE_AFTER_FAILURE = LOOK.multipliedBy(5);
    private static final Duration RENEWAL = Duration.ofSeconds(30);
    private static final int RESTS_FOR_WORK = 3;
    private static final Comparator<UUID> ORDER = Comparator.comparing(UUID::toString);

    private final Duration every;
    private final AuditVerifier verifier;
    private final CheckpointLog checkpoints;
    private final VerificationStore store;
    private final Clock clock;
    private final Thread thread;
    private volatile boolean closing;
    private volatile @Nullable Standing standing;
    private @Nullable VerificationWatch watch;
    private long workedFrom;
    private long heldFrom;

    /** Events that were recorded from one time on and before another; null is no bound. */
    private record Span(@Nullable Instant from, @Nullable Instant to) {}

    /** This node is not to go on. */
    private static final class Abandoned extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    /** {@code every} is zero where nodes verify nothing by themselves. */
    Patrol(Duration every, AuditVerifier verifier, CheckpointLog checkpoints, VerificationStore store, Clock clock) {
        this.every = every;
        this.verifier = verifier;
        this.checkpoints = checkpoints;
        this.store = store;
        this.clock = clock;
        // Hashing would keep one of the few threads that carry virtual ones.
        this.thread = Thread.ofPlatform().daemon().name("gantry-audit-patrol").unstarted(this::run);
    }

    /** Begins; to be called once. */
    void start(VerificationWatch watcher) {
        watch = watcher;
        thread.start();
    }

    /** Returns what was found, as far as this node knows; null before it has looked. */
    @Nullable
    Verified verified() {
        Standing seen = standing;
        return seen == null ? null : seen.verified();
    }

    private void run() {
        while (!closing) {
            Duration pause = LOOK;
            try {
                look(watch);
            } catch (Abandoned notOurs) {
                LOG.debug("Another node goes on with the verification of the audit log, or this one stops");
            } catch (RuntimeException failure) {
                if (!closing) {
                    LOG.warn("The audit log could not be verified; tried again: {}", failure.getMessage());
                }
                // Meanwhile another node may, which can perhaps.
                pause = PAUSE_AFTER_FAILURE;
            }
            try {
                Thread.sleep(pause);
            } catch (InterruptedException stopping) {
                return;
            }
        }
    }

    /** Verifies when it is time to, and nobody else does. */
    void look(@Nullable VerificationWatch watcher) {
        Standing found = store.standing(clock.instant());
        standing = found;
        if (!isDue(found) || !store.hold()) {
            return;
        }
        // Another node may have gone on, or ended, in between.
        Standing held = store.standing(clock.instant());
        if (!isDue(held)) {
            store.release();
            return;
        }
        boolean finished;
        try {
            finished = verify(held, watcher);
        } catch (RuntimeException failure) {
            release(failure);
            throw failure;
        }
        if (finished) {
            Standing now = store.standing(clock.instant());
            standing = now;
            store.release();
            if (watcher != null) {
                watcher.finished(now.verified());
            }
        }
    }

    private boolean verify(Standing held, @Nullable VerificationWatch watcher) {
        heldFrom = System.nanoTime();
        workedFrom = heldFrom;
        if (held.begun() == null) {
            store.begin(clock.instant());
        }
        new Pass(held, watcher).verify();
        return store.finish(clock.instant());
    }

    /** What keeps this node from verifying may not keep the others from it. */
    private void release(RuntimeException failure) {
        try {
            store.release();
        } catch (RuntimeException away) {
            failure.addSuppressed(away);
        }
    }

    private boolean isDue(Standing of) {
        return !every.isZero()
                && (of.begun() != null
                        || !clock.instant().isBefore(of.finished().plus(every)));
    }

    /** One verification of everything, from where it was left. */
    private final class Pass {
        private final Standing from;
        private final @Nullable VerificationWatch watcher;
        private final Set<String> told = new HashSet<>();
        private final Set<UUID> known = new HashSet<>();

        Pass(Standing from, @Nullable VerificationWatch watcher) {
            this.from = from;
            this.watcher = watcher;
        }

        void verify() {
            checkpoints.extend();
            Findings findings = new Findings(_ -> keep());
            VerifiedLog log = verifier.log(findings);
            verifier.requireKnown(log, findings);
            known.addAll(log.organizations());
            reached(from.organization(), from.time(), findings);
            rest();
            List<UUID> organizations = new ArrayList<>(log.organizations());
            organizations.sort(ORDER);
            for (UUID organization : organizations) {
                int order = from.organization() == null ? 1 : ORDER.compare(organization, from.organization());
                if (order > 0) {
                    verify(log, organization, null);
                } else if (order == 0 && from.time() != null) {
                    verify(log, organization, from.time());
                }
            }
        }

        private void verify(VerifiedLog log, UUID organization, @Nullable Instant verifiedBefore) {
            for (Span span : spans(organization)) {
                boolean done = verifiedBefore != null
                        && span.to() != null
                        && !span.to().isAfter(verifiedBefore);
                if (!done) {
                    Findings findings = new Findings(_ -> keep());
                    Headers headers = span.to() == null ? Headers.ALL : Headers.NONE;
                    verifier.events(log, organization, span.from(), span.to(), headers, findings);
                    reached(organization, span.to(), findings);
                    rest();
                }
            }
        }

        /** Of an organization of which nothing is left nobody can be told: that concerns all. */
        private Finding ofKnown(Finding finding) {
            return finding.organization() == null || known.contains(finding.organization())
                    ? finding
                    : new Finding(finding.kind(), finding.message(), null);
        }

        /** What is wrong may show in more than one step, and is told once. */
        private void reached(@Nullable UUID organization, @Nullable Instant time, Findings findings) {
            VerificationReport report = findings.report();
            List<Finding> fresh = report.findings().stream()
                    .filter(finding -> told.add(finding.kind() + finding.message()))
                    .map(this::ofKnown)
                    .toList();
            store.reached(organization, time, report.events(), fresh.size());
            if (!fresh.isEmpty()) {
                standing = store.standing(clock.instant());
                if (watcher != null) {
                    watcher.found(fresh);
                }
            }
        }
    }

    private List<Span> spans(UUID organization) {
        Instant first = store.first(organization).orElse(clock.instant());
        YearMonth month = YearMonth.from(first.atOffset(ZoneOffset.UTC));
        YearMonth last = YearMonth.from(clock.instant().atOffset(ZoneOffset.UTC));
        List<Span> spans = new ArrayList<>();
        Instant from = null;
        for (; month.isBefore(last); month = month.plusMonths(1)) {
            Instant to = month.plusMonths(1).atDay(1).atStartOfDay().toInstant(ZoneOffset.UTC);
            spans.add(new Span(from, to));
            from = to;
        }
        spans.add(new Span(from, null));
        return spans;
    }

    /**
     * Rests three times as long as it worked since the last rest, and keeps the work. Not within a transaction: an old snapshot
     * keeps the database from clearing up, and a lock retention from removing what is old.
     */
    private void rest() {
        keep();
        long left = (System.nanoTime() - workedFrom) * RESTS_FOR_WORK;
        while (left > 0) {
            long part = Math.min(left, RENEWAL.toNanos());
            try {
                Thread.sleep(Duration.ofNanos(part));
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
                throw new Abandoned();
            }
            keep();
            left -= part;
        }
        workedFrom = System.nanoTime();
    }

    /** Renews the lease when it is time to; does not go on when it is lost, or this node stops. */
    private void keep() {
        long now = System.nanoTime();
        if (closing) {
            throw new Abandoned();
        }
        if (now - heldFrom >= RENEWAL.toNanos()) {
            if (!store.hold()) {
                throw new Abandoned();
            }
            heldFrom = now;
        }
    }

    @Override
    public void close() {
        closing = true;
        if (thread.getState() == Thread.State.NEW) {
            return;
        }
        thread.interrupt();
        try {
            thread.join(Duration.ofSeconds(5));
            store.release();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException away) {
            LOG.warn("The verification of the audit log stays with this node until its lease runs out");
        }
    }
}
