package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.provider.ChatRequest;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.PatternTests;
import dev.gantry.registry.Registry;
import dev.gantry.registry.TestCase;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** Tries versions of a pattern with its tests, through the gate like everybody's requests. Thread-safe. */
final class PatternTrials {
    /** What says nothing about the pattern, so that it must not count as a failed test. */
    private static final Set<ErrorCode> NO_RESULT = Set.of(
            ErrorCode.PERMISSION_DENIED,
            ErrorCode.RATE_LIMITED,
            ErrorCode.BUDGET_EXCEEDED,
            ErrorCode.REGION_NOT_ALLOWED);

    /** Requests of one trial at a time. */
    private static final int PARALLEL = 4;

    private static final int OUTPUT_CHARS_MAX = 4_000;

    private final Gateway gateway;
    private final Router router;
    private final Registry registry;
    private final TrialAssertions assertions;
    private final Clock clock;

    PatternTrials(Gateway gateway, Router router, Registry registry, LocalVectors vectors, Clock clock) {
        this.gateway = gateway;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
        this.assertions = new TrialAssertions(vectors, this::judge);
    }

    /** What came of one version with one model. */
    record Column(int version, String model, int passed, int failed, long costMicroUsd, ArrayNode results) {}

    /**
     * Tries a version.
     *
     * @param version its number
     * @param model null for the pattern's own, or else the default one
     * @param region where every model must be that is asked; null for anywhere
     * @throws GantryException if the pattern cannot be tried at all; what is wrong with a single test is in its result
     */
    Column run(Caller caller, PatternTests.Suite suite, int version, @Nullable String model, @Nullable String region) {
        List<TestCase> tests = suite.tests();
        List<Callable<ObjectNode>> work = new ArrayList<>();
        tests.forEach(test -> work.add(() -> one(caller, suite.pattern().name(), version, model, region, test)));
        ArrayNode results = Json.mapper().createArrayNode();
        int passed = 0;
        long cost = 0;
        String used = model == null ? router.defaultModel() : model;
        try (ExecutorService executor =
                Executors.newFixedThreadPool(PARALLEL, Thread.ofVirtual().factory())) {
            for (Future<ObjectNode> future : executor.invokeAll(work)) {
                ObjectNode result = future.get();
                results.add(result);
                passed += result.path("passed").asBoolean() ? 1 : 0;
                cost += result.path("cost_micro_usd").asLong();
                used = result.path("model").asText(used);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "The node is stopping", stopping);
        } catch (ExecutionException crashed) {
            if (crashed.getCause() instanceof GantryException refused) {
                throw refused;
            }
            throw new GantryException(ErrorCode.INTERNAL, "A test crashed", crashed);
        }
        return new Column(version, used, passed, tests.size() - passed, cost, results);
    }

    private ObjectNode one(
            Caller caller,
            AssetName name,
            int version,
            @Nullable String model,
            @Nullable String region,
            TestCase test) {
        ObjectNode result = Json.object().put("test", test.name());
        long from = System.nanoTime();
        try {
            TrialAsk ask = new TrialAsk(caller, region, clock.instant(), by -> prompt(by, name, version, model, test));
            gateway.serve(ask);
            TrialAsk.Outcome outcome = ask.outcome();
            long milliseconds = (System.nanoTime() - from) / 1_000_000;
            result.put("model", outcome.model())
                    .put("latency_ms", milliseconds)
                    .put("cost_micro_usd", outcome.costMicroUsd());
            boolean passed = assertions.check(
                    caller,
                    test,
                    new TrialAssertions.Answer(
                            name, version, region, outcome.text(), outcome.costMicroUsd(), milliseconds),
                    result.putArray("assertions"));
            return result.put("passed", passed).put("output", Text.storable(outcome.text(), OUTPUT_CHARS_MAX));
        } catch (GantryException refused) {
            if (NO_RESULT.contains(refused.code())) {
                throw refused;
            }
            return result.put("passed", false)
                    .put("latency_ms", (System.nanoTime() - from) / 1_000_000)
                    .put("code", refused.code().id())
                    .put("error", refused.getMessage());
        }
    }

    private Prompt prompt(Caller by, AssetName name, int version, @Nullable String model, TestCase test) {
        AssembledPrompt prompt = registry.assembler()
                .assembleTrial(
                        by,
                        new ExecutionRequest(
                                name + "@" + version,
                                test.input(),
                                model,
                                test.variables(),
                                false,
                                null,
                                null,
                                null,
                                false,
                                null,
                                null,
                                null,
                                null,
                                null));
        ChatRequest conversation = prompt.chat()
                .withModel(prompt.model() == null ? router.defaultModel() : prompt.model())
                .withStream(false);
        return new Prompt.Composed(conversation, subject(name, version, model != null), prompt.warnings());
    }

    private static Prompt.Subject subject(AssetName name, int version, boolean ownModel) {
        return new Prompt.Subject(
                "pattern.test",
                name.toString(),
                version,
                List.of(Permission.of("patterns", "execute", name.namespace(), name.path())),
                ownModel);
    }

    /** Asks a model for an opinion; it costs like every other request. */
    private String judge(
            Caller caller, TrialAssertions.Answer about, List<ChatRequest.Message> messages, @Nullable String model) {
        TrialAsk ask = new TrialAsk(
                caller,
                about.region(),
                clock.instant(),
                by -> new Prompt.Composed(
                        ChatRequest.of(model == null ? router.defaultModel() : model, messages),
                        subject(about.pattern(), about.version(), model != null),
                        List.of()));
        gateway.serve(ask);
        return ask.outcome().text();
    }
}
