package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever way a text takes through the gate, the operator's rules hold for it. */
@ExtendWith(SharedWorld.class)
class GuardTest {
    private static final String SECRET = "jane.doe@example.com";
    private static final Map<String, Client> CLIENTS = new ConcurrentHashMap<>();

    private final World world;
    private final Client administrator;

    GuardTest(World world) {
        this.world = world;
        this.administrator = world.client();
    }

    /** A way to ask: a client's schema, and a provider that speaks it itself or does not. */
    enum Way {
        CHAT_NATIVE("/v1/chat/completions", "openai"),
        CHAT_OVER_ANTHROPIC("/v1/chat/completions", "anthropic"),
        CHAT_OVER_OLLAMA("/v1/chat/completions", "ollama"),
        MESSAGES_NATIVE("/v1/messages", "anthropic"),
        MESSAGES_OVER_OPENAI("/v1/messages", "openai"),
        RESPONSES_NATIVE("/v1/responses", "native"),
        RESPONSES_OVER_ANTHROPIC("/v1/responses", "anthropic");

        private final String path;
        private final String provider;

        Way(String path, String provider) {
            this.path = path;
            this.provider = provider;
        }

        ObjectNode request(String behaviour, String text, boolean stream) {
            ObjectNode body =
                    Json.object().put("model", provider + "-" + behaviour).put("stream", stream);
            if (path.equals("/v1/responses")) {
                return body.put("input", text);
            }
            if (path.equals("/v1/messages")) {
                body.put("max_tokens", 100);
            }
            body.putArray("messages").addObject().put("role", "user").put("content", text);
            return body;
        }

        ObjectNode withTool(ObjectNode body) {
            ObjectNode schema = Json.object().put("type", "object");
            ObjectNode tool = body.putArray("tools").addObject();
            switch (path) {
                case "/v1/messages" -> tool.put("name", "send").set("input_schema", schema);
                case "/v1/responses" ->
                    tool.put("type", "function").put("name", "send").set("parameters", schema);
                default ->
                    tool.put("type", "function")
                            .putObject("function")
                            .put("name", "send")
                            .set("parameters", schema);
            }
            return body;
        }
    }

    private Client of(String team) {
        return CLIENTS.computeIfAbsent(team, this::join);
    }

    private Client join(String team) {
        String name = "guard-" + UUID.randomUUID();
        created(administrator.post("/api/v1/teams", Requests.text(Json.object().put("name", team))));
        created(administrator.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(administrator.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", "developer").put("user", name))));
        Answer added = administrator.send(administrator
                .request("/api/v1/teams/" + team + "/members/" + name)
                .PUT(java.net.http.HttpRequest.BodyPublishers.noBody())
                .build());
        assertThat(added.status()).as(added.body()).isEqualTo(204);
        return administrator.withKey(created(administrator.post(
                        "/api/v1/keys",
                        Requests.text(Json.object()
                                .put("name", "e2e")
                                .put("principal", name)
                                .put("team", team))))
                .path("key")
                .textValue());
    }

    private static JsonNode created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static Stream<Arguments> everyWay() {
        return Stream.of(Way.values()).flatMap(way -> Stream.of(Arguments.of(way, false), Arguments.of(way, true)));
    }

    private Answer ask(String team, Way way, ObjectNode body) {
        return of(team).post(way.path, Requests.text(body));
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldRedactPrompts(Way way, boolean stream) {
        Answer answer = ask("guard-redact", way, way.request("echo", "Mail " + SECRET + " today", stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(world.simulator().lastRequest().toString()).doesNotContain(SECRET);
        assertThat(answer.body()).contains("[EMAIL_1]").doesNotContain(SECRET);
        assertThat(answer.header("X-Gantry-Guard")).contains("email;in=prompt;action=redact;count=1");
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldRedactWhatModelsSay(Way way, boolean stream) {
        Answer answer = ask("guard-answers", way, way.request("leaking", "hello", stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body())
                .contains("[EMAIL_1]")
                .doesNotContain("doe@exam")
                .doesNotContain("ple.com");
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldRedactArgumentsOfTools(Way way, boolean stream) {
        Answer answer = ask("guard-answers", way, way.withTool(way.request("leaking-tool", "hello", stream)));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("[EMAIL_1]", "Paris").doesNotContain("doe@example");
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldRedactReasoning(Way way, boolean stream) {
        Answer answer = ask("guard-answers", way, way.request("leaking-thoughts", "hello", stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains("[EMAIL_1]").doesNotContain("doe@example");
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldBlockPromptsBeforeAnyProviderIsAsked(Way way, boolean stream) {
        String mark = UUID.randomUUID().toString();
        Answer answer = ask("guard-block", way, way.request("echo", mark + " " + SECRET, stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.body()).contains("email").doesNotContain(SECRET);
        assertThat(world.simulator().requests().toString()).doesNotContain(mark);
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldBlockAnswersInTheShapeOfTheClientsSchema(Way way, boolean stream) {
        Answer answer = ask("guard-cut", way, way.request("leaking", "hello", stream));
        assertThat(answer.body()).doesNotContain("doe@exam").contains("email").contains("error");
        if (!stream) {
            assertThat(answer.status()).isEqualTo(403);
        }
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldChangeNothingWhereItOnlyWarns(Way way, boolean stream) {
        Answer answer = ask("guard-warn", way, way.request("echo", "to " + SECRET, stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).contains(SECRET).doesNotContain("[EMAIL");
        assertThat(answer.header("X-Gantry-Guard")).contains("email;in=prompt;action=warn");
    }

    @ParameterizedTest
    @MethodSource("everyWay")
    void shouldGiveCallersTheirOwnValuesBack(Way way, boolean stream) {
        Answer answer = ask("guard-reversible", way, way.request("echo", "to " + SECRET + " now", stream));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(world.simulator().requests().toString()).doesNotContain("to " + SECRET + " now");
        assertThat(answer.body()).contains(SECRET).doesNotContain("[EMAIL_1]");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "{\"role\":\"system\",\"content\":\"jane.doe@example.com\"}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"jane.doe@example.com\"}]}",
                "{\"role\":\"user\",\"name\":\"jane.doe@example.com\",\"content\":\"x\"}",
                "{\"role\":\"user\",\"content\":\"jane.doe\\u0040example.com\"}",
                "{\"role\":\"tool\",\"tool_call_id\":\"c1\",\"content\":\"{\\\"to\\\":\\\"jane.doe@example.com\\\"}\"}",
                "{\"role\":\"assistant\",\"content\":null,\"tool_calls\":[{\"id\":\"c1\",\"type\":\"function\",\"function\":"
                        + "{\"name\":\"f\",\"arguments\":\"{\\\"to\\\":\\\"jane.doe\\\\u0040example.com\\\"}\"}}]}",
                "{\"role\":\"user\",\"content\":\"x\",\"unheard_of\":{\"deep\":[\"jane.doe@example.com\"]}}",
                "{\"role\":\"user\",\"content\":[{\"type\":\"image_url\",\"image_url\":{\"url\":\"https://x.test/?u=jane.doe@example.com\"}}]}",
            })
    void shouldReadEveryPartOfAMessage(String message) {
        String body =
                "{\"model\":\"openai-echo\",\"messages\":[" + message + ",{\"role\":\"user\",\"content\":\"hello\"}]}";
        Answer answer = of("guard-redact").post("/v1/chat/completions", body);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-Gantry-Guard")).contains("email;in=prompt;action=redact;count=1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"metadata\":{\"customer\":\"jane.doe@example.com\"}}",
                "{\"user\":\"jane.doe@example.com\"}",
                "{\"stop\":[\"jane.doe@example.com\"]}",
                "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"description\":\"for jane.doe@example.com\"}}]}",
                "{\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"f\",\"parameters\":{\"type\":\"object\","
                        + "\"properties\":{\"to\":{\"const\":\"jane.doe@example.com\"}}}}}]}"
            })
    void shouldReadEveryOtherField(String fields) {
        ObjectNode body = Way.CHAT_NATIVE.request("echo", "hello", false);
        body.setAll((ObjectNode) Json.read(fields));
        Answer answer = of("guard-redact").post("/v1/chat/completions", Requests.text(body));
        assertThat(answer.header("X-Gantry-Guard")).contains("email;in=prompt;action=redact;count=1");
    }

    @Test
    void shouldReadTextsForEmbeddingsAndRefuseTokens() {
        Client client = of("guard-redact");
        Answer texts =
                client.post("/v1/embeddings", "{\"model\":\"openai-embedding\",\"input\":[\"hi\",\"" + SECRET + "\"]}");
        assertThat(texts.status()).as(texts.body()).isEqualTo(200);
        assertThat(texts.header("X-Gantry-Guard")).contains("email;in=prompt");
        Answer tokens = client.post("/v1/embeddings", "{\"model\":\"openai-embedding\",\"input\":[1,2,3]}");
        assertThat(tokens.status()).isEqualTo(403);
    }

    @Test
    void shouldSayInAuditAndMetricsWhatWasFoundAndNeverTheValue() {
        String request = "guard-" + UUID.randomUUID();
        Answer answer = of("guard-redact")
                .send(of("guard-redact")
                        .request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .header("X-Request-Id", request)
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                Requests.chat("openai-echo", SECRET + " and " + SECRET, false)))
                        .build());
        assertThat(answer.status()).isEqualTo(200);
        JsonNode event = administrator.auditEvents("request_id=" + request).getFirst();
        assertThat(event.path("details").path("guard_prompt").asText()).isEqualTo("email:redact:2");
        assertThat(event.toString()).doesNotContain(SECRET);
        assertThat(administrator.get("/metrics").body())
                .contains("gantry_guard_findings_total{action=\"redact\",kind=\"email\"}");
    }

    @Test
    void shouldCallABlockedRequestBlocked() {
        String request = "guard-" + UUID.randomUUID();
        of("guard-block")
                .send(of("guard-block")
                        .request("/v1/chat/completions")
                        .header("Content-Type", "application/json")
                        .header("X-Request-Id", request)
                        .POST(java.net.http.HttpRequest.BodyPublishers.ofString(
                                Requests.chat("openai-echo", SECRET, false)))
                        .build());
        JsonNode event = administrator.auditEvents("request_id=" + request).getFirst();
        assertThat(event.path("result").asText()).isEqualTo("blocked");
        assertThat(event.path("details").path("error_code").asText()).isEqualTo("content_blocked");
        assertThat(event.path("details").path("guard_prompt").asText()).isEqualTo("email:block:1");
    }

    @Test
    void shouldShowInPatternsAndDryRunsWhatIsRedacted() {
        Client client = of("guard-redact");
        ObjectNode run = Json.object().put("pattern", "summarize").put("model", "openai-echo");
        run.put("input", "Ask " + SECRET + ".");
        Answer answer = client.post("/api/v1/execute", Requests.text(run));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.body()).doesNotContain(SECRET).contains("[EMAIL_1]");
        assertThat(answer.json().path("metadata").path("warnings").toString()).contains("email in the prompt");
        Answer dry = client.post("/api/v1/execute", Requests.text(run.put("dry_run", true)));
        assertThat(dry.body()).doesNotContain(SECRET);
        assertThat(dry.json().path("policy").path("guard").toString())
                .isEqualTo("[{\"kind\":\"email\",\"action\":\"redact\",\"count\":1}]");
    }

    @Test
    void shouldKeepConversationsAsTheGuardLeftThem() {
        Client client = of("guard-reversible");
        String session = "guard-" + UUID.randomUUID();
        ObjectNode run = Json.object().put("pattern", "summarize").put("model", "openai-echo");
        run.put("input", "Ask " + SECRET + ".").put("session", session);
        Answer answer = client.post("/api/v1/execute", Requests.text(run));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("output").asText()).contains(SECRET);
        assertThat(client.get("/api/v1/sessions/" + session).body())
                .contains("[EMAIL_1]")
                .doesNotContain(SECRET);
        run.put("input", "Ask other@example.com.");
        client.post("/api/v1/execute", Requests.text(run));
        assertThat(client.get("/api/v1/sessions/" + session).body()).contains("[EMAIL_2]");
    }

    @Test
    void shouldLetPeopleTryTheRules() {
        ObjectNode text = Json.object().put("text", "to " + SECRET);
        of("guard-redact"); // Teams that nobody has made have the rules of everybody.
        of("guard-block");
        Answer redacted = administrator.post("/api/v1/guard/inspect", Requests.text(text.put("team", "guard-redact")));
        assertThat(redacted.json().path("text").asText()).isEqualTo("to [EMAIL_1]");
        Answer blocked = administrator.post("/api/v1/guard/inspect", Requests.text(text.put("team", "guard-block")));
        assertThat(blocked.json().path("blocked").asBoolean()).isTrue();
        assertThat(blocked.body()).doesNotContain(SECRET);
        Answer off = administrator.post("/api/v1/guard/inspect", Requests.text(text.put("team", "nobody")));
        assertThat(off.json().path("inspected").asBoolean()).isFalse();
    }

    @Test
    void shouldCheckAnswersAgainstTheSchemaThatWasAskedFor() {
        ObjectNode body = Way.CHAT_NATIVE.request("json", "hello", false);
        ObjectNode wanted =
                body.putObject("response_format").put("type", "json_schema").putObject("json_schema");
        wanted.put("name", "place")
                .putObject("schema")
                .put("type", "object")
                .putArray("required")
                .add("country");
        Answer whole = of("guard-warn").post("/v1/chat/completions", Requests.text(body));
        assertThat(whole.status()).as(whole.body()).isEqualTo(200);
        assertThat(whole.header("X-Gantry-Guard")).contains("answer_schema;in=answer;action=warn");
        ((ObjectNode) wanted.path("schema")).putArray("required").add("city");
        Answer right = of("guard-warn").post("/v1/chat/completions", Requests.text(body));
        assertThat(right.header("X-Gantry-Guard")).doesNotContain("answer_schema");
    }
}
