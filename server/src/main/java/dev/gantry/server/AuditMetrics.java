package dev.gantry.server;

import dev.gantry.audit.AuditFigures;
import dev.gantry.audit.AuditLog;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.TimeGauge;
import java.util.concurrent.TimeUnit;
import java.util.function.ToDoubleFunction;

/** The figures of the audit log. The only label is the name of a sink, which is of the configuration. */
final class AuditMetrics {
    private final AuditLog audit;
    private final MeterRegistry registry;

    private AuditMetrics(AuditLog audit, MeterRegistry registry) {
        this.audit = audit;
        this.registry = registry;
    }

    static void watch(AuditLog audit, MeterRegistry registry) {
        AuditMetrics metrics = new AuditMetrics(audit, registry);
        metrics.writing();
        metrics.proving();
        audit.figures().sinks().forEach(sink -> metrics.sink(sink.name()));
    }

    private void writing() {
        counter("gantry.audit.events", "Events that became durable in the database", AuditFigures::events);
        counter("gantry.audit.bytes", "Size of these events", AuditFigures::bytes);
        counter("gantry.audit.spilled.events", "Events that went to the local file", AuditFigures::spilled);
        gauge("gantry.audit.spill.events", "Events that wait in the local file", AuditFigures::spilling);
        gauge("gantry.audit.spill.bytes", "Size of the local file", AuditFigures::spillBytes);
        FunctionTimer.builder(
                        "gantry.audit.durable.lag",
                        audit,
                        log -> log.figures().transactions(),
                        log -> log.figures().lagSum().toNanos(),
                        TimeUnit.NANOSECONDS)
                .description("How long the first event of a transaction had waited to be durable")
                .register(registry);
        TimeGauge.builder(
                        "gantry.audit.durable.lag.last",
                        audit,
                        TimeUnit.NANOSECONDS,
                        log -> log.figures().lag().toNanos())
                .description("The same of the last transaction")
                .register(registry);
    }

    private void proving() {
        gauge("gantry.audit.log.batches", "Batches in the signed log", AuditFigures::logSize);
        gauge(
                "gantry.audit.signing",
                "1, or 0 while this node signs nothing, since the log was altered or cannot be mirrored",
                figures -> figures.signing() ? 1 : 0);
        TimeGauge.builder(
                        "gantry.audit.checkpoint.age",
                        audit,
                        TimeUnit.NANOSECONDS,
                        log -> log.figures().unseen().toNanos())
                .description("Time since this node last made sure that every batch is signed and mirrored")
                .register(registry);
        gauge(
                "gantry.audit.verification.findings",
                "What the last verification found wrong, a regular one of any node or one that this node was asked for; no number before the first",
                figures -> figures.verification() == null
                        ? Double.NaN
                        : figures.verification().findings());
        TimeGauge.builder("gantry.audit.verification.time", audit, TimeUnit.MILLISECONDS, log -> {
                    AuditFigures.Verification last = log.figures().verification();
                    return last == null ? Double.NaN : last.at().toEpochMilli();
                })
                .description("When it ended, since 1970")
                .register(registry);
    }

    private void sink(String name) {
        ofSink(
                "gantry.audit.sink.lag.batches",
                "Batches of the log that a sink has not got; no number where another" + " node feeds it",
                name,
                sink -> sink.behind().isPresent() ? sink.behind().getAsLong() : Double.NaN);
        ofSink("gantry.audit.sink.up", "1 while the sink takes events", name, sink -> sink.taking() ? 1 : 0);
        FunctionCounter.builder(
                        "gantry.audit.sink.events", audit, log -> valueOf(log, name, AuditFigures.Sink::delivered))
                .tag("sink", name)
                .description("Events that this node delivered to a sink")
                .register(registry);
    }

    private void ofSink(String metric, String description, String name, ToDoubleFunction<AuditFigures.Sink> value) {
        Gauge.builder(metric, audit, log -> valueOf(log, name, value))
                .tag("sink", name)
                .description(description)
                .register(registry);
    }

    private static double valueOf(AuditLog log, String name, ToDoubleFunction<AuditFigures.Sink> value) {
        return log.figures().sinks().stream()
                .filter(sink -> sink.name().equals(name))
                .mapToDouble(value)
                .findFirst()
                .orElse(Double.NaN);
    }

    private void counter(String name, String description, ToDoubleFunction<AuditFigures> value) {
        FunctionCounter.builder(name, audit, log -> value.applyAsDouble(log.figures()))
                .description(description)
                .register(registry);
    }

    private void gauge(String name, String description, ToDoubleFunction<AuditFigures> value) {
        Gauge.builder(name, audit, log -> value.applyAsDouble(log.figures()))
                .description(description)
                .register(registry);
    }
}
