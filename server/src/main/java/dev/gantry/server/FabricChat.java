package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
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
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Registry;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Fabric's {@code POST /chat}: each prompt goes through the gate as a request of its own, and their answers follow each
 * other in one stream.
 */
final class FabricChat implements InboundHandler {
    static final String PATH = FabricApi.PATH + "chat";

    private static final int PROMPTS_MAX = 20;

    private final Gateway gateway;
    private final Router router;
    private final Registry registry;
    private final Clock clock;

    FabricChat(Gateway gateway, Router router, Registry registry, Clock clock) {
        this.gateway = gateway;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
    }

    /** Reads the prompts once somebody is known who may be told what is wrong with them: the first one's reading does it. */
    @Override
    public void serve(Inbound inbound) {
        int prompts = 1;
        for (int index = 0; index < prompts; index++) {
            prompts = count(inbound);
            FabricExchange exchange = new FabricExchange(inbound.exchange(), index == prompts - 1);
            gateway.serve(new PromptAsk(inbound, index, exchange));
            if (exchange.wasRefused() || inbound.exchange().isGone()) {
                return;
            }
        }
    }

    private static int count(Inbound inbound) {
        if (inbound.bodyFailure() != null) {
            return 1;
        }
        try {
            int size = Json.readObject(inbound.body()).path("prompts").size();
            return size < 1 || size > PROMPTS_MAX ? 1 : size;
        } catch (dev.gantry.kernel.GantryException malformed) {
            return 1;
        }
    }

    /** One prompt. Used by one thread. */
    private final class PromptAsk implements Ask {
        private final Inbound inbound;
        private final int index;
        private final Exchange exchange;
        private final ReplyFormat format = new FabricFormat();
        private @Nullable AssembledPrompt assembled;
        private String input = "";

        PromptAsk(Inbound inbound, int index, Exchange exchange) {
            this.inbound = inbound;
            this.index = index;
            this.exchange = exchange;
        }

        @Override
        public Origin origin() {
            Origin origin = inbound.origin(PATH, clock);
            String key = origin.idempotencyKey();
            return key == null ? origin : origin.withIdempotencyKey(key + "/" + index);
        }

        @Override
        public Credentials credentials() {
            return inbound.credentials();
        }

        @Override
        public Prompt prepare(Caller caller) {
            JsonFields chat = JsonFields.of(Json.readObject(inbound.requireJsonBody()));
            chat.refuseUnstorable();
            List<JsonFields> prompts = chat.objects("prompts");
            if (prompts.isEmpty() || prompts.size() > PROMPTS_MAX) {
                throw chat.invalid("prompts", "must hold 1 to " + PROMPTS_MAX + " prompts");
            }
            JsonFields prompt = prompts.get(index);
            input = text(prompt, "userInput");
            String model = blankAsNull(prompt.text("model"));
            String pattern = blankAsNull(prompt.text("patternName"));
            return pattern == null ? bare(chat, prompt, model) : assemble(caller, chat, prompt, pattern, model);
        }

        private Prompt assemble(
                Caller caller, JsonFields chat, JsonFields prompt, String pattern, @Nullable String model) {
            AssembledPrompt ready = registry.assembler()
                    .assemble(
                            caller,
                            new ExecutionRequest(
                                    pattern,
                                    input,
                                    model,
                                    variables(prompt),
                                    true,
                                    blankAsNull(prompt.text("contextName")),
                                    blankAsNull(prompt.text("strategyName")),
                                    blankAsNull(prompt.text("sessionName")),
                                    false,
                                    language(chat),
                                    chat.decimal("temperature", 0, 2),
                                    topP(chat),
                                    null,
                                    null));
            assembled = ready;
            AssetName name = ready.pattern().name();
            return new Prompt.Composed(
                    ready.chat()
                            .withModel(ready.model() == null ? router.defaultModel() : ready.model())
                            .withStream(true),
                    new Prompt.Subject(
                            "pattern.execute",
                            name.toString(),
                            ready.pattern().version(),
                            List.of(Permission.of("patterns", "execute", name.namespace(), name.path())),
                            model != null),
                    ready.warnings());
        }

        private Prompt bare(JsonFields chat, JsonFields prompt, @Nullable String model) {
            for (String field : List.of("contextName", "strategyName", "sessionName")) {
                if (blankAsNull(prompt.text(field)) != null) {
                    throw prompt.invalid(field, "needs a patternName");
                }
            }
            ChatRequest request = ChatRequest.of(
                    model == null ? router.defaultModel() : model, List.of(Message.text(Role.USER, input)));
            return new Prompt.Composed(
                    new ChatRequest(
                            request.model(),
                            request.messages(),
                            true,
                            null,
                            chat.decimal("temperature", 0, 2),
                            topP(chat),
                            request.stop(),
                            null,
                            request.tools(),
                            request.toolChoice(),
                            null,
                            request.outputFormat(),
                            null,
                            null),
                    new Prompt.Subject("model.chat", null, null, List.of(), true),
                    List.of());
        }

        @Override
        public ReplyFormat format() {
            return format;
        }

        @Override
        public Exchange exchange() {
            return exchange;
        }

        @Override
        public void answered(Settled settled, @Nullable ChatAnswer answer, Guarded guarded) {
            AssembledPrompt ready = assembled;
            if (ready != null && ready.session() != null && answer != null) {
                registry.sessions()
                        .append(
                                settled.caller(),
                                ready.session(),
                                guarded.stored(input),
                                guarded.stored(answer.text()));
            }
        }
    }

    private static String text(JsonFields prompt, String field) {
        String text = prompt.text(field);
        return text == null ? "" : text;
    }

    /** Fabric's clients send empty texts for what they leave out. */
    private static @Nullable String blankAsNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }

    /** They send English where nobody chose a language, for which Fabric adds no instruction. */
    private static @Nullable String language(JsonFields chat) {
        String language = blankAsNull(chat.text("language"));
        return language == null || language.equals("en") ? null : language;
    }

    /** Zero stands for "not set" there. */
    private static @Nullable Double topP(JsonFields chat) {
        Double value = chat.decimal("topP", 0, 1);
        return value == null || value == 0 ? null : value;
    }

    static Map<String, String> variables(JsonFields fields) {
        Map<String, String> variables = new HashMap<>();
        JsonFields object = fields.object("variables");
        if (object != null) {
            for (Map.Entry<String, JsonNode> variable : object.node().properties()) {
                if (!variable.getValue().isTextual()) {
                    throw object.invalid(variable.getKey(), "must be a string");
                }
                // Fabric's command line hands variables on with the hash sign that they are written with.
                String name = variable.getKey();
                variables.put(
                        name.startsWith("#") ? name.substring(1) : name,
                        variable.getValue().textValue());
            }
        }
        return variables;
    }
}
