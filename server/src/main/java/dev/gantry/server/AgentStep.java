package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.OutputFormat;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ChatRequest.ToolChoice;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.Registry;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepFailure;
import dev.gantry.runs.StepOutcome;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Needs;
import dev.gantry.workflow.Policy.FailureKind;
import dev.gantry.workflow.Template;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Lets a model work in turns: it calls tools, gets what they give, and goes on until it answers. Each turn passes the gate like
 * any request, and is durable before anything follows from it: an agent whose process died goes on with the turn at which it
 * was, and calls no tool again that has answered. Thread-safe.
 */
final class AgentStep implements StepExecutor {
    /** More of what a tool gave is not shown to the model. */
    private static final int RESULT_CHARS_MAX = 100_000;

    private static final int OUTPUT_TOKENS_DEFAULT = 4_096;

    private final Gateway gateway;
    private final Router router;
    private final Registry registry;
    private final Identity identity;
    private final PatternStep patterns;
    private final ToolCalls calls;
    private final Clock clock;

    AgentStep(
            Gateway gateway,
            Router router,
            Registry registry,
            Identity identity,
            PatternStep patterns,
            ToolCalls calls,
            Clock clock) {
        this.gateway = gateway;
        this.router = router;
        this.registry = registry;
        this.identity = identity;
        this.patterns = patterns;
        this.calls = calls;
        this.clock = clock;
    }

    /** The texts of a step, with their values. */
    private record Task(Action.RunAgent action, @Nullable String system, String prompt) {
        static Task of(StepCall call) {
            Action.RunAgent action = (Action.RunAgent) call.action();
            Template system = action.system();
            return new Task(
                    action,
                    system == null ? null : call.expressions().render(system, call.scope()),
                    call.expressions().render(action.prompt(), call.scope()));
        }

        String hash() {
            ObjectNode all = Json.object()
                    .put("role", action.role())
                    .put("system", system)
                    .put("prompt", prompt)
                    .put("model", action.model());
            action.tools().forEach(all.putArray("tools")::add);
            try {
                byte[] bytes = MessageDigest.getInstance("SHA-256")
                        .digest(all.toString().getBytes(StandardCharsets.UTF_8));
                return HexFormat.of().formatHex(bytes);
            } catch (NoSuchAlgorithmException impossible) {
                throw new IllegalStateException(impossible);
            }
        }
    }

    @Override
    public @Nullable String refusal(Starter starter, Action action) {
        return ToolSteps.refusal(calls.tools(), action, calls.organization(starter));
    }

    @Override
    public String identity(StepCall call) {
        Caller caller = StepCaller.of(identity, call);
        Action.RunAgent action = (Action.RunAgent) call.action();
        action.tools().forEach(tool -> caller.require(Needs.ofTool(tool)));
        String role = action.role();
        return (role == null ? "" : patterns.pinned(caller, role)) + " " + router.defaultModel();
    }

    @Override
    public StepOutcome execute(StepCall call) throws Exception {
        Task task = Task.of(call);
        String role = task.action().role();
        AgentTalk talk = AgentTalk.takeUp(
                call.journal(),
                task.hash(),
                role == null ? null : patterns.pinned(StepCaller.of(identity, call), role));
        AgentTools tools = AgentTools.of(call, calls, patterns);
        String model = null;
        while (!call.cancelled().getAsBoolean()) {
            answerCalls(call, talk, tools);
            String answer = talk.lastAnswer();
            if (answer != null) {
                switch (StepAnswer.read(task.action().output(), answer)) {
                    case StepAnswer.Reading.Value fits -> {
                        return new StepOutcome(fits.value(), 0, 0, model);
                    }
                    case StepAnswer.Reading.Unfit unfit -> object(talk, task, unfit);
                }
            }
            if (talk.turns() >= task.action().turnsMax()) {
                talk.over();
                throw new StepFailure(
                        FailureKind.OTHER,
                        false,
                        "It had no answer after " + task.action().turnsMax() + " turns (max_turns)");
            }
            StepAsk.Given given = new Turn(call, task, talk, tools).ask(gateway);
            talk.said(given.answer(), given.tokens(), given.costMicroUsd());
            model = given.model();
        }
        throw new InterruptedException("It was given up");
    }

    /** Lets the model correct an answer that is not what the step declares, while it has turns left. */
    private static void object(AgentTalk talk, Task task, StepAnswer.Reading.Unfit unfit) throws StepFailure {
        if (talk.turns() >= task.action().turnsMax()) {
            talk.over();
            throw new StepFailure(FailureKind.INVALID_OUTPUT, false, "The answer " + unfit.problem());
        }
        talk.objected(
                "Your answer " + unfit.problem() + ". " + form(task.action().output()));
    }

    private static String form(DataType output) {
        return "Answer with nothing but JSON of this schema: " + output.schema();
    }

    private void answerCalls(StepCall call, AgentTalk talk, AgentTools tools) throws Exception {
        for (AgentTalk.Call open : talk.open()) {
            if (call.cancelled().getAsBoolean()) {
                return;
            }
            long begun = System.nanoTime();
            String key = call.idempotencyKey() + "/" + talk.next();
            AgentTools.Answer answer = tools.call(open.name(), open.arguments(), key);
            long durationMs = (System.nanoTime() - begun) / 1_000_000;
            talk.answered(open, shortened(answer), tools.reference(open.name()), durationMs);
        }
    }

    private static AgentTools.Answer shortened(AgentTools.Answer answer) {
        int length = answer.text().length();
        return length <= RESULT_CHARS_MAX
                ? answer
                : new AgentTools.Answer(
                        answer.text().substring(0, RESULT_CHARS_MAX) + "\n[" + (length - RESULT_CHARS_MAX)
                                + " more characters left out]",
                        answer.isError(),
                        answer.tokens(),
                        answer.costMicroUsd());
    }

    /** One turn of the model. */
    private final class Turn extends StepAsk {
        private final Task task;
        private final AgentTalk talk;
        private final AgentTools tools;

        Turn(StepCall call, Task task, AgentTalk talk, AgentTools tools) {
            super(call, call.idempotencyKey() + "/" + talk.next(), clock);
            this.task = task;
            this.talk = talk;
            this.tools = tools;
        }

        @Override
        public Prompt prepare(Caller caller) {
            String role = talk.role();
            if (role == null) {
                ChatRequest plain = ChatRequest.of(
                                task.action().model() == null
                                        ? router.defaultModel()
                                        : task.action().model(),
                                List.of(
                                        Message.text(Role.SYSTEM, String.valueOf(task.system())),
                                        Message.text(Role.USER, task.prompt())))
                        .withOutputTokensMax(OUTPUT_TOKENS_DEFAULT);
                return new Prompt.Composed(
                        next(plain), new Prompt.Subject("model.chat", null, null, List.of(), true), List.of());
            }
            AssembledPrompt assembled = registry.assembler()
                    .assemble(
                            caller,
                            PatternStep.request(
                                    role, task.prompt(), task.action().model(), Map.of()));
            return new Prompt.Composed(
                    next(patterns.conversation(assembled)),
                    PatternStep.subject(assembled, task.action().model() != null),
                    assembled.warnings());
        }

        /** Returns what the model is asked now: its task, what was said since, and the tools that it has. */
        private ChatRequest next(ChatRequest asked) {
            DataType output = task.action().output();
            List<Message> messages = new ArrayList<>(asked.messages());
            if (output != DataType.Simple.STRING && output != DataType.Simple.ANY) {
                messages.set(0, with(messages.getFirst(), form(output)));
            }
            messages.addAll(talk.messages());
            boolean isLast = talk.turns() + 1 >= task.action().turnsMax();
            Long tokensMax = task.action().tokensMax();
            ChatRequest complete = new ChatRequest(
                    asked.model(),
                    messages,
                    false,
                    asked.outputTokensMax(),
                    asked.temperature(),
                    asked.topP(),
                    asked.stop(),
                    asked.seed(),
                    tools.described(),
                    isLast && !tools.described().isEmpty() ? new ToolChoice.None() : new ToolChoice.Auto(),
                    null,
                    output == DataType.Simple.STRING ? asked.outputFormat() : new OutputFormat.PlainText(),
                    asked.reasoningEffort(),
                    asked.endUser(),
                    asked.sampling());
            return bounded(complete, tokensMax == null ? Long.MAX_VALUE : tokensMax - talk.tokens());
        }

        private static Message with(Message system, String sentence) {
            List<ChatRequest.Part> parts = new ArrayList<>(system.parts());
            parts.add(new ChatRequest.Part.Text("\n\n" + sentence));
            return new Message(system.role(), parts);
        }
    }
}
