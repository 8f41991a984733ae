package dev.gantry.server;

import dev.gantry.config.Configuration;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Router;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.registry.Registry;
import dev.gantry.runs.FileObjectStore;
import dev.gantry.runs.RunSettings;
import dev.gantry.runs.Runs;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepOutcome;
import dev.gantry.triggers.TriggerSettings;
import dev.gantry.triggers.Triggers;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.WorkflowReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Joins runs of workflows to the gate, the registry and the audit log. */
final class RunWiring {
    private RunWiring() {}

    /** Runs of workflows, and what starts them without a person. */
    record Opened(RunsApi api, Triggers triggers) {}

    static Opened open(
            Configuration configuration,
            Foundation base,
            Path dataDirectory,
            DurableTasks tasks,
            Gateway gateway,
            Router router,
            Registry registry,
            WorkflowReader reader,
            Metrics metrics,
            Duration commitTimeout) {
        RunWorkflows workflows = new RunWorkflows(registry.assets(), reader, base.identity());
        Expressions expressions = Expressions.open();
        Runs runs = new Runs(
                base.database(),
                tasks,
                base.keyRing(),
                new FileObjectStore(dataDirectory.resolve("objects").resolve("runs")),
                configuration.get("workflows", RunSettings.class),
                workflows,
                expressions,
                executors(gateway, router, registry, base),
                new RunRecords(base.auditLog(), base.writer(), metrics.runs(), base.clock(), commitTimeout));
        Triggers triggers = new Triggers(
                tasks,
                base.keyRing(),
                runs,
                workflows,
                expressions,
                configuration.get("triggers", TriggerSettings.class),
                new TriggerRecords(base.auditLog(), base.writer(), base.clock()));
        base.feeds().to(triggers);
        registry.assets().onPublished(base.feeds()::published);
        return new Opened(
                new RunsApi(runs, workflows, (caller, group) -> base.identity().isInGroup(caller, group)), triggers);
    }

    /** What steps can do here; workflows with others are refused when they are started. */
    private static Map<Class<? extends Action>, StepExecutor> executors(
            Gateway gateway, Router router, Registry registry, Foundation base) {
        return Map.of(
                Action.RunPattern.class,
                new PatternStep(gateway, router, registry, base.identity(), base.clock()),
                Action.Transform.class,
                call -> StepOutcome.of(
                        call.expressions().evaluate(((Action.Transform) call.action()).value(), call.scope())));
    }
}
