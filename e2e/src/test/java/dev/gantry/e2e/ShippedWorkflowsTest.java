package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.Scenario;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The workflows that ship, and the public examples of Gorgon, from the start of a run to its outputs: with a simulated model and
 * a person who agrees.
 */
class ShippedWorkflowsTest {
    private static final Set<String> ENDED = Set.of("succeeded", "failed", "cancelled");

    /** What every agent answers: it has the fields of all of them. */
    private static final String ANSWER = """
            {"severity": "high", "users_affected": true, "reason": "The pier is closed.", "score": 9, "problems": [],
             "verdict": "approve", "summary": "All is well.", "relevant": true, "category": "complaint", "delicate": true,
             "findings": [{"severity": "low", "place": "a", "problem": "p", "remedy": "r", "statement": "It opened in 1899.",
               "evidence": "e", "confidence": "high"}],
             "goal": "A new crane", "steps": [{"title": "Build it", "detail": "d", "done_when": "it lifts"}], "risks": [],
             "files": [{"path": "crane.txt", "content": "c"}], "tests": [{"name": "t", "shows": "s", "code": "c"}],
             "gaps": [], "urgent": [{"name": "left-pad", "version": "1.0", "reason": "old"}], "watch": [],
             "diagnosis": "d", "root_cause": "r", "affected_files": "a.py", "fix": "f", "files_modified": "a.py",
             "verification": "v", "approved": true, "recommendation": "merge", "analysis": "a", "code": "c",
             "codebase_context": "x", "file_list": "a.py", "security_report": "s", "security_score": 7,
             "performance_report": "p", "performance_score": 7, "maintainability_report": "m", "maintainability_grade": "B",
             "final_summary": "All is well.", "health_score": 70, "priority_issues": "none", "code_vulnerabilities": "none",
             "code_risk_score": 1, "dependency_vulnerabilities": "none", "dependency_report": "r", "remediation_plan": "p",
             "vulnerabilities": "none", "code_analysis": "a", "testable_units": "u"}""";

    /** An MCP server that answers every call. */
    private static final String SERVER = """
            while read -r line; do
              id=${line##*'"id":'}; id=${id%%[!0-9]*}
              head="{\\"jsonrpc\\":\\"2.0\\",\\"id\\":$id,\\"result\\""
              case $line in
                *'"method":"initialize"'*) echo "$head:{\\"protocolVersion\\":\\"2025-06-18\\"}}" ;;
                *'"method":"tools/call"'*) echo "$head:{\\"content\\":[{\\"type\\":\\"text\\",\\"text\\":\\"A letter.\\"}]}}" ;;
              esac
            done
            """;

    private static HttpServer dependencies;
    private static World world;
    private static Client administrator;

    @BeforeAll
    static void open(@TempDir Path folder) throws IOException, InterruptedException {
        dependencies = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        dependencies.createContext("/", exchange -> {
            byte[] list = "{\"left-pad\": \"1.0\"}".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, list.length);
            exchange.getResponseBody().write(list);
            exchange.close();
        });
        dependencies.start();
        Path server = Files.writeString(folder.resolve("server.sh"), SERVER);
        world = World.open("""
                gateway: {default_model: openai-json}
                tools:
                  http: {allowed_hosts: ["127.0.0.1:%1$d"], private_hosts: ["127.0.0.1:%1$d"]}
                  mcp:
                    gmail: {command: [/bin/sh, "%2$s"], tools: ["*"]}
                    notion: {command: [/bin/sh, "%2$s"], tools: ["*"]}
                  commands:
                    run_tests: {argv: [/bin/echo, passed, "{codebase_path}", "{test_command}"], parameters: {codebase_path: ".*", test_command: ".*"}}
                    read_code: {argv: [/bin/echo, "print(1)", "{code_path}"], parameters: {code_path: ".*"}}
                """.formatted(dependencies.getAddress().getPort(), server));
        world.simulator().model("simulated-json", Scenario.text(ANSWER));
        administrator = world.client();
        for (String group : List.of("on-call", "support-leads", "leads")) {
            administrator.post(
                    "/api/v1/groups", Json.object().put("name", group).toString());
            HttpRequest join = administrator
                    .request("/api/v1/groups/" + group + "/members/admin@localhost")
                    .PUT(HttpRequest.BodyPublishers.noBody())
                    .build();
            assertThat(administrator.send(join).status()).isBetween(200, 299);
        }
    }

    @AfterAll
    static void close() throws IOException {
        world.close();
        dependencies.stop(0);
    }

    /** Runs a workflow, agreeing to whatever it asks, and returns what it gave. */
    private static JsonNode outputs(String workflow, ObjectNode inputs) {
        ObjectNode request = Json.object();
        request.set("inputs", inputs);
        Client.Answer started = administrator.post("/api/v1/workflows/" + workflow + "/runs", request.toString());
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        String path = "/api/v1/runs/" + started.json().path("id").asText();
        Eventually.holds(workflow + " has ended", () -> {
            JsonNode now = administrator.get(path).json();
            boolean asks = now.path("steps").findValuesAsText("kind").contains("approval")
                    && now.path("steps").findValuesAsText("state").contains("waiting");
            if (asks) {
                administrator.post(path + "/approve", "{\"comment\":\"go on\"}");
            }
            return ENDED.contains(now.path("state").asText());
        });
        JsonNode run = administrator.get(path).json();
        assertThat(run.path("state").asText()).as(run.toString()).isEqualTo("succeeded");
        return run.path("outputs");
    }

    /** Files of Gorgon's public repository, with what each is started with and an output that it gives. */
    static Stream<Arguments> examples() {
        return Stream.of(
                Arguments.of("bug-fix.yaml", "{'bug_description': 'It fails', 'codebase_path': '/srv'}", "diagnosis"),
                Arguments.of("code-review.yaml", "{'code_path': 'a.py'}", "summary"),
                Arguments.of(
                        "data-analysis.yaml",
                        "{'analysis_request': 'Sums', 'data_source': {'file': 'a.csv'}}",
                        "analysis"),
                Arguments.of("dev_workflow_plan_build_test_review.json", "{'feature_request': 'A crane'}", null),
                Arguments.of("email_to_notion.json", "{}", null),
                Arguments.of("fan_out_code_review.yaml", "{'files': ['a.py', 'b.py']}", "review_summary"),
                Arguments.of("map_reduce_analysis.yaml", "{'log_files': ['a.log', 'b.log']}", "analysis_report"),
                Arguments.of("parallel-analysis.yaml", "{'codebase_path': '/srv'}", "final_summary"),
                Arguments.of("security-audit.yaml", "{'target': {'url': 'http://127.0.0.1'}}", "remediation_plan"),
                Arguments.of("simple_ai_completion.json", "{}", null),
                Arguments.of("test-generator.yaml", "{'code_path': 'a.py'}", "test_summary"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("examples")
    void shouldImportAndRunThePublicExamplesOfGorgon(String file, String inputs, @Nullable String output)
            throws IOException {
        String content;
        try (InputStream example = Objects.requireNonNull(getClass().getResourceAsStream("/gorgon/" + file))) {
            content = new String(example.readAllBytes(), StandardCharsets.UTF_8);
        }
        Client.Answer imported = administrator.post(
                "/api/v1/workflow-imports",
                Json.object()
                        .put("content", content)
                        .put("file", file)
                        .put(
                                "name",
                                "shared/gorgon-"
                                        + file.replaceFirst("\\..*", "").replace('_', '-'))
                        .toString());
        assertThat(imported.status()).as(imported.body()).isEqualTo(200);
        assertThat(imported.json().path("outcome").asText()).as(imported.body()).isEqualTo("created");

        JsonNode outputs = outputs(
                imported.json().path("name").asText(),
                Json.readObject(inputs.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));

        if (output != null) {
            assertThat(outputs.path(output).isMissingNode()
                            || outputs.path(output).isNull())
                    .as(outputs.toString())
                    .isFalse();
        }
    }

    @Test
    void shouldReviewCodeInThreeWaysAndMakeOneReviewOfThem() {
        int before = world.simulator().requests().size();
        JsonNode outputs = outputs("code-review", Json.object().put("change", "- old\n+ new"));
        assertThat(outputs.path("review").asText()).contains("approve");
        assertThat(world.simulator().requests().size() - before).isEqualTo(4);
    }

    @Test
    void shouldReportOnDependencies() {
        JsonNode outputs = outputs(
                "dependency-report",
                Json.object()
                        .put(
                                "list_url",
                                "http://127.0.0.1:" + dependencies.getAddress().getPort() + "/list"));
        assertThat(outputs.at("/urgent/0/name").asText()).isEqualTo("left-pad");
        assertThat(outputs.path("report").asText()).isNotEmpty();
    }

    @Test
    void shouldTranslateADocumentPieceByPiece() {
        JsonNode outputs = outputs(
                "document-translation",
                Json.object()
                        .put("document", "A paragraph of some length about a harbour.\n\n".repeat(300))
                        .put("language", "German"));
        assertThat(outputs.path("translation").asText().split("A new crane", -1))
                .as("an answer for each piece of 6,000 characters")
                .hasSizeGreaterThan(2);
    }

    @Test
    void shouldDeliverAFeatureOnceItsPlanIsApproved() {
        JsonNode outputs = outputs("feature-delivery", Json.object().put("request", "A crane"));
        assertThat(outputs.at("/plan/goal").asText()).isEqualTo("A new crane");
        assertThat(outputs.at("/files/0/path").asText()).isEqualTo("crane.txt");
        assertThat(outputs.at("/review/score").asInt()).isEqualTo(9);
    }

    @Test
    void shouldTriageAnIncidentWithThePersonOnCall() {
        JsonNode outputs =
                outputs("incident-triage", Json.object().put("title", "Pier").put("logs", "ERROR the pier is closed"));
        assertThat(outputs.path("severity").asText()).isEqualTo("high");
        assertThat(outputs.path("analysis").asText()).isNotEmpty();
        assertThat(outputs.path("review").asText()).isNotEmpty();
    }

    @Test
    void shouldWriteReleaseNotesThatHoldAgainstTheCommits() {
        JsonNode outputs = outputs("release-notes", Json.object().put("commits", "abc Build a crane"));
        assertThat(outputs.path("notes").asText()).contains("A new crane");
        assertThat(outputs.path("checked").asBoolean()).isTrue();
    }

    @Test
    void shouldReportWhatSourcesSay() {
        ObjectNode inputs = Json.object().put("question", "When did it open?");
        inputs.putArray("sources").addObject().put("title", "Chronicle").put("text", "It opened in 1899.");
        JsonNode outputs = outputs("research-report", inputs);
        assertThat(outputs.at("/findings/0/source").asText()).isEqualTo("Chronicle");
        assertThat(outputs.at("/findings/0/findings/0/statement").asText()).isEqualTo("It opened in 1899.");
        assertThat(outputs.path("report").asText()).isNotEmpty();
    }

    @Test
    void shouldReleaseADelicateReplyOnceAPersonAgrees() {
        JsonNode outputs = outputs("support-reply", Json.object().put("message", "I will call my lawyer."));
        assertThat(outputs.path("category").asText()).isEqualTo("complaint");
        assertThat(outputs.path("reply").asText()).contains("A new crane");
    }
}
