package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Workflows whose steps are agents and tools, from outside: models are simulated, everything else is real. The MCP server is
 * the project's own example, over standard input and output.
 */
class ToolStepsTest {
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");
    private static final AtomicInteger NAMES = new AtomicInteger();
    private static final List<String> KEYS = new CopyOnWriteArrayList<>();
    private static final Map<String, AtomicInteger> CALLS = new ConcurrentHashMap<>();

    private static HttpServer peer;
    private static World world;
    private static Client client;

    @BeforeAll
    static void open() throws Exception {
        assumeTrue(NodePackages.isNodePresent(), "Node is not installed");
        Path packages = NodePackages.install("mcp-node");
        peer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        peer.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            int number = CALLS.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
            KEYS.add(path + " " + exchange.getRequestHeaders().getFirst("Idempotency-Key"));
            byte[] body = (path.equals("/secret")
                            ? "{\"sent\": \"" + exchange.getRequestHeaders().getFirst("Authorization") + "\"}"
                            : "{\"path\": \"" + path + "\", \"number\": " + number + "}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            boolean fails = path.equals("/flaky") && number == 1;
            exchange.sendResponseHeaders(fails ? 503 : 200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        peer.start();
        world = World.open(configuration(packages, peer.getAddress().getPort()));
        client = world.client();
    }

    private static String configuration(Path packages, int port) {
        return """
                tools:
                  http:
                    allowed_hosts: ['127.0.0.1:%1$d', 'localhost:%1$d']
                    private_hosts: ['127.0.0.1:%1$d']
                  secrets:
                    peer: {value: '${TESTING_OPENAI_KEY}', prefix: 'Bearer ', hosts: ['127.0.0.1:%1$d']}
                    elsewhere: {value: '${TESTING_OPENAI_KEY}', hosts: [api.example.com]}
                  mcp:
                    everything:
                      command: [node, '%2$s/node_modules/@modelcontextprotocol/server-everything/dist/index.js', stdio]
                      environment: {MARK: visible}
                      tools: [echo, get-sum, get-env, get-structured-content]
                  commands:
                    say:
                      argv: [/bin/echo, '--', '{words}']
                      parameters: {words: '[a-z ;$()]{1,40}'}
                    surroundings: {argv: [/usr/bin/env], environment: {ONLY: this}}
                """.formatted(port, packages);
    }

    @BeforeEach
    void forget() {
        world.simulator().reset();
    }

    @AfterAll
    static void close() throws IOException {
        if (world != null) {
            world.close();
            peer.stop(0);
        }
    }

    private static String address(String path) {
        return "http://127.0.0.1:" + peer.getAddress().getPort() + path;
    }

    private static String publish(String steps, String outputs) {
        return publish("", steps, outputs);
    }

    private static String publish(String head, String steps, String outputs) {
        String name = "shared/tool-steps-" + NAMES.incrementAndGet();
        Client.Answer stored = client.send(client.request("/api/v1/workflows/" + name)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(Json.object()
                        .put("content", content(head, steps, outputs))
                        .toString()))
                .build());
        assertThat(stored.status()).as(stored.body()).isEqualTo(201);
        return name;
    }

    private static String content(String head, String steps, String outputs) {
        return "name: Tools\n" + head + "inputs: {x: {type: string, default: nothing}}\noutputs:\n" + outputs.indent(2)
                + "steps:\n" + steps.indent(2);
    }

    private static Client.Answer start(String name, String x) {
        ObjectNode request = Json.object();
        request.putObject("inputs").put("x", x);
        return client.post("/api/v1/workflows/" + name + "/runs", request.toString());
    }

    private static JsonNode run(String name, String x) {
        Client.Answer started = start(name, x);
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        String path = "/api/v1/runs/" + started.json().path("id").asText() + "?outputs=true";
        Eventually.holds(
                "the run has ended",
                () -> ENDED.contains(client.get(path).json().path("state").asText()));
        return client.get(path).json();
    }

    private static JsonNode succeeded(String name, String x) {
        JsonNode run = run(name, x);
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("succeeded");
        return run.path("outputs");
    }

    private static String lastAsked() {
        return world.simulator().lastRequest().json().toString();
    }

    @Test
    void shouldLetAnAgentCallToolsOfARealServerUntilItAnswers() {
        String name = publish("""
                - id: work
                  type: agent
                  params:
                    system: You add numbers.
                    model: openai-echo
                    tools: [everything/*]
                    prompt: "${inputs.x}"
                    output: {sum: integer}
                """, "sum: ${steps.work.output.sum}");
        world.simulator()
                .next(
                        Scenario.toolCall("everything__get-sum", "{\"a\": 19, \"b\": 23}"),
                        Scenario.text("I think 42"),
                        Scenario.text("{\"sum\": 42}"));

        JsonNode outputs = succeeded(name, "19 and 23");

        assertThat(outputs.path("sum").asInt()).isEqualTo(42);
        assertThat(lastAsked()).contains("The sum of 19 and 23 is 42", "is not JSON", "everything__echo");
        assertThat(lastAsked()).doesNotContain("tiny-image");
    }

    @Test
    void shouldGiveAnAgentNoToolThatItsStepDoesNotName() {
        String name = publish("""
                - id: work
                  type: agent
                  params:
                    system: You work.
                    model: openai-echo
                    tools: [everything/echo, "http/get"]
                    prompt: "${inputs.x}"
                """, "said: ${steps.work.output}");
        world.simulator()
                .next(
                        Scenario.toolCall("shell__say", "{\"words\": \"hello\"}"),
                        Scenario.toolCall("http__get", "{\"url\": \"http://169.254.169.254/latest/meta-data\"}"),
                        Scenario.text("given up"));

        assertThat(succeeded(name, "go").path("said").asText()).isEqualTo("given up");
        assertThat(lastAsked()).contains("There is no tool 'shell__say'", "does not allow calls to '169.254.169.254'");
    }

    @Test
    void shouldEndAnAgentThatGoesOnAndOn() {
        String name = publish("""
                - id: work
                  type: agent
                  params:
                    system: You work.
                    model: openai-echo
                    tools: [everything/echo]
                    max_turns: 2
                    prompt: "${inputs.x}"
                """, "said: ${steps.work.output}");
        world.simulator()
                .next(
                        Scenario.toolCall("everything__echo", "{\"message\": \"one\"}"),
                        Scenario.toolCall("everything__echo", "{\"message\": \"two\"}"));

        JsonNode run = run(name, "go");

        assertThat(run.path("state").asText()).isEqualTo("failed");
        assertThat(run.path("error").asText()).contains("no answer after 2 turns");
        assertThat(lastAsked()).contains("\"tool_choice\":\"none\"");
    }

    @Test
    void shouldBoundAnAgentByItsTokens() {
        String name = publish("""
                - id: work
                  type: agent
                  params:
                    system: You work.
                    model: openai-echo
                    tools: [everything/echo]
                    max_tokens: 200
                    prompt: "${inputs.x}"
                """, "said: ${steps.work.output}");

        JsonNode run = run(name, "go");

        assertThat(run.path("error").asText()).contains("max_tokens leaves 200");
        assertThat(run.path("tokens").path("used").asLong()).isZero();
    }

    @Test
    void shouldCallAToolAndHandItsStructuredAnswerOn() {
        String name = publish(
                """
                - id: weather
                  type: tool
                  params: {tool: everything/get-structured-content, arguments: {location: Chicago}, output: {temperature: number, conditions: string}}
                - id: echo
                  type: tool
                  params: {tool: everything/echo, arguments: {message: "${steps.weather.output.conditions}"}, output: string}
                - id: surroundings
                  type: tool
                  params: {tool: everything/get-env}
                """,
                "temperature: ${steps.weather.output.temperature}\nsaid: ${steps.echo.output}\n"
                        + "environment: ${steps.surroundings.output}");

        JsonNode outputs = succeeded(name, "");

        assertThat(outputs.path("temperature").isNumber()).isTrue();
        assertThat(outputs.path("said").asText()).startsWith("Echo: ");
        assertThat(outputs.path("environment").toString())
                .contains("MARK", "visible")
                .doesNotContain("sk-testing", "HOME");
    }

    @Test
    void shouldCallAnAddressAgainWithTheSameKeyAndItsSecret() {
        String name = publish("""
                - id: flaky
                  type: tool
                  params: {url: "%s", method: POST, body: {x: "${inputs.x}"}}
                  retry: {attempts: 3, delay: 10ms}
                - id: secret
                  type: tool
                  params: {url: "%s", secret_headers: {Authorization: peer}}
                """.formatted(address("/flaky"), address("/secret")), """
                number: ${steps.flaky.output.body.number}
                status: ${steps.flaky.output.status}
                sent: ${steps.secret.output.body.sent}
                """);

        JsonNode run = run(name, "text");

        assertThat(run.path("outputs").path("number").asInt())
                .as(run.toString())
                .isEqualTo(2);
        assertThat(run.path("outputs").path("sent").asText()).isEqualTo("Bearer ******");
        assertThat(run.toString()).doesNotContain("sk-testing");
        assertThat(KEYS.stream().filter(key -> key.startsWith("/flaky")).distinct())
                .hasSize(1);
        assertThat(KEYS).contains("/flaky " + run.path("id").asText() + "/flaky");
    }

    @Test
    void shouldReachNoAddressThatIsPrivateOnlyByItsName() {
        String name = publish("""
                - id: call
                  type: tool
                  params: {url: "http://${inputs.x}/private"}
                """, "status: ${steps.call.output.status}");

        String error = run(name, "localhost:" + peer.getAddress().getPort())
                .path("error")
                .asText();

        assertThat(error).contains("'localhost' has an address that is not public");
        assertThat(CALLS).doesNotContainKey("/private");
        assertThat(run(name, "evil.example.com").path("error").asText()).contains("tools.http.allowed_hosts");
    }

    @Test
    void shouldRunACommandThatTheOperatorNamedAndNoShell() {
        String name =
                publish("""
                - id: say
                  type: shell
                  params: {command: say, arguments: {words: "${inputs.x}"}}
                - id: surroundings
                  type: shell
                  params: {command: surroundings}
                """, "said: ${steps.say.output.stdout}\nenvironment: ${steps.surroundings.output.stdout}");

        JsonNode outputs = succeeded(name, "a ; $(id)");

        assertThat(outputs.path("said").asText()).isEqualTo("-- a ; $(id)\n");
        assertThat(outputs.path("environment").asText().lines())
                .allMatch(line -> line.matches("(ONLY|PWD|SHLVL|_)=.*"));
        assertThat(run(name, "UPPER & CASE").path("error").asText())
                .contains("'words' is not what the command 'say' takes");
    }

    @Test
    void shouldTakeAResultThatIsStillGoodAndSayWhose() {
        String name = publish("""
                - id: call
                  type: tool
                  params: {url: "%s", method: POST, body: {x: "${inputs.x}"}}
                  cache: {ttl: 5m}
                """.formatted(address("/cached")), "number: ${steps.call.output.body.number}");

        JsonNode first = run(name, "same");
        JsonNode second = run(name, "same");
        JsonNode third = run(name, "other");

        assertThat(second.path("outputs").path("number").asInt()).isEqualTo(1);
        assertThat(second.path("steps").get(0).path("cached_from").asText())
                .isEqualTo(first.path("id").asText());
        assertThat(third.path("outputs").path("number").asInt()).isEqualTo(2);
    }

    @Test
    void shouldRefuseToStartWhatTheOperatorDoesNotAllow() {
        for (Map.Entry<String, String> refused : Map.of(
                        "{tool: nowhere/echo}",
                        "no MCP server 'nowhere'",
                        "{tool: everything/get-tiny-image}",
                        "does not allow the tool 'get-tiny-image'",
                        "{url: \"https://api.example.com/x\"}",
                        "does not allow calls to 'api.example.com'",
                        "{url: \"%s\", secret_headers: {A: unknown}}".formatted(address("/")),
                        "no secret 'unknown'")
                .entrySet()) {
            String steps = "- id: call\n  type: tool\n  params: " + refused.getKey() + "\n";
            Client.Answer started = start(publish(steps, "x: ${inputs.x}"), "x");
            assertThat(started.status()).as(started.body()).isEqualTo(400);
            assertThat(started.body()).contains("Step 'call' (line 6)", refused.getValue());
            JsonNode report = client.post(
                            "/api/v1/workflow-validations",
                            Json.object()
                                    .put("content", content("", steps, "x: ${inputs.x}"))
                                    .toString())
                    .json();
            assertThat(report.path("findings").get(0).path("rule").asText()).isEqualTo("not_allowed");
            assertThat(report.path("findings").get(0).path("line").asInt()).isEqualTo(6);
        }
        Client.Answer command = start(
                publish("- id: call\n  type: shell\n  params: {command: rm, arguments: {}}\n", "x: ${inputs.x}"), "x");
        assertThat(command.body()).contains("no command 'rm'");
    }

    @Test
    void shouldDoNothingThatTheWorkflowsPermissionsLeaveOut() {
        String name = publish("permissions: ['tools:execute:everything/*']\n", """
                - id: echo
                  type: tool
                  params: {tool: everything/echo, arguments: {message: hi}, output: string}
                """, "said: ${steps.echo.output}");
        assertThat(succeeded(name, "x").path("said").asText()).isEqualTo("Echo: hi");
    }
}
