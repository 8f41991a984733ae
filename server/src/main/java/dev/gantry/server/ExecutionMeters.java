package dev.gantry.server;

import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The meters of executions with the same labels. Thread-safe. */
record ExecutionMeters(
        @Nullable Counter patternExecutions,
        Counter requests,
        Timer duration,
        Timer overhead,
        Timer firstToken,
        Counter inputTokens,
        Counter outputTokens,
        Counter cacheReadTokens,
        Counter cacheWriteTokens,
        Counter cacheWriteLongTokens,
        Counter cost) {
    private static final Duration[] DURATION_BUCKETS = {
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };
    private static final Duration[] OVERHEAD_BUCKETS = {
        Duration.ofNanos(100_000),
        Duration.ofNanos(250_000),
        Duration.ofNanos(500_000),
        Duration.ofMillis(1),
        Duration.ofNanos(2_500_000),
        Duration.ofMillis(5),
        Duration.ofMillis(10),
        Duration.ofMillis(50),
        Duration.ofMillis(250),
        Duration.ofSeconds(1)
    };
    private static final Duration[] FIRST_TOKEN_BUCKETS = {
        Duration.ofMillis(50),
        Duration.ofMillis(100),
        Duration.ofMillis(250),
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30)
    };

    void consumed(TokenUsage usage, MicroDollars spent) {
        inputTokens.increment((double) usage.input());
        outputTokens.increment((double) usage.output());
        cacheReadTokens.increment((double) usage.cacheRead());
        cacheWriteTokens.increment((double) usage.cacheWrite());
        cacheWriteLongTokens.increment((double) usage.cacheWriteLong());
        cost.increment((double) spent.value());
    }

    /** What executions are counted by; the pattern is null where none was run. */
    record Labels(@Nullable String pattern, String model, String status, String team, String organization) {}

    static ExecutionMeters of(Labels labels, MeterRegistry registry) {
        Counter patternExecutions = labels.pattern() == null
                ? null
                : Counter.builder("gantry.pattern.executions")
                        .tags(
                                "pattern",
                                labels.pattern(),
                                "model",
                                labels.model(),
                                "status",
                                labels.status(),
                                "team",
                                labels.team(),
                                Metrics.ORGANIZATION,
                                labels.organization())
                        .description("Patterns that were run")
                        .register(registry);
        return new ExecutionMeters(
                patternExecutions,
                Counter.builder("gantry.requests")
                        .tags(
                                "model",
                                labels.model(),
                                "status",
                                labels.status(),
                                "team",
                                labels.team(),
                                Metrics.ORGANIZATION,
                                labels.organization())
                        .description("Requests for a model's answer")
                        .register(registry),
                timer(
                        registry,
                        "gantry.execution.duration",
                        "From arrival to the end of the answer",
                        labels,
                        DURATION_BUCKETS),
                timer(registry, "gantry.overhead", "The part of it that Gantry itself took", labels, OVERHEAD_BUCKETS),
                timer(
                        registry,
                        "gantry.time.to.first.token",
                        "From arrival to the first byte of a stream",
                        labels,
                        FIRST_TOKEN_BUCKETS),
                tokens(registry, labels, "input"),
                tokens(registry, labels, "output"),
                tokens(registry, labels, "cache_read"),
                tokens(registry, labels, "cache_write"),
                tokens(registry, labels, "cache_write_long"),
                Counter.builder("gantry.cost.micro.usd")
                        .tags(
                                "model",
                                labels.model(),
                                "team",
                                labels.team(),
                                Metrics.ORGANIZATION,
                                labels.organization())
                        .description("What was spent, in millionths of a dollar")
                        .register(registry));
    }

    private static Timer timer(
            MeterRegistry registry, String name, String description, Labels labels, Duration[] buckets) {
        return Timer.builder(name)
                .tags("model", labels.model(), "status", labels.status())
                .description(description)
                .serviceLevelObjectives(buckets)
                .register(registry);
    }

    private static Counter tokens(MeterRegistry registry, Labels labels, String type) {
        return Counter.builder("gantry.tokens")
                .tags(
                        "model",
                        labels.model(),
                        "type",
                        type,
                        "team",
                        labels.team(),
                        Metrics.ORGANIZATION,
                        labels.organization())
                .description("Tokens consumed")
                .register(registry);
    }
}
