package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.Fault;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.provider.testing.Simulator;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two providers behind one server: what a client sees when the first of them fails. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RoutingTest {
    private static final Map<String, String> FAULTS = Map.of(
            "failing", "fault=status,status=500",
            "busy", "fault=status,status=503",
            "limited", "fault=status,status=429",
            "closing", "fault=close",
            "rubbish", "fault=rubbish",
            "html", "fault=html",
            "stalling", "chunks=10,fault=stall,after=0",
            "dying", "chunks=10,pace=2ms,fault=die,after=3",
            "breaking", "fault=status,status=500",
            "flapping", "");

    private final Simulator first = Simulator.start();
    private final Simulator second = Simulator.start();
    private Path directory;
    private GantryProcess server;
    private Client client;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException, InterruptedException {
        directory = temporary;
        Simulator closed = Simulator.start();
        int nobody = closed.port();
        closed.close();
        FAULTS.forEach((name, fault) -> first.model(name, Scenario.parse(fault)));
        StringBuilder yaml = new StringBuilder("""
                providers:
                  first: {type: openai, base_url: "http://127.0.0.1:%d/v1", idle_timeout: 500ms, region: us}
                  second: {type: openai, base_url: "http://127.0.0.1:%d/v1", region: eu-west-1,
                           api_key: "${KEY_ONE}", api_key_secondary: "${KEY_TWO}"}
                  gone: {type: openai, base_url: "http://127.0.0.1:%d/v1"}
                routing:
                  circuit: {open_for: 300ms}
                  retry: {backoff: 1ms, backoff_max: 5ms}
                model_selection: {quick_work: backup}
                model_groups:
                  either: {members: [{model: flapping}, {model: backup}]}
                models:
                  backup: {provider: second, prices: {input: 1, output: 1}}
                  refused: {provider: gone, prices: {input: 1, output: 1}, fallbacks: [backup]}
                """.formatted(first.port(), second.port(), nobody));
        FAULTS.keySet()
                .forEach(name -> yaml.append("  ")
                        .append(name)
                        .append(": {provider: first, prices: {input: 1, output: 1}")
                        .append(name.equals("breaking") ? "}\n" : ", fallbacks: [backup]}\n"));
        Files.createDirectories(directory.resolve("config"));
        Files.writeString(directory.resolve("config/gantry.yaml"), yaml);
        server = GantryProcess.start(
                directory.resolve("data"),
                directory.resolve("config"),
                Map.of("KEY_ONE", "sk-testing-one", "KEY_TWO", "sk-testing-two"));
        client = server.client();
    }

    @AfterAll
    void stop() throws IOException {
        server.close();
        first.close();
        second.close();
    }

    private Answer chat(String model, String name, String value) {
        return client.send(client.request("/v1/chat/completions")
                .header("Content-Type", "application/json")
                .header(name, value)
                .POST(HttpRequest.BodyPublishers.ofString(Requests.chat(model, "hello", false)))
                .build());
    }

    @Test
    void shouldKeepAWorkflowWhereItsRequestMustStay() {
        put("/api/v1/patterns/shared/stay", "Say something.");
        put("/api/v1/workflows/shared/stays", """
                name: Stays
                steps:
                  - {id: say, type: pattern, params: {pattern: shared/stay, model: flapping, input: hello}}
                """);
        int before = first.requests().size();

        assertThat(run("nowhere!").status()).isEqualTo(400);
        Answer started = run("eu");
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        assertThat(started.json().path("region").asText()).isEqualTo("eu");

        String path = "/api/v1/runs/" + started.json().path("id").asText();
        Eventually.holds(
                "the run has ended",
                () -> Set.of("succeeded", "failed")
                        .contains(client.get(path).json().path("state").asText()));
        assertThat(client.get(path).json().path("state").asText())
                .as(client.get(path).body())
                .isEqualTo("succeeded");
        assertThat(first.requests()).hasSize(before);
    }

    private void put(String path, String content) {
        Answer stored = client.send(client.request(path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(
                        Json.object().put("content", content).toString()))
                .build());
        assertThat(stored.status()).as(stored.body()).isEqualTo(201);
    }

    private Answer run(String region) {
        return client.send(client.request("/api/v1/workflows/shared/stays/runs")
                .header("Content-Type", "application/json")
                .header("X-Gantry-Region", region)
                .POST(HttpRequest.BodyPublishers.ofString("{}"))
                .build());
    }

    @Test
    void shouldAnswerEveryPromptOfFabricByTheOtherProvider() {
        Answer chat = client.post("/compat/fabric/chat", """
                {"prompts": [{"userInput": "one", "patternName": "summarize", "model": "refused"},
                             {"userInput": "two", "patternName": "summarize", "model": "refused"}]}""");
        assertThat(chat.status()).as(chat.body()).isEqualTo(200);
        assertThat(chat.body()).doesNotContain("\"type\":\"error\"");
        assertThat(chat.body().split("\"type\":\"complete\"", -1)).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"failing", "busy", "limited", "closing", "rubbish", "html", "stalling", "refused"})
    void shouldAnswerByTheOtherProvider(String model) {
        Answer chat = chat(model, "X-Request-Id", "fallback-" + model);
        assertThat(chat.status()).as(chat.body()).isEqualTo(200);
        assertThat(chat.header("X-Gantry-Model")).isEqualTo("backup");
        assertThat(chat.header("X-Gantry-Provider")).isEqualTo("second");
        assertThat(chat.header("X-Gantry-Attempts")).isEqualTo("2");
        assertThat(chat.header("X-Gantry-Route-Reason")).isEqualTo("instead of " + model + ", which did not answer");

        if (!model.equals("stalling")) { // Its stream begins, and then the way back is closed.
            Answer stream = client.post("/v1/chat/completions", Requests.chat(model, "hello", true));
            assertThat(stream.status()).isEqualTo(200);
            assertThat(stream.header("X-Gantry-Model")).isEqualTo("backup");
            assertThat(stream.body()).contains("[DONE]");
        }

        Answer run = client.post(
                "/api/v1/execute", "{\"pattern\":\"summarize\",\"input\":\"hello\",\"model\":\"" + model + "\"}");
        assertThat(run.json().path("model").asText()).isEqualTo("backup");
        assertThat(run.json().path("metadata").path("attempts")).hasSize(2);
        assertThat(run.json()
                        .path("metadata")
                        .path("attempts")
                        .path(0)
                        .path("model")
                        .asText())
                .isEqualTo(model);

        List<JsonNode> events = client.auditEvents("request_id=fallback-" + model);
        assertThat(events).hasSize(1);
        JsonNode details = events.getFirst().path("details");
        assertThat(details.path("model").asText()).isEqualTo("backup");
        assertThat(details.path("attempt_1").asText()).startsWith(model + " at ");
        assertThat(details.path("attempt_2").asText()).startsWith("backup at second: success");
    }

    @Test
    void shouldNotFallBackAfterBytesWentOut() {
        Answer answer = client.post("/v1/chat/completions", Requests.chat("dying", "hello", true));
        assertThat(answer.header("X-Gantry-Model")).isEqualTo("dying");
        assertThat(answer.body()).contains("word0").contains("\"error\"").doesNotContain("[DONE]");
    }

    @Test
    void shouldLeaveAFailingModelAloneAndComeBack() {
        for (int call = 0; call < 5; call++) {
            assertThat(client.chat("breaking", "hello").status()).isEqualTo(502);
        }
        Answer refusal = client.chat("breaking", "hello");
        assertThat(refusal.status()).isEqualTo(502);
        assertThat(refusal.body()).contains("failures in a row");
        assertThat(refusal.header("Retry-After")).isEqualTo("1");
        first.model("breaking", Scenario.ECHO);
        Eventually.holds(
                "the model is asked again",
                () -> client.chat("breaking", "hello").status() == 200);
        assertThat(client.auditEvents("event_type=provider.circuit"))
                .filteredOn(event -> event.path("resource").asText().equals("models/breaking"))
                .extracting(event -> event.path("details").path("state").asText())
                .contains("open", "half_open", "closed");
        assertThat(client.get("/metrics").body())
                .contains("gantry_circuit_changes_total{provider=\"first\",state=\"open\"}");
    }

    @Test
    void shouldChooseAModelByTheTask() {
        Answer answer = chat("auto", "X-Gantry-Task", "quick_work");
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-Gantry-Model")).isEqualTo("backup");
        assertThat(answer.header("X-Gantry-Route-Reason")).isEqualTo("header: task quick_work is done by backup");
        assertThat(client.get("/v1/models").body()).contains("\"auto\"").contains("\"either\"");
    }

    @Test
    void shouldKeepARequestInItsRegion() {
        Answer moved = chat("failing", "X-Gantry-Region", "eu");
        assertThat(moved.status()).isEqualTo(200);
        assertThat(moved.header("X-Gantry-Model")).isEqualTo("backup");
        assertThat(moved.header("X-Gantry-Attempts"))
                .as("nothing was sent elsewhere")
                .isEmpty();
        Answer refused = chat("breaking", "X-Gantry-Region", "eu");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.body()).contains("region 'eu'").contains("X-Gantry-Region");
    }

    @Test
    void shouldEndWithTheCallersTime() {
        Answer late = chat("stalling", "X-Request-Timeout", "200ms");
        assertThat(late.status()).isEqualTo(504);
        assertThat(chat("backup", "X-Request-Timeout", "never").status()).isEqualTo(400);
    }

    @Test
    void shouldPutARefusedKeyAsideAndSaySo() {
        second.refuseKey("sk-testing-one");
        try {
            for (int call = 0; call < 4; call++) {
                assertThat(client.chat("backup", "hello").status()).isEqualTo(200);
            }
            assertThat(client.get("/ready").body())
                    .contains("key 1 of 2 was refused once")
                    .doesNotContain("sk-testing");
        } finally {
            second.acceptKey("sk-testing-one");
        }
    }

    @Test
    void shouldLoseNothingWhileAProviderFlaps() throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        Scenario broken = Scenario.ECHO.with(new Fault.Status(500, "server_error", "flap", Map.of()));
        Thread flapper = Thread.ofVirtual().start(() -> {
            for (boolean up = false; !done.get(); up = !up) {
                first.model("flapping", up ? Scenario.ECHO : broken);
                LockSupport.parkNanos(20_000_000);
            }
        });
        int clients = 16;
        int each = 10;
        List<Future<Integer>> outcomes = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int index = 0; index < clients; index++) {
                int number = index;
                outcomes.add(threads.submit(() -> {
                    int good = 0;
                    for (int call = 0; call < each; call++) {
                        String model = call % 2 == 0 ? "flapping" : "either";
                        Answer answer = chat(model, "X-Request-Id", "flap-" + number + "-" + call);
                        good += answer.status() == 200 ? 1 : 0;
                    }
                    return good;
                }));
            }
            int good = 0;
            for (Future<Integer> outcome : outcomes) {
                good += outcome.get();
            }
            assertThat(good).as("every request was answered").isEqualTo(clients * each);
        } finally {
            done.set(true);
            flapper.join();
        }
        List<String> recorded = client.auditEvents("event_type=model.chat").stream()
                .map(event -> event.path("request_id").asText())
                .filter(id -> id.startsWith("flap-"))
                .toList();
        ids.addAll(recorded);
        assertThat(recorded).as("one audit event each").hasSize(clients * each);
        assertThat(ids).hasSize(clients * each);
    }
}
