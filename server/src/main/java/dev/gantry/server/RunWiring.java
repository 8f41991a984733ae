package dev.gantry.server;

import dev.gantry.config.Configuration;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.Router;
import dev.gantry.jobs.DurableTasks;
import dev.gantry.registry.Registry;
import dev.gantry.runs.FileObjectStore;
import dev.gantry.runs.RunSettings;
import dev.gantry.runs.Runs;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepOutcome;
import dev.gantry.tools.Tools;
import dev.gantry.triggers.TriggerSettings;
import dev.gantry.triggers.Triggers;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Expressions;
import dev.gantry.workflow.WorkflowReader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
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
            Guard guard,
            Tools tools,
            Registry registry,
            WorkflowReader reader,
            Metrics metrics,
            Duration commitTimeout) {
        RunWorkflows workflows = new RunWorkflows(registry.assets(), reader, base.identity());
        Expressions expressions = Expressions.open();
        TriggerAudience audience = new TriggerAudience(base.identity(), registry.assets());
        Runs runs = new Runs(
                base.database(),
                tasks,
                base.keyRing(),
                new FileObjectStore(dataDirectory.resolve("objects").resolve("runs")),
                configuration.get("workflows", RunSettings.class),
                workflows,
                audience,
                expressions,
                executors(gateway, router, guard, tools, registry, base),
                new RunRecords(base.auditLog(), base.writer(), metrics.runs(), base.clock(), commitTimeout));
        runs.keepTidy(base.identity().organizations()::forEachId);
        Triggers triggers = new Triggers(
                tasks,
                base.keyRing(),
                runs,
                workflows,
                expressions,
                audience,
                configuration.get("triggers", TriggerSettings.class),
                new TriggerRecords(base.auditLog(), base.writer(), base.clock()));
        base.feeds().to(triggers);
        registry.assets().listen(base.feeds());
        return new Opened(
                new RunsApi(runs, workflows, (caller, group) -> base.identity().isInGroup(caller, group)), triggers);
    }

    /** What steps can do here; workflows with others are refused when they are started. */
    private static Map<Class<? extends Action>, StepExecutor> executors(
            Gateway gateway, Router router, Guard guard, Tools tools, Registry registry, Foundation base) {
        PatternStep patterns = new PatternStep(gateway, router, registry, base.identity(), base.clock());
        ToolCalls calls = new ToolCalls(
                tools, new ToolGuard(guard), base.identity(), new OrganizationNames(base.identity()), base.clock());
        Map<Class<? extends Action>, StepExecutor> executors = new HashMap<>(new ToolSteps(calls).executors());
        executors.put(Action.RunPattern.class, patterns);
        executors.put(
                Action.RunAgent.class,
                new AgentStep(gateway, router, registry, base.identity(), patterns, calls, base.clock()));
        executors.put(
                Action.Transform.class,
                call -> StepOutcome.of(
                        call.expressions().evaluate(((Action.Transform) call.action()).value(), call.scope())));
        return executors;
    }
}
