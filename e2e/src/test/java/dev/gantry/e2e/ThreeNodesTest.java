package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.Simulator;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.ExternalPostgres;
import dev.gantry.testing.TestingRedis;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Three servers over one database of the oldest supported PostgreSQL and one Redis, asked all at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class ThreeNodesTest {
    private static final int NODES = 3;
    private static final int CALLERS = 12;
    private static final String CHAT =
            "{\"model\":\"openai-echo\",\"max_tokens\":5,\"messages\":[{\"role\":\"user\",\"content\":\"one two three\"}]}";

    /** What an answer to the request above costs. */
    private static final long ANSWER_MICRO_USD = 52;

    private static final int LIMIT = 300;

    private final List<GantryProcess> nodes = new ArrayList<>();
    private Simulator simulator;
    private ExternalPostgres postgres;
    private TestingRedis redis;
    private Client administrator;

    @BeforeAll
    void open(@TempDir Path folder) throws IOException, InterruptedException {
        simulator = Simulator.start();
        postgres = ExternalPostgres.start();
        redis = TestingRedis.start(Files.createDirectories(folder.resolve("redis")));
        postgres.execute(
                "postgres",
                "CREATE ROLE platform LOGIN CREATEROLE PASSWORD 'secret'",
                "CREATE DATABASE platform OWNER platform");
        Path config = folder.resolve("config");
        TestingConfiguration.write(config, simulator);
        Files.writeString(config.resolve("shared.yaml"), """
                redis: {url: '${REDIS_URL}'}
                rate_limiting:
                  tiers: {counted: %d/minute}
                  tier_of:
                    users: {counted: counted, e2e-free: free}
                """.formatted(LIMIT));
        Files.writeString(
                config.resolve("gantry.yaml"),
                Files.readString(config.resolve("gantry.yaml")).replaceFirst("(?m)^rate_limiting:\n(  .*\n)+", ""));
        Map<String, String> environment = new LinkedHashMap<>(TestingConfiguration.ENVIRONMENT);
        environment.put("DATABASE_URL", postgres.url("platform", "platform", "secret"));
        environment.put("REDIS_URL", redis.url());
        for (int number = 1; number <= NODES; number++) {
            Path data = Files.createDirectories(folder.resolve("node-" + number));
            if (number > 1) {
                Files.createDirectories(data.resolve("audit"));
                for (String file : List.of("master.key", "audit/signing.key")) {
                    Files.copy(folder.resolve("node-1").resolve(file), data.resolve(file));
                }
            }
            nodes.add(GantryProcess.start(data, config, environment));
        }
        administrator = nodes.getFirst().client();
    }

    @AfterAll
    void close() {
        nodes.forEach(GantryProcess::close);
        redis.close();
        postgres.close();
        simulator.close();
    }

    private Client of(int node, String key) {
        return new Client(nodes.get(node).url(), key);
    }

    /** Makes a service account and returns its key. */
    private JsonNode account(String name) {
        created(administrator.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(administrator.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", "developer").put("user", name))));
        return created(administrator.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", name))));
    }

    private static JsonNode created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    /** Asks all nodes in parallel, so many times in all, and returns how often each status came. */
    private Map<Integer, Integer> ask(String key, int requests) throws InterruptedException {
        ConcurrentLinkedQueue<Integer> statuses = new ConcurrentLinkedQueue<>();
        AtomicInteger turn = new AtomicInteger();
        List<Thread> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            callers.add(Thread.ofVirtual().start(() -> {
                for (int number = turn.getAndIncrement(); number < requests; number = turn.getAndIncrement()) {
                    Client client = of(number % NODES, key);
                    Answer answer = client.post("/v1/chat/completions", CHAT);
                    while (answer.status() == 503
                            && answer.header("x-should-retry").equals("true")) {
                        answer = client.post("/v1/chat/completions", CHAT); // As every SDK does.
                    }
                    statuses.add(answer.status());
                }
            }));
        }
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(statuses).hasSize(requests);
        Map<Integer, Integer> counts = new LinkedHashMap<>();
        statuses.forEach(status -> counts.merge(status, 1, Integer::sum));
        return counts;
    }

    @Test
    void shouldHoldALimitOverAllNodesToTheHundredth() throws InterruptedException {
        String key = account("counted").path("key").asText();
        for (int node = 0; node < NODES; node++) {
            Client client = of(node, key);
            Eventually.holds(
                    "the node knows the key", () -> client.get("/v1/models").status() == 200);
        }

        Map<Integer, Integer> counts = ask(key, LIMIT + 150);

        assertThat(counts).containsOnlyKeys(200, 429);
        // Each node answered one request at least before.
        assertThat(counts.getOrDefault(200, 0) + NODES).isCloseTo(LIMIT, within(LIMIT / 100));
    }

    @Test
    void shouldNotLetThreeNodesSpendMoreThanABudget() throws Exception {
        String name = "e2e-thrifty";
        String key = account(name).path("key").asText();
        int affordable = 20;
        CommandRun set = CommandRun.of(
                nodes.getFirst(),
                "budget",
                "set",
                "--user",
                name,
                "--daily",
                "--usd",
                "%.6f".formatted(affordable * ANSWER_MICRO_USD / 1e6));
        assertThat(set.exitCode()).as(set.err()).isZero();

        Map<Integer, Integer> counts = ask(key, 60);

        assertThat(counts).containsOnlyKeys(200, 402);
        assertThat(counts.getOrDefault(200, 0)).isPositive().isLessThanOrEqualTo(affordable);
        assertThat(administrator
                        .usage("principal=" + name)
                        .path("cost")
                        .path("micro_usd")
                        .longValue())
                .isEqualTo(counts.getOrDefault(200, 0) * ANSWER_MICRO_USD);
    }

    @Test
    void shouldRevokeAKeyOnEveryNode() {
        JsonNode made = account("e2e-leaving");
        String key = made.path("key").asText();
        for (int node = 0; node < NODES; node++) {
            Client client = of(node, key);
            Eventually.holds(
                    "the node knows the key", () -> client.get("/v1/models").status() == 200);
        }

        assertThat(administrator
                        .delete("/api/v1/keys/" + made.path("id").asText())
                        .status())
                .isEqualTo(200);

        for (int node = 0; node < NODES; node++) {
            Client client = of(node, key);
            Eventually.within(
                    Duration.ofSeconds(5),
                    "the node refuses the key",
                    () -> client.get("/v1/models").status() == 401);
        }
    }
}
