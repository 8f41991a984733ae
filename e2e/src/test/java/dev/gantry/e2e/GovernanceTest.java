package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Whatever is asked, the ledger and the audit log know who asked, what it cost and how it ended. */
@ExtendWith(SharedWorld.class)
class GovernanceTest {
    private static final String TEXT =
            "The harbour was closed on Monday. Ships waited outside for two days. The storm had broken a crane.";

    private final World world;
    private final Client administrator;

    GovernanceTest(World world) {
        this.world = world;
        this.administrator = world.client();
    }

    /** Somebody new, of whom nothing is in the ledger yet. */
    private record Somebody(String name, String keyId, Client client) {}

    private Somebody somebody(String role) {
        String name = "e2e-" + UUID.randomUUID();
        created(administrator.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(administrator.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", role).put("user", name))));
        JsonNode key = created(administrator.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", name))));
        String secret = key.path("key").textValue();
        assertThat(secret).as(key.toString()).startsWith("gk_");
        return new Somebody(name, key.path("id").textValue(), administrator.withKey(secret));
    }

    private static JsonNode created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private JsonNode onlyEvent(String requestId) {
        List<JsonNode> events = administrator.auditEvents("request_id=" + requestId);
        assertThat(events).as("audit events of " + requestId).hasSize(1);
        return events.getFirst();
    }

    private static HttpRequest traced(Client client, String path, String body, String requestId) {
        return client.request(path)
                .header("Content-Type", "application/json")
                .header("X-Request-Id", requestId)
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build();
    }

    @Test
    void shouldWriteWhatAChatCostBeforeItIsAnswered() {
        Somebody somebody = somebody("developer");
        String requestId = "e2e-" + UUID.randomUUID();
        Answer answer = somebody.client()
                .send(traced(
                        somebody.client(),
                        "/v1/chat/completions",
                        Requests.chat("openai-echo", "one two three", false),
                        requestId));
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-Gantry-Cost-Micro-Usd")).isEqualTo("52");
        assertThat(answer.header("X-Request-Id")).isEqualTo(requestId);

        JsonNode usage = administrator.usage("principal=" + somebody.name());
        assertThat(usage.path("requests").longValue()).isEqualTo(1);
        assertThat(usage.path("input_tokens").longValue()).isEqualTo(11);
        assertThat(usage.path("output_tokens").longValue()).isEqualTo(3);
        assertThat(usage.path("estimated_requests").longValue()).isZero();
        assertThat(usage.path("cost").path("micro_usd").longValue()).isEqualTo(52);

        JsonNode event = onlyEvent(requestId);
        assertThat(event.path("result").textValue()).isEqualTo("success");
        assertThat(event.path("actor").path("user").textValue()).isEqualTo(somebody.name());
        assertThat(event.path("actor").path("key").textValue()).isEqualTo(somebody.keyId());
        assertThat(event.path("resource").textValue()).isEqualTo("models/openai-echo");
        assertThat(event.path("tokens_used").longValue()).isEqualTo(14);
        assertThat(event.toString()).doesNotContain("one two three");
    }

    @Test
    void shouldPriceTheCacheApart() {
        Somebody somebody = somebody("developer");
        assertThat(somebody.client().chat("openai-counted", "hello").status()).isEqualTo(200);
        JsonNode usage = administrator.usage("principal=" + somebody.name());
        assertThat(usage.path("cache_read_tokens").longValue()).isEqualTo(40);
        assertThat(usage.path("reasoning_tokens").longValue()).isEqualTo(7);
        // 60 prompt tokens at 2, 40 cached ones at 0.5, 8 generated ones at 10 micro-dollars
        assertThat(usage.path("cost").path("micro_usd").longValue()).isEqualTo(220);
    }

    @Test
    void shouldEstimateAndSaySoWhereTheProviderGivesNoNumbers() {
        Somebody somebody = somebody("developer");
        assertThat(somebody.client().chat("openai-uncounted", "hello").status()).isEqualTo(200);
        JsonNode usage = administrator.usage("principal=" + somebody.name());
        assertThat(usage.path("estimated_requests").longValue()).isEqualTo(1);
        assertThat(usage.path("output_tokens").longValue()).isBetween(2L, 10L);
    }

    @Test
    void shouldAccountForAPattern() {
        Somebody somebody = somebody("developer");
        Answer answer = somebody.client().execute("summarize", TEXT);
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("output").textValue()).isNotBlank();
        assertThat(answer.json().path("model").textValue()).isEqualTo("offline/extract");
        long tokens = answer.json().path("usage").path("total_tokens").longValue();
        JsonNode event = onlyEvent(answer.header("X-Request-Id"));
        assertThat(event.path("event_type").textValue()).isEqualTo("pattern.execute");
        assertThat(event.path("resource").textValue()).contains("summarize");
        assertThat(event.path("tokens_used").longValue()).isEqualTo(tokens).isPositive();
        assertThat(administrator
                        .usage("principal=" + somebody.name())
                        .path("requests")
                        .longValue())
                .isEqualTo(1);
    }

    @Test
    void shouldBillWhatWasProducedBeforeTheClientLeft() throws Exception {
        Somebody somebody = somebody("developer");
        String requestId = "e2e-" + UUID.randomUUID();
        try (HttpClient impatient = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response = impatient.send(
                    traced(
                            somebody.client(),
                            "/v1/chat/completions",
                            Requests.chat("openai-endless", "hello", true),
                            requestId),
                    HttpResponse.BodyHandlers.ofInputStream());
            try (InputStream body = response.body()) {
                assertThat(body.readNBytes(2_000)).hasSize(2_000);
            }
            impatient.shutdownNow();
        }
        Eventually.holds(
                "the aborted stream is in the log",
                () -> !administrator.auditEvents("request_id=" + requestId).isEmpty());
        JsonNode event = onlyEvent(requestId);
        assertThat(event.path("result").textValue()).isEqualTo("failed");
        assertThat(event.path("details").path("error_code").textValue()).isEqualTo("client_closed_request");
        assertThat(event.path("tokens_used").longValue()).isPositive();
        assertThat(administrator
                        .usage("principal=" + somebody.name())
                        .path("output_tokens")
                        .longValue())
                .isPositive();
    }

    @Test
    void shouldAuditWhatItRefuses() {
        Somebody somebody = somebody("developer");
        Answer unknown = somebody.client().chat("no-such-model-at-all", "hello");
        assertThat(unknown.status()).isEqualTo(404);
        JsonNode event = onlyEvent(unknown.header("X-Request-Id"));
        assertThat(event.path("result").textValue()).isEqualTo("failed");
        assertThat(event.path("actor").path("user").textValue()).isEqualTo(somebody.name());
        assertThat(event.path("details").path("error_code").textValue()).isEqualTo("unknown_model");

        Answer stranger = administrator.withKey("gk_nobody_secret").chat("openai-echo", "hello");
        assertThat(stranger.status()).isEqualTo(401);
        JsonNode denied = onlyEvent(stranger.header("X-Request-Id"));
        assertThat(denied.path("event_type").textValue()).isEqualTo("auth.failed");
        assertThat(denied.path("result").textValue()).isEqualTo("denied");
        assertThat(denied.toString()).doesNotContain("gk_nobody_secret");
    }

    @Test
    void shouldAuditWhatTheProviderRefused() {
        Answer answer = administrator.chat("openai-failing", "hello");
        assertThat(answer.status()).isEqualTo(502);
        JsonNode event = onlyEvent(answer.header("X-Request-Id"));
        assertThat(event.path("result").textValue()).isEqualTo("failed");
        assertThat(event.path("details").path("error_code").textValue()).isEqualTo("provider_unavailable");
    }

    @Test
    void shouldLetAViewerRunNothingButWhatTheRoleNames() {
        Somebody viewer = somebody("viewer");
        assertThat(viewer.client().execute("summarize", TEXT).status()).isEqualTo(200);
        Answer refused = viewer.client().execute("review_code", "int x;");
        assertThat(refused.status()).isEqualTo(403);
        assertThat(refused.json().path("code").textValue()).isEqualTo("permission_denied");
        assertThat(refused.json().path("detail").textValue()).contains("patterns:execute");
        assertThat(onlyEvent(refused.header("X-Request-Id")).path("result").textValue())
                .isEqualTo("denied");
        assertThat(viewer.client().chat("openai-echo", "hello").status()).isEqualTo(403);
        assertThat(viewer.client().get("/api/v1/audit/events").status()).isEqualTo(403);
        assertThat(viewer.client().get("/api/v1/users").status()).isEqualTo(403);
    }

    @Test
    void shouldRevokeAKeyWithinASecond() {
        Somebody somebody = somebody("developer");
        assertThat(somebody.client().chat("openai-echo", "hello").status()).isEqualTo(200);
        assertThat(administrator.delete("/api/v1/keys/" + somebody.keyId()).status())
                .isEqualTo(200);
        Eventually.within(
                Duration.ofSeconds(1),
                "the revoked key is refused",
                () -> somebody.client().chat("openai-echo", "hello").status() == 401);
        assertThat(somebody.client().get("/api/v1/whoami").status()).isEqualTo(401);
    }

    @Test
    void shouldShowAVisitorNothingOfOthers() {
        Client visitor = world.client().withKey(null);
        for (String path : List.of("/v1/models", "/api/v1/models", "/api/v1/usage", "/api/v1/no-such-thing")) {
            assertThat(visitor.get(path).status()).as(path).isEqualTo(401);
        }
    }
}
