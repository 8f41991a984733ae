package dev.gantry.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import dev.gantry.tools.ToolException.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** MCP servers that behave badly; those that behave well are real ones, in the tests of the whole product. */
class McpServerTest {
    private final List<JsonNode> told = new CopyOnWriteArrayList<>();
    private final List<String> sessions = new CopyOnWriteArrayList<>();
    private final AtomicInteger greeted = new AtomicInteger();

    @TempDir
    Path directory;

    private HttpServer peer;
    private Tools tools;

    @BeforeEach
    void open() throws IOException {
        peer = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50);
        peer.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        peer.createContext("/mcp", this::answer);
        peer.start();
        URI url = URI.create("http://127.0.0.1:" + peer.getAddress().getPort() + "/mcp");
        tools = Tools.open(
                TestingTools.settings(
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(
                                "peer", TestingTools.address(url, "*"),
                                "some", TestingTools.address(url, "one"),
                                "babbling", TestingTools.program("/usr/bin/yes"),
                                "flooding", TestingTools.program("/bin/sh", "-c", "head -c 1000000 /dev/zero"),
                                "echoing", TestingTools.program("/bin/cat"),
                                "dying", TestingTools.program("/bin/false"),
                                "absent", TestingTools.program("/nowhere/server")),
                        Map.of()),
                directory);
    }

    @AfterEach
    void close() {
        tools.close();
        peer.stop(0);
    }

    private void answer(HttpExchange exchange) throws IOException {
        JsonNode message = Json.read(exchange.getRequestBody().readAllBytes());
        told.add(message);
        String session = exchange.getRequestHeaders().getFirst("Mcp-Session-Id");
        assertThat(exchange.getRequestHeaders().getFirst("Authorization")).isEqualTo("Bearer token-of-the-server");
        String method = message.path("method").asText();
        switch (method) {
            case "initialize" -> {
                exchange.getResponseHeaders().set("Mcp-Session-Id", "session-" + greeted.incrementAndGet());
                json(exchange, message, "{\"protocolVersion\": \"2025-06-18\", \"capabilities\": {\"tools\": {}}}");
            }
            case "tools/list" -> {
                boolean more = message.path("params").has("cursor");
                json(
                        exchange,
                        message,
                        more
                                ? "{\"tools\": [{\"name\": \"two\", \"inputSchema\": {\"type\": \"object\"}}]}"
                                : "{\"tools\": [{\"name\": \"one\"}], \"nextCursor\": \"more\"}");
            }
            case "tools/call" -> called(exchange, message, String.valueOf(session));
            default -> {
                exchange.sendResponseHeaders(202, -1);
                exchange.close();
            }
        }
    }

    private void called(HttpExchange exchange, JsonNode message, String session) throws IOException {
        sessions.add(session);
        String tool = message.path("params").path("name").asText();
        switch (tool) {
            case "forgetful" -> {
                if (session.equals("session-1")) {
                    exchange.sendResponseHeaders(404, -1);
                    exchange.close();
                } else {
                    json(exchange, message, "{\"content\": [{\"type\": \"text\", \"text\": \"again\"}]}");
                }
            }
            case "asking" ->
                stream(
                        exchange,
                        "{\"jsonrpc\": \"2.0\", \"id\": 7, \"method\": \"sampling/createMessage\", \"params\": {}}",
                        "{\"jsonrpc\": \"2.0\", \"method\": \"notifications/progress\", \"params\": {}}",
                        result(
                                message,
                                "{\"content\": [{\"type\": \"text\", \"text\": \"done\"}, {\"type\": \"image\","
                                        + " \"mimeType\": \"image/png\", \"data\": \"AAAA\"}]}"));
            case "endless" -> {
                exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
                exchange.sendResponseHeaders(200, 0);
                try (exchange) {
                    while (true) {
                        exchange.getResponseBody()
                                .write(event("{\"jsonrpc\": \"2.0\", \"method\": \"notifications/progress\"}"));
                        exchange.getResponseBody().flush();
                    }
                }
            }
            case "silent" -> stream(exchange);
            case "failing" ->
                json(exchange, message, "{\"isError\": true, \"content\": [{\"type\": \"text\", \"text\": \"no\"}]}");
            case "structured" -> json(exchange, message, "{\"structuredContent\": {\"a\": 1}, \"content\": []}");
            default -> {
                ObjectNode reply = Json.object().put("jsonrpc", "2.0");
                reply.set("id", message.get("id"));
                reply.putObject("error").put("code", -32_602).put("message", "Unknown tool");
                send(exchange, "application/json", reply.toString().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    private static String result(JsonNode request, String result) {
        ObjectNode reply = Json.object().put("jsonrpc", "2.0");
        reply.set("id", request.get("id"));
        reply.set("result", Json.read(result));
        return reply.toString();
    }

    private static void json(HttpExchange exchange, JsonNode request, String result) throws IOException {
        send(exchange, "application/json", result(request, result).getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, String type, byte[] body) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static byte[] event(String data) {
        return ("event: message\ndata: " + data + "\n\n").getBytes(StandardCharsets.UTF_8);
    }

    private static void stream(HttpExchange exchange, String... messages) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.sendResponseHeaders(200, 0);
        for (String message : messages) {
            exchange.getResponseBody().write(event(message));
        }
        exchange.close();
    }

    private McpResult call(String server, String tool) throws ToolException {
        return tools.call(server, tool, "acme", Json.object(), "run/step", Duration.ofSeconds(10));
    }

    private void refused(String server, String tool, Duration most, Reason reason) {
        assertThatThrownBy(() -> tools.call(server, tool, "acme", Json.object(), "key", most))
                .isInstanceOfSatisfying(
                        ToolException.class,
                        failure -> assertThat(failure.reason())
                                .as(failure.getMessage())
                                .isEqualTo(reason));
    }

    @Test
    void shouldReadAStreamInWhichTheServerAsksBackAndTellItNo() throws ToolException {
        McpResult result = call("peer", "asking");

        assertThat(result.text()).isEqualTo("done\n\n[image image/png]");
        assertThat(told)
                .anySatisfy(message -> {
                    assertThat(message.path("id").asInt()).isEqualTo(7);
                    assertThat(message.path("error").path("code").asInt()).isEqualTo(-32_601);
                })
                .anySatisfy(message -> assertThat(message.path("params")
                                .path("_meta")
                                .path("dev.gantry/idempotency-key")
                                .asText())
                        .isEqualTo("run/step"));
    }

    @Test
    void shouldBeginAnewWhenTheServerHasForgottenTheSession() throws ToolException {
        assertThat(call("peer", "forgetful").text()).isEqualTo("again");
        assertThat(sessions).containsExactly("session-1", "session-2");
    }

    @Test
    void shouldListTheToolsOfAllPagesThatMayBeCalled() throws ToolException {
        assertThat(tools.tools("peer", "acme", TestingTools.LONG))
                .extracting(McpTool::name)
                .containsExactly("one", "two");
        assertThat(tools.tools("some", "acme", TestingTools.LONG))
                .extracting(McpTool::name)
                .containsExactly("one");
        int asked = told.size();
        tools.tools("some", "acme", TestingTools.LONG);
        assertThat(told).hasSize(asked);
    }

    @Test
    void shouldTellErrorsOfAToolFromThoseOfTheServer() throws ToolException {
        assertThat(call("peer", "failing").isError()).isTrue();
        assertThat(call("peer", "structured").value()).isEqualTo(Json.object().put("a", 1));
        refused("peer", "unknown", TestingTools.LONG, Reason.REFUSED);
        refused("peer", "silent", TestingTools.LONG, Reason.UNAVAILABLE);
        refused("some", "two", TestingTools.LONG, Reason.NOT_ALLOWED);
        refused("nowhere", "two", TestingTools.LONG, Reason.NOT_ALLOWED);
    }

    @Test
    void shouldGiveUpOnStreamsWithoutEnd() {
        refused("peer", "endless", TestingTools.LONG, Reason.BAD_ANSWER);
    }

    @Test
    void shouldGiveUpOnProgramsThatAreNoServers() {
        refused("babbling", "x", Duration.ofMillis(300), Reason.TIMEOUT);
        refused("flooding", "x", TestingTools.LONG, Reason.BAD_ANSWER);
        refused("echoing", "x", TestingTools.LONG, Reason.REFUSED);
        refused("dying", "x", TestingTools.LONG, Reason.UNAVAILABLE);
        refused("absent", "x", TestingTools.LONG, Reason.UNAVAILABLE);
    }
}
