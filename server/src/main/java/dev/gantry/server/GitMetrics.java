package dev.gantry.server;

import dev.gantry.gitsync.ExportStatus;
import dev.gantry.gitsync.GitExport;
import dev.gantry.gitsync.GitSource;
import dev.gantry.gitsync.SourceStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The figures of repositories. Names of sources are the operator's, and few. Thread-safe. */
final class GitMetrics {
    private final MeterRegistry registry;
    private final Map<String, AtomicLong> lastGood = new ConcurrentHashMap<>();

    GitMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void looked(GitSource source, SourceStatus status, int changed, Duration took) {
        Timer.builder("gantry.git.sync.duration")
                .description("Time that a look at a repository took")
                .tag("source", source.name())
                .tag("state", status.state().id())
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
        registry.counter("gantry.git.sync.changes", "source", source.name()).increment(changed);
        if (status.state() == SourceStatus.State.SYNCED && status.triedAt() != null) {
            lastGood.computeIfAbsent(source.name(), this::gauge)
                    .set(status.triedAt().getEpochSecond());
        }
    }

    void exported(GitExport export, ExportStatus status, int commits, Duration took) {
        Timer.builder("gantry.git.export.duration")
                .description("Time that a look for changes to export took")
                .tag("export", export.name())
                .tag("state", status.state().id())
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
        registry.counter("gantry.git.export.commits", "export", export.name()).increment(commits);
    }

    private AtomicLong gauge(String source) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("gantry.git.sync.last.success.timestamp", seconds, AtomicLong::doubleValue)
                .description("When this node last saw the registry in step with the repository, in seconds since 1970")
                .baseUnit("seconds")
                .tag("source", source)
                .register(registry);
        return seconds;
    }
}
