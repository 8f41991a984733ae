package dev.gantry.benchmarks;

import dev.gantry.audit.AuditEvent;
import dev.gantry.audit.AuditLog;
import dev.gantry.audit.AuditResult;
import dev.gantry.audit.AuditSettings;
import dev.gantry.audit.VerificationReport;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.MasterKeyFile;
import dev.gantry.database.Database;
import dev.gantry.database.DatabaseSettings;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many events become durable in a second in an embedded PostgreSQL with fsync, when many callers each wait for theirs,
 * and how many are verified.
 */
final class AuditBenchmark {
    private static final int CALLERS = 1_000;
    private static final int EVENTS_PER_ROUND = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Workplace workplace;
    private final Figures figures;
    private final int rounds;

    AuditBenchmark(Workplace workplace, Figures figures, int rounds) {
        this.workplace = workplace;
        this.figures = figures;
        this.rounds = rounds;
    }

    void run() throws Exception {
        Path data = Files.createDirectories(workplace.folder().resolve("audit-data"));
        try (Database database = Database.open(DatabaseSettings.embedded(), data)) {
            database.migrate(List.of("database", "crypto", "audit"));
            KeyRing keys = new KeyRing(
                    new MasterKeyFile(data.resolve("master.key")).load(),
                    (organization, work) -> database.inOrganization(organization, handle -> {
                        work.over(handle.getConnection());
                        return null;
                    }));
            try (AuditLog log = AuditLog.open(database, keys, AuditSettings.defaults(), data, Clock.systemUTC())) {
                UUID organization = Ids.next();
                append(log, organization, false);
                for (int round = 0; round < rounds; round++) {
                    append(log, organization, true);
                }
                for (int round = 0; round < rounds; round++) {
                    long begin = System.nanoTime();
                    VerificationReport report = log.verify(organization, null, null, progress -> {});
                    if (!report.isSound()) {
                        throw new IllegalStateException("The log is not sound: " + report.findings());
                    }
                    figures.add("verified events/s", "gantry", report.events() / secondsSince(begin));
                }
                long bytes = database.<Long>unscoped(
                        handle -> handle.createQuery("SELECT sum(pg_total_relation_size(oid))::bigint FROM pg_class"
                                        + " WHERE relname LIKE 'audit\\_%' AND relkind = 'r'")
                                .mapTo(Long.class)
                                .one());
                figures.add("bytes an event on disk", "gantry", (double) bytes / (EVENTS_PER_ROUND * (rounds + 1L)));
            }
        }
    }

    private void append(AuditLog log, UUID organization, boolean counts) throws InterruptedException {
        long[] latencies = new long[EVENTS_PER_ROUND];
        AtomicInteger next = new AtomicInteger();
        long begin = System.nanoTime();
        try (ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int caller = 0; caller < CALLERS; caller++) {
                callers.execute(() -> {
                    for (int index = next.getAndIncrement(); index < EVENTS_PER_ROUND; index = next.getAndIncrement()) {
                        long start = System.nanoTime();
                        log.append(event(organization, index)).await(PATIENCE);
                        latencies[index] = System.nanoTime() - start;
                    }
                });
            }
            callers.shutdown();
            callers.awaitTermination(10, TimeUnit.MINUTES);
        }
        if (counts) {
            figures.add("durable events/s", "gantry", EVENTS_PER_ROUND / secondsSince(begin));
            Arrays.sort(latencies);
            figures.add("durable after, p50, ms", "gantry", latencies[EVENTS_PER_ROUND / 2] / 1e6);
            figures.add("durable after, p99, ms", "gantry", latencies[EVENTS_PER_ROUND / 100 * 99] / 1e6);
        }
    }

    private static AuditEvent event(UUID organization, int index) {
        return new AuditEvent(
                Ids.next(),
                Instant.ofEpochMilli(System.currentTimeMillis()),
                "model.chat",
                new AuditEvent.Actor(
                        "user-" + index % 200 + "@example.com", "01935a2b-0000-7000-8000-00000000000f", "10.1.2.3"),
                organization,
                "engineering",
                "apollo",
                "models/gpt-6.2-sol",
                "execute",
                AuditResult.SUCCESS,
                null,
                1_234L,
                56_789L,
                new MicroDollars(4_321),
                Ids.next().toString(),
                "0af7651916cd43dd8448eb211c80319c",
                Map.of(),
                new AuditEvent.Origin("gantry", "0.1.0", "node-1"));
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
