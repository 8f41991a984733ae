package dev.gantry.server;

import dev.gantry.mirror.Mirror;
import dev.gantry.mirror.MirrorStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/** The figures of mirrors. Their names are the operator's, and few. Thread-safe. */
final class MirrorMetrics {
    private final MeterRegistry registry;
    private final Map<String, AtomicLong> lastGood = new ConcurrentHashMap<>();

    MirrorMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void looked(Mirror mirror, MirrorStatus status, int changed, Duration took) {
        Timer.builder("gantry.mirror.sync.duration")
                .description("Time that a look at another registry took")
                .tag("mirror", mirror.name())
                .tag("state", status.state().id())
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
        registry.counter("gantry.mirror.sync.changes", "mirror", mirror.name()).increment(changed);
        if (status.state() == MirrorStatus.State.SYNCED && status.triedAt() != null) {
            lastGood.computeIfAbsent(mirror.name(), this::gauge)
                    .set(status.triedAt().getEpochSecond());
        }
    }

    private AtomicLong gauge(String mirror) {
        AtomicLong seconds = new AtomicLong();
        Gauge.builder("gantry.mirror.sync.last.success.timestamp", seconds, AtomicLong::doubleValue)
                .description(
                        "When this node last saw the mirror in step with the other registry, in seconds since 1970")
                .baseUnit("seconds")
                .tag("mirror", mirror)
                .register(registry);
        return seconds;
    }
}
