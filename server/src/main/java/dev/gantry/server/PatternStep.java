package dev.gantry.server;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.gateway.Ask;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Guarded;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Router;
import dev.gantry.gateway.Settled;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.TokenEstimator;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Registry;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepDeferred;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepFailure;
import dev.gantry.runs.StepOutcome;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Policy.FailureKind;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Runs a pattern as a step: through the gate, like everybody's request, on the starter's permissions and account. */
final class PatternStep implements StepExecutor {
    private static final String ENDPOINT = "workflow";

    /** Tokens of an answer that neither workflow nor pattern bounds. */
    private static final int ANSWER_TOKENS = 4_096;

    /** The least that is worth asking for. */
    private static final int ANSWER_TOKENS_MIN = 64;

    /** What providers put around a prompt, and the most by which another family's tokenizer splits finer than ours. */
    private static final long FRAME_TOKENS = 256;

    private static final long OTHER_TOKENIZER = 2;

    private final Gateway gateway;
    private final Router router;
    private final Registry registry;
    private final Clock clock;

    PatternStep(Gateway gateway, Router router, Registry registry, Clock clock) {
        this.gateway = gateway;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public StepOutcome execute(StepCall call) throws Exception {
        PatternAsk ask = new PatternAsk(call, (Action.RunPattern) call.action());
        gateway.serve(ask);
        return ask.outcome();
    }

    private final class PatternAsk implements Ask, ReplyFormat {
        private final StepCall call;
        private final Action.RunPattern action;
        private final StepExchange exchange;
        private final Origin origin;
        private @Nullable GantryException refusal;
        private @Nullable Exception own;
        private @Nullable Settled settled;
        private @Nullable ChatAnswer answer;

        PatternAsk(StepCall call, Action.RunPattern action) {
            this.call = call;
            this.action = action;
            this.exchange = new StepExchange(call);
            this.origin = new Origin(
                    ENDPOINT,
                    "",
                    call.run() + "/" + call.attempt(),
                    call.run().toString().replace("-", ""),
                    null,
                    null,
                    call.idempotencyKey(),
                    Wishes.NONE,
                    clock.instant(),
                    System.nanoTime());
        }

        @Override
        public Origin origin() {
            return origin;
        }

        @Override
        public Credentials credentials() {
            return new Credentials(null, "");
        }

        @Override
        public Caller authenticate(Identity identity) {
            return StepCaller.of(identity, call);
        }

        @Override
        public Prompt prepare(Caller caller) {
            Map<String, String> variables = new HashMap<>();
            action.variables()
                    .forEach((name, value) ->
                            variables.put(name, call.expressions().render(value, call.scope())));
            ExecutionRequest request = new ExecutionRequest(
                    action.pattern(),
                    call.expressions().render(action.input(), call.scope()),
                    action.model(),
                    variables,
                    false,
                    null,
                    null,
                    null,
                    false,
                    null,
                    null,
                    null,
                    null,
                    null);
            AssembledPrompt prompt = registry.assembler().assemble(caller, request);
            AssetName name = prompt.pattern().name();
            ChatRequest conversation = prompt.chat()
                    .withModel(prompt.model() == null ? router.defaultModel() : prompt.model())
                    .withStream(false);
            return new Prompt.Composed(
                    bounded(conversation),
                    new Prompt.Subject(
                            "pattern.execute",
                            name.toString(),
                            prompt.pattern().version(),
                            List.of(Permission.of("patterns", "execute", name.namespace(), name.path())),
                            action.model() != null),
                    prompt.warnings());
        }

        /** Bounds the answer so that prompt and answer fit into what the run's budget gives. */
        private ChatRequest bounded(ChatRequest conversation) {
            long prompt = FRAME_TOKENS;
            for (Message message : conversation.messages()) {
                for (Part part : message.parts()) {
                    prompt += part instanceof Part.Text text ? TokenEstimator.count(text.text()) * OTHER_TOKENIZER : 0;
                }
            }
            Integer wished = conversation.outputTokensMax();
            long answerMost = wished == null ? ANSWER_TOKENS : wished;
            try {
                long granted =
                        call.budget().reserve(prompt + answerMost, prompt + Math.min(answerMost, ANSWER_TOKENS_MIN));
                return conversation.withOutputTokensMax(Math.toIntExact(Math.min(answerMost, granted - prompt)));
            } catch (StepFailure | StepDeferred refused) {
                own = refused;
                throw new GantryException(ErrorCode.BUDGET_EXCEEDED, String.valueOf(refused.getMessage()), refused);
            }
        }

        @Override
        public ReplyFormat format() {
            return this;
        }

        @Override
        public Exchange exchange() {
            return exchange;
        }

        @Override
        public void answered(Settled settledNow, @Nullable ChatAnswer complete, Guarded guarded) {
            settled = settledNow;
            answer = complete;
        }

        StepOutcome outcome() throws Exception {
            if (own != null) {
                throw own;
            }
            Settled done = settled;
            ChatAnswer text = answer;
            if (refusal != null || done == null || text == null) {
                throw refusal == null
                        ? new GantryException(ErrorCode.INTERNAL, "The model's answer did not arrive")
                        : refusal;
            }
            long tokens = done.usage().total();
            long cost = done.cost().value();
            return new StepOutcome(
                    output(text.text(), tokens, cost),
                    tokens,
                    cost,
                    done.model().name());
        }

        private JsonNode output(String text, long tokens, long cost) throws StepFailure {
            DataType type = action.output();
            JsonNode value = TextNode.valueOf(text);
            if (type == DataType.Simple.STRING || (type == DataType.Simple.ANY && !looksLikeJson(text))) {
                return value;
            }
            try {
                value = Json.mapper().readTree(withoutFence(text));
            } catch (JsonProcessingException malformed) {
                if (type == DataType.Simple.ANY) {
                    return value;
                }
                throw new StepFailure(
                        FailureKind.INVALID_OUTPUT, true, "The answer is not JSON", tokens, cost, malformed);
            }
            List<String> problems = value == null ? List.of("is empty") : type.problems(value);
            if (value == null || !problems.isEmpty()) {
                throw new StepFailure(
                        FailureKind.INVALID_OUTPUT,
                        true,
                        "The answer does not fit: " + problems.getFirst(),
                        tokens,
                        cost,
                        new IllegalArgumentException(problems.toString()));
            }
            return value;
        }

        @Override
        public Buffer whole(ChatAnswer complete, Settled settledNow) {
            return Buffer.buffer();
        }

        @Override
        public Buffer error(GantryException error, String requestId) {
            refusal = error;
            return Buffer.buffer();
        }

        @Override
        public Buffer brokenStream(GantryException error, String requestId) {
            refusal = error;
            return Buffer.buffer();
        }

        @Override
        public StreamWriter stream(Prompt prompt) {
            throw new IllegalStateException("A step takes its answer whole");
        }
    }

    private static boolean looksLikeJson(String text) {
        String start = withoutFence(text);
        return start.startsWith("{") || start.startsWith("[");
    }

    /** Models like to put JSON between fences of Markdown. */
    static String withoutFence(String text) {
        String trimmed = text.strip();
        if (!trimmed.startsWith("```") || !trimmed.endsWith("```") || trimmed.indexOf('\n') < 0) {
            return trimmed;
        }
        return trimmed.substring(trimmed.indexOf('\n') + 1, trimmed.length() - 3)
                .strip();
    }
}
