package dev.gantry.server;

import dev.gantry.runs.RunListener.RunDone;
import dev.gantry.runs.RunListener.StepDone;
import dev.gantry.runs.RunState;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The figures of workflows. Names that users choose are labels for the first {@value #NAMES_MAX} of them, then {@code other}.
 * Thread-safe.
 */
final class RunMetrics {
    private static final int NAMES_MAX = 500;
    private static final Duration[] BUCKETS = {
        Duration.ofMillis(500),
        Duration.ofSeconds(1),
        Duration.ofSeconds(2),
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofSeconds(30),
        Duration.ofSeconds(60)
    };

    private final MeterRegistry registry;
    private final Set<String> workflows = ConcurrentHashMap.newKeySet();
    private final Set<String> teams = ConcurrentHashMap.newKeySet();

    RunMetrics(MeterRegistry registry) {
        this.registry = registry;
    }

    void ended(StepDone step) {
        Timer.builder("gantry.run.step.duration")
                .description("Time from beginning to end of an attempt at a step")
                .tag("kind", step.kind())
                .tag("status", step.status())
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(step.took());
    }

    void ended(RunDone run) {
        String workflow = bounded(workflows, run.workflow());
        String team = bounded(teams, run.starter().team());
        String status =
                run.state() == RunState.SUCCEEDED ? "success" : run.state().id();
        registry.counter("gantry.workflow.executions", "workflow_id", workflow, "status", status, "team", team)
                .increment();
        Timer.builder("gantry.run.duration")
                .description("Time from beginning to end of a run")
                .tag("workflow_id", workflow)
                .serviceLevelObjectives(BUCKETS)
                .register(registry)
                .record(run.took());
    }

    private static String bounded(Set<String> known, @Nullable String name) {
        if (name == null) {
            return "none";
        }
        return known.contains(name) || (known.size() < NAMES_MAX && known.add(name)) ? name : "other";
    }
}
