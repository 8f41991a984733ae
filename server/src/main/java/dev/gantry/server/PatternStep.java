package dev.gantry.server;

import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.provider.ChatRequest;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Registry;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepFailure;
import dev.gantry.runs.StepOutcome;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.Policy.FailureKind;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a pattern as a step. Thread-safe. */
final class PatternStep implements StepExecutor {
    private final Gateway gateway;
    private final Router router;
    private final Registry registry;
    private final Identity identity;
    private final Clock clock;

    PatternStep(Gateway gateway, Router router, Registry registry, Identity identity, Clock clock) {
        this.gateway = gateway;
        this.router = router;
        this.registry = registry;
        this.identity = identity;
        this.clock = clock;
    }

    @Override
    public StepOutcome execute(StepCall call) throws Exception {
        Action.RunPattern action = (Action.RunPattern) call.action();
        Map<String, String> variables = new HashMap<>();
        action.variables()
                .forEach((name, value) -> variables.put(name, call.expressions().render(value, call.scope())));
        String input = call.expressions().render(action.input(), call.scope());
        StepAsk.Given given = run(
                call,
                call.idempotencyKey(),
                request(action.pattern(), input, action.model(), variables),
                Long.MAX_VALUE);
        return switch (StepAnswer.read(action.output(), given.answer().text())) {
            case StepAnswer.Reading.Value fits ->
                new StepOutcome(fits.value(), given.tokens(), given.costMicroUsd(), given.model());
            case StepAnswer.Reading.Unfit unfit ->
                throw new StepFailure(
                        FailureKind.INVALID_OUTPUT,
                        true,
                        "The answer " + unfit.problem(),
                        given.tokens(),
                        given.costMicroUsd(),
                        new IllegalArgumentException(unfit.problem()));
        };
    }

    /** The version that would be run now; looking it up asks for the permission to run it, too. */
    @Override
    public String identity(StepCall call) {
        Action.RunPattern action = (Action.RunPattern) call.action();
        return pinned(StepCaller.of(identity, call), action.pattern()) + " " + router.defaultModel();
    }

    /** Returns the qualified name of a pattern with its version, if the caller may run it. */
    String pinned(Caller caller, String pattern) {
        AssetVersion found = registry.assets().getToRun(caller, AssetKind.PATTERN, pattern);
        return found.name() + "@" + found.version();
    }

    static ExecutionRequest request(
            String pattern, String input, @Nullable String model, Map<String, String> variables) {
        return new ExecutionRequest(
                pattern, input, model, variables, false, null, null, null, false, null, null, null, null, null);
    }

    /**
     * Runs a pattern for a step.
     *
     * @param key of this piece of work, the same at every attempt
     * @param tokensMax bound of the step's own on what it may use
     */
    StepAsk.Given run(StepCall call, String key, ExecutionRequest request, long tokensMax) throws Exception {
        return new StepAsk(call, key, clock) {
            @Override
            public Prompt prepare(Caller caller) {
                AssembledPrompt prompt = registry.assembler().assemble(caller, request);
                return new Prompt.Composed(
                        bounded(conversation(prompt), tokensMax),
                        subject(prompt, request.model() != null),
                        prompt.warnings());
            }
        }.ask(gateway);
    }

    /** Returns what a pattern asks, of the model that is to answer. */
    ChatRequest conversation(AssembledPrompt prompt) {
        return prompt.chat()
                .withModel(prompt.model() == null ? router.defaultModel() : prompt.model())
                .withStream(false);
    }

    static Prompt.Subject subject(AssembledPrompt prompt, boolean ownModel) {
        AssetName name = prompt.pattern().name();
        return new Prompt.Subject(
                "pattern.execute",
                name.toString(),
                prompt.pattern().version(),
                List.of(Permission.of("patterns", "execute", name.namespace(), name.path())),
                ownModel);
    }
}
