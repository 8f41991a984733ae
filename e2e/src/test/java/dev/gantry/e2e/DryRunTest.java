package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Looking at what a run would send goes through the same gate, leaves one line in the audit log, and asks nobody. */
@ExtendWith(SharedWorld.class)
class DryRunTest {
    private final World world;
    private final Client client;

    DryRunTest(World world) {
        this.world = world;
        this.client = world.client();
    }

    private static ObjectNode dryRun(String pattern) {
        return Json.object().put("pattern", pattern).put("input", "hello").put("dry_run", true);
    }

    private Answer post(Client caller, ObjectNode body) {
        return caller.post("/api/v1/execute", Requests.text(body));
    }

    private JsonNode onlyEvent(Answer answer) {
        String filter = "request_id=" + answer.header("X-Request-Id");
        Eventually.holds(
                "the request is in the audit log",
                () -> !client.auditEvents(filter).isEmpty());
        List<JsonNode> events = client.auditEvents(filter);
        assertThat(events).hasSize(1);
        return events.getFirst();
    }

    @Test
    void shouldShowThePromptAndAskNobody() {
        String input = "only looked at " + UUID.randomUUID();

        Answer answer =
                post(client, dryRun("summarize").put("model", "openai-echo").put("input", input));

        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.json().path("pattern").textValue()).isEqualTo("builtin/summarize");
        assertThat(answer.json().path("model").textValue()).isEqualTo("openai-echo");
        assertThat(answer.json().at("/policy/permissions"))
                .extracting(JsonNode::textValue)
                .containsExactly("patterns:execute:builtin/summarize", "models:execute:openai/openai-echo");
        assertThat(answer.json().at("/estimated_cost/input/micro_usd").longValue())
                .isPositive();
        JsonNode event = onlyEvent(answer);
        assertThat(event.path("event_type").textValue()).isEqualTo("pattern.dry_run");
        assertThat(event.path("result").textValue()).isEqualTo("success");
        assertThat(world.simulator().requests())
                .noneMatch(request -> request.body().toString().contains(input));
    }

    @Test
    void shouldAuditARefusalOnceAndWithItsReason() {
        Answer unknown = post(client, dryRun("sumarize"));
        Refusals.assertProblem(unknown, 404, "unknown_pattern");
        assertThat(onlyEvent(unknown).path("result").textValue()).isEqualTo("failed");

        Answer keyless = post(client.withKey("gk_none_none"), dryRun("summarize"));
        Refusals.assertProblem(keyless, 401, "unauthenticated");
        assertThat(onlyEvent(keyless).path("event_type").textValue()).isEqualTo("auth.failed");

        Answer malformed = post(client, dryRun("summarize").put("temperature", 9));
        Refusals.assertProblem(malformed, 400, "invalid_request");
        assertThat(onlyEvent(malformed).path("result").textValue()).isEqualTo("failed");
    }
}
