package dev.gantry.gateway;

import dev.gantry.config.ConfigLoader;
import dev.gantry.config.ConfigSchema;
import dev.gantry.identity.AccessRights;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Credentials;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.identity.PrincipalKind;
import dev.gantry.kernel.Ids;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.ModelsSettings;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatRequest;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.provider.ClientSchema;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Routing over scripted providers {@code one}, {@code two} and {@code three}, configured by YAML. */
final class TestingRoutes {
    static final UUID ORGANIZATION = UUID.fromString("00000000-0000-7000-8000-000000000001");

    private static final ConfigSchema SCHEMA = ConfigSchema.builder()
            .section("routing", RoutingSettings.class, "routing")
            .section("gateway", GatewaySettings.class, "gateway")
            .topLevel(ModelsSettings.class)
            .build();

    private static final String MODELS = """
            models:
              alpha: {provider: one, prices: {input: 1, output: 2}, fallbacks: [beta, gamma], tier: simple}
              beta: {provider: two, prices: {input: 10, output: 20}, tier: standard}
              gamma: {provider: three, prices: {input: 100, output: 200}, tier: complex}
              lonely: {provider: one, prices: {input: 1, output: 2}, tier: simple}
            """;

    final TestingProvider one = new TestingProvider("one");
    final TestingProvider two = new TestingProvider("two");
    final TestingProvider three = new TestingProvider("three");
    final AtomicLong now = new AtomicLong(1);
    final List<String> changes = new ArrayList<>();
    final Circuits circuits;
    final Router router;
    final Failover failover;
    Wishes wishes = Wishes.NONE;

    @Nullable
    String idempotencyKey;

    @Nullable
    UUID executionId;

    Caller caller = caller(List.of(), "*");
    Hold hold = Hold.NONE;
    TestingExchange exchange = new TestingExchange();

    TestingRoutes(String yaml, Map<String, String> regions) {
        var configuration = ConfigLoader.loadText("gantry.yaml", MODELS + yaml, SCHEMA);
        RoutingSettings routing = configuration.get("routing", RoutingSettings.class);
        ModelsSettings models = configuration.get(ModelsSettings.class);
        ModelCatalog catalog = ModelCatalog.of(models);
        circuits = new Circuits(routing.circuit(), now::get);
        circuits.listen((provider, model, state) -> changes.add(model + " " + state));
        Map<String, ChatProvider> providers = new HashMap<>();
        Stream.of(one, two, three).forEach(provider -> providers.put(provider.name(), provider));
        router = new Router(
                () -> catalog,
                providers,
                ModelPlaces.ofProviders(regions),
                model -> true,
                configuration.get("gateway", GatewaySettings.class),
                routing,
                models.modelSelection(),
                circuits);
        failover = new Failover(router, routing);
    }

    static TestingRoutes of(String yaml) {
        return new TestingRoutes(yaml, Map.of());
    }

    static Caller caller(List<String> teams, String... permissions) {
        return new Caller(
                ORGANIZATION,
                Ids.next(),
                "ada@example.com",
                PrincipalKind.USER,
                null,
                teams,
                teams.isEmpty() ? null : teams.getFirst(),
                null,
                AccessRights.of(
                        Stream.of(permissions).map(PermissionPattern::parse).toList()));
    }

    Prompt prompt(String model, boolean stream) {
        ChatRequest request = ChatRequest.of(model, List.of(Message.text(Role.USER, "How are you?")))
                .withStream(stream);
        return new Prompt.Composed(request, Prompt.Subject.of(ClientSchema.OPENAI_CHAT), List.of());
    }

    Plan plan(String model) {
        return plan(prompt(model, false));
    }

    Plan plan(Prompt prompt) {
        return router.plan(new TestingAsk(prompt), caller, prompt);
    }

    Answered ask(String model) {
        return ask(prompt(model, false));
    }

    Answered ask(Prompt prompt) {
        return failover.execute(guarded(prompt));
    }

    /** Returns a request of the present caller, over a new connection, that has passed the guard. */
    Guarded guarded(Prompt prompt) {
        exchange = new TestingExchange();
        TestingAsk ask = new TestingAsk(prompt);
        Plan plan = router.plan(ask, caller, prompt);
        return TestingGuard.passed(new Admitted(ask, caller, prompt, plan, hold));
    }

    /** Returns the models that were tried and how that ended. */
    static List<String> tried(Answered answered) {
        return answered.attempts().stream()
                .map(attempt -> attempt.model().name() + " " + attempt.outcome())
                .toList();
    }

    /** Returns the text of an answer that is complete. */
    static String text(Answered answered) {
        if (answered.failure() != null || answered.answer() == null) {
            throw new AssertionError("No answer", answered.failure());
        }
        return answered.answer().text();
    }

    static Set<String> names(Plan plan) {
        return Set.copyOf(plan.candidates().stream().map(model -> model.name()).toList());
    }

    private final class TestingAsk implements Ask {
        private final Prompt prompt;
        private final TestingExchange connection = exchange;
        private final Origin origin = new Origin(
                "/v1/chat/completions",
                "127.0.0.1",
                "request-1",
                "0".repeat(32),
                null,
                null,
                idempotencyKey,
                wishes,
                Instant.EPOCH,
                System.nanoTime());

        TestingAsk(Prompt prompt) {
            this.prompt = prompt;
        }

        @Override
        public Origin origin() {
            return origin;
        }

        @Override
        public @Nullable UUID executionId() {
            return executionId;
        }

        @Override
        public Credentials credentials() {
            return new Credentials(null, "127.0.0.1");
        }

        @Override
        public Prompt prepare(Caller known) {
            return prompt;
        }

        @Override
        public ReplyFormat format() {
            return new OpenAiChatFormat(Clock.systemUTC());
        }

        @Override
        public Exchange exchange() {
            return connection;
        }
    }
}
