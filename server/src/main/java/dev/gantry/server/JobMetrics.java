package dev.gantry.server;

import dev.gantry.jobs.DurableTasks;
import dev.gantry.jobs.TaskObserver;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The figures of durable work. Kinds and outcomes are few and ours, so that they can be labels. Thread-safe. */
final class JobMetrics implements TaskObserver {
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(10),
        Duration.ofMillis(100),
        Duration.ofSeconds(1),
        Duration.ofSeconds(10),
        Duration.ofMinutes(1),
        Duration.ofMinutes(10),
        Duration.ofHours(1)
    };

    private final MeterRegistry registry;

    JobMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void watch(DurableTasks tasks) {
        Gauge.builder("gantry.job.running", tasks, DurableTasks::running)
                .description("Pieces of durable work that this node does at the moment")
                .register(registry);
    }

    @Override
    public void started(String kind, Duration waited) {
        Timer.builder("gantry.job.wait")
                .description("Time between being due and being begun")
                .tag("kind", kind)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(waited.isNegative() ? Duration.ZERO : waited);
    }

    @Override
    public void ended(String kind, String outcome, Duration took) {
        Timer.builder("gantry.job.duration")
                .description("Time from beginning to end of a piece of durable work")
                .tag("kind", kind)
                .tag("outcome", outcome)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(took.isNegative() ? Duration.ZERO : took);
    }

    @Override
    public void takenOver(String kind) {
        registry.counter("gantry.job.taken.over", "kind", kind).increment();
    }

    @Override
    public void dead(String kind) {
        registry.counter("gantry.job.dead", "kind", kind).increment();
    }
}
