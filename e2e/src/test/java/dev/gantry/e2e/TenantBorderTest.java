package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.URI;
import java.net.http.HttpRequest;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Two organizations on one server. The first has one of everything, all of it marked by one word; whatever the
 * administrator of the second asks, that word never comes back.
 */
@ExtendWith(SharedWorld.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TenantBorderTest {
    private static final String MARK = "zebra";

    /** Operations whose reply holds nothing that an organization wrote, or nothing of what this test makes. */
    private static final Set<String> WITHOUT_OWN_DATA = Set.of(
            "listModels",
            "whoAmI",
            "getLimits",
            "showGuardRules",
            "showAuditLog",
            "verifyAuditLog",
            "listFactors",
            "listSignInProviders",
            "listSignInSessions",
            "listUserSessions",
            "listReviewPolicies",
            "listGitSources",
            "listGitExports",
            "listMirrors",
            "getPatternTests",
            "listPatternTestRuns",
            "getUserSignIn");

    /** Operations about things that this test does not make; the tests of their own modules try them across the border. */
    private static final Set<String> UNTRIED =
            Set.of("diffAsset", "getAssetUpstream", "getGitSource", "getGitExport", "getMirror", "getSignInSession");

    private final Map<String, String> parameters = new LinkedHashMap<>();
    private JsonNode document = Json.object();
    private Client zebra = new Client(URI.create("http://127.0.0.1"), null);
    private Client stranger = zebra;

    @BeforeAll
    void fill(World world) {
        document = world.client().get("/openapi.json").json();
        String run = UUID.randomUUID().toString().substring(0, 8);
        zebra = found(world.client(), "zebra-" + run, "boss@" + MARK + ".example");
        stranger = found(world.client(), "stranger-" + run, "boss@stranger.example");
        create("teams", "{'name': 'zebra-team', 'description': 'zebra'}");
        create("groups", "{'name': 'zebra-group'}");
        parameters.put("principal", "user@zebra.example");
        create("users", "{'name': 'user@zebra.example'}");
        create("service-accounts", "{'name': 'zebra-bot'}");
        change("PUT", "/api/v1/teams/zebra-team/members/user@zebra.example", "");
        change("PUT", "/api/v1/groups/zebra-group/members/user@zebra.example", "");
        create("roles", "{'name': 'zebra-role', 'permissions': ['patterns:read']}");
        create("role-assignments", "{'role': 'zebra-role', 'user': 'user@zebra.example'}");
        parameters.put("key", create("keys", "{'name': 'zebra key'}").path("id").textValue());
        for (String kind : List.of("patterns", "contexts", "strategies")) {
            create(kind, "{'name': 'shared/zebra', 'content': 'You are a zebra.'}");
        }
        parameters.put(
                "review",
                create("reviews", "{'kind': 'patterns', 'name': 'shared/zebra'}")
                        .path("id")
                        .textValue());
        create("workflows", """
                {'name': 'shared/zebra', 'content': "name: zebra\\nversion: 1\\nsteps:\\n- id: one\\n  type: transform\\n  params: {value: 1}\\n"}""");
        change(
                "PUT",
                "/api/v1/budgets",
                "{'level': 'team', 'subject': 'zebra-team', 'period': 'month', 'limit_usd': 5}");
        parameters.put(
                "grant",
                create("budgets/grants", """
                        {'level': 'team', 'subject': 'zebra-team', 'period': 'month', 'amount_usd': 1,
                         'expires_at': '%s', 'reason': 'zebra'}""".formatted(Instant.now().plusSeconds(3600)))
                        .path("id")
                        .textValue());
        change("POST", "/api/v1/execute", """
                {'pattern': 'shared/zebra', 'input': 'A zebra.', 'session': 'zebra-talk', 'model': 'openai-echo'}""");
        parameters.put(
                "event",
                zebra.auditEvents("event_type=team.create")
                        .getFirst()
                        .path("id")
                        .textValue());
        String batch = create("batches", """
                        {'name': 'zebra', 'endpoint': '/v1/chat/completions', 'requests': [{'custom_id': 'zebra',
                         'body': {'model': 'openai-echo', 'messages': [{'role': 'user', 'content': 'zebra'}]}}]}""").path("id").textValue();
        parameters.put("batch", batch);
        Eventually.holds(
                "the batch is done",
                () -> zebra.get("/api/v1/batches/" + batch)
                        .json()
                        .path("status")
                        .asText()
                        .equals("finished"));
        String workflowRun = create("workflows/shared/zebra/runs", "{'inputs': {}}")
                .path("id")
                .textValue();
        parameters.put("run", workflowRun);
        Eventually.holds(
                "the run of the workflow is over",
                () -> zebra.get("/api/v1/runs/" + workflowRun)
                        .json()
                        .path("state")
                        .asText()
                        .equals("succeeded"));
        JsonNode fed = zebra.get("/api/v1/mirror-feed/assets").json().path("items");
        parameters.put("asset", fed.path(0).path("id").asText());
        change("PUT", "/api/v1/schedules/zebra", "{'workflow': 'shared/zebra', 'cron': '0 3 1 1 *'}");
        change("PUT", "/api/v1/hooks/zebra", "{'workflow': 'shared/zebra'}");
        change("PUT", "/api/v1/event-triggers/zebra", "{'workflow': 'shared/zebra', 'event': 'run.failed'}");
        List.of("schedule", "hook", "trigger").forEach(parameter -> parameters.put(parameter, "zebra"));
        parameters.put("team", "zebra-team");
        parameters.put("group", "zebra-group");
        parameters.put("role", "zebra-role");
        parameters.put("version", "1");
    }

    private static Client found(Client operator, String name, String administrator) {
        Client.Answer made = operator.post(
                "/api/v1/organizations", "{\"name\":\"" + name + "\",\"administrator\":\"" + administrator + "\"}");
        assertThat(made.status()).as(made.body()).isEqualTo(201);
        return operator.withKey(made.json().path("key").path("key").textValue());
    }

    private JsonNode create(String collection, String body) {
        return change("POST", "/api/v1/" + collection, body).json();
    }

    private Client.Answer change(String method, String path, String body) {
        HttpRequest request = zebra.request(path)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')))
                .build();
        Client.Answer answer = zebra.send(request);
        assertThat(answer.status())
                .as(method + " " + path + " " + answer.body())
                .isBetween(200, 299);
        return answer;
    }

    /** Returns the paths of a method's operations, those about one thing or the others, with what the first organization has. */
    private Map<String, String> paths(String method, boolean single) {
        Map<String, String> paths = new LinkedHashMap<>();
        document.path("paths").properties().forEach(path -> {
            String id = path.getValue().path(method).path("operationId").asText("");
            if (path.getKey().startsWith("/api/v1/") && path.getKey().contains("{") == single && !id.isEmpty()) {
                paths.put(id, filled(id, path.getKey()));
            }
        });
        return paths;
    }

    private String filled(String operation, String template) {
        String path = switch (operation) {
            case "summarizeUsage" -> template + "?group_by=pattern";
            case "listMirrorFeedVersions" -> template + "?assets={asset}:0";
            default -> template;
        };
        path = path.replace("{name}", operation.contains("Session") ? "zebra-talk" : "shared/zebra");
        if (operation.contains("ServiceAccount")) {
            path = path.replace("{principal}", "zebra-bot");
        }
        for (Map.Entry<String, String> parameter : parameters.entrySet()) {
            path = path.replace("{" + parameter.getKey() + "}", parameter.getValue());
        }
        if (path.contains("{")
                && !UNTRIED.contains(operation)
                && operation.startsWith("get")
                && !operation.contains("Organization")) {
            throw new AssertionError("Let this test make something that " + operation + " shows: " + path);
        }
        return path;
    }

    @Test
    void shouldShowNothingOfAnotherOrganizationInAnyReply(World world) {
        Map<String, String> lists = paths("get", false);
        Map<String, String> single = paths("get", true);
        lists.keySet().removeIf(id -> id.contains("Organization") || id.contains("MasterKey"));
        single.keySet().removeIf(id -> id.contains("Organization"));
        lists.keySet().removeAll(UNTRIED);
        single.keySet().removeAll(UNTRIED);
        Client other = found(world.client(), "curious", "boss@curious.example");

        // Lists first: what the stranger then asks for by name stands in its own audit log.
        lists.forEach((id, path) -> {
            Client.Answer others = other.get(path);
            assertThat(others.status()).as(id + " " + others.body()).isEqualTo(200);
            assertThat(others.body()).as(id).doesNotContain(MARK);
        });
        single.forEach((id, path) -> assertThat(other.get(path).status()).as(id).isEqualTo(404));

        lists.putAll(single);
        lists.keySet().removeAll(WITHOUT_OWN_DATA);
        assertThat(lists).as("every reply has something to hide").allSatisfy((id, path) -> {
            Client.Answer own = zebra.get(path);
            assertThat(own.status()).as(own.body()).isEqualTo(200);
            assertThat(own.body()).contains(id.equals("proveAuditEvent") ? parameters.get("event") : MARK);
        });
    }

    @Test
    void shouldLetNothingOfAnotherOrganizationBeDeleted() {
        Map<String, String> deletions = paths("delete", true);
        deletions.values().removeIf(path -> path.contains("{"));
        assertThat(deletions).hasSizeGreaterThan(8);
        deletions.forEach(
                (id, path) -> assertThat(stranger.delete(path).status()).as(id).isEqualTo(404));
        assertThat(zebra.get("/api/v1/teams/zebra-team").json().path("active").booleanValue())
                .isTrue();
        assertThat(zebra.get("/api/v1/keys/" + parameters.get("key"))
                        .json()
                        .path("revoked_at")
                        .isNull())
                .isTrue();
    }

    @Test
    void shouldKeepWhatRunsTheInstallationToItsOperator() {
        assertThat(zebra.get("/api/v1/users/boss@zebra.example").json().path("permissions"))
                .as("may do everything there")
                .hasToString("[\"*\"]");
        assertDenied(zebra.get("/api/v1/platform/master-keys"));
        assertDenied(zebra.post("/api/v1/platform/master-keys/rotate", "{}"));
        assertDenied(zebra.get("/api/v1/organizations"));
        assertDenied(zebra.get("/api/v1/organizations/default"));
        assertDenied(zebra.post("/api/v1/organizations", "{\"name\":\"more\",\"administrator\":\"a@b.example\"}"));
        assertDenied(zebra.post("/api/v1/organizations/default/suspend", "{}"));
        assertDenied(zebra.delete("/api/v1/organizations/default"));
    }

    private static void assertDenied(Client.Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(403);
        assertThat(answer.json().path("code").textValue()).isEqualTo("permission_denied");
    }

    @Test
    void shouldStopASuspendedOrganizationOnEveryPathAndNoOther(World world) {
        Client client =
                found(world.client(), "pausing-" + UUID.randomUUID().toString().substring(0, 8), "a@b.example");
        String name = client.get("/api/v1/whoami").json().path("organization").textValue();
        assertThat(client.chat("openai-echo", "hello").status()).isEqualTo(200);
        assertThat(world.client()
                        .post("/api/v1/organizations/" + name + "/suspend", "{}")
                        .status())
                .isEqualTo(200);
        assertThat(client.chat("openai-echo", "hello").status()).isEqualTo(401);
        assertThat(client.get("/api/v1/whoami").status()).isEqualTo(401);
        assertThat(stranger.chat("openai-echo", "hello").status()).isEqualTo(200);
        assertThat(world.client()
                        .post("/api/v1/organizations/" + name + "/resume", "{}")
                        .status())
                .isEqualTo(200);
        assertThat(client.chat("openai-echo", "hello").status()).isEqualTo(200);
    }

    @Test
    void shouldShowMetricsOfTheOwnOrganizationOnly(World world) {
        String own = zebra.get("/metrics").body();
        assertThat(own.lines().filter(line -> !line.startsWith("#")))
                .isNotEmpty()
                .allMatch(line -> line.contains("organization=\"zebra-"));
        assertThat(own).contains("gantry_pattern_executions_total{").contains("# TYPE gantry_tokens_total counter");
        assertThat(stranger.chat("openai-echo", "hello").status()).isEqualTo(200);
        assertThat(stranger.get("/metrics").body())
                .contains("organization=\"stranger-")
                .doesNotContain(MARK);
        assertThat(world.client().get("/metrics").body())
                .contains("organization=\"stranger-", "organization=\"zebra-", "jvm_memory_used_bytes");
    }

    @Test
    void shouldTakeWhatAProxyPassesOnForAStranger(World world) {
        Client nobody = world.client().withKey(null);
        HttpRequest forwarded = nobody.request("/metrics")
                .header("X-Forwarded-For", "203.0.113.7")
                .GET()
                .build();
        assertThat(nobody.send(forwarded).status()).isEqualTo(401);
        assertThat(nobody.get("/metrics").status()).isEqualTo(200);
    }
}
