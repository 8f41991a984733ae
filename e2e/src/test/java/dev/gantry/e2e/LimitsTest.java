package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A caller of tier free has ten requests a minute, whatever they are, and is told when there are more. */
@ExtendWith(SharedWorld.class)
class LimitsTest {
    private static final String CHAT =
            "{\"model\":\"openai-echo\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String STREAM =
            "{\"model\":\"openai-echo\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";
    private static final String MESSAGE =
            "{\"model\":\"anthropic-echo\",\"max_tokens\":50,\"messages\":[{\"role\":\"user\",\"content\":\"Hello\"}]}";

    private final World world;
    private final Client administrator;

    LimitsTest(World world) {
        this.world = world;
        this.administrator = world.client();
    }

    private Client free() {
        String name = TestingConfiguration.FREE_ACCOUNT;
        created(administrator.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(administrator.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", "developer").put("user", name))));
        JsonNode key = created(administrator.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", name))));
        return administrator.withKey(key.path("key").textValue());
    }

    private static JsonNode created(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private static void assertAdmitted(Answer answer, int remaining) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-RateLimit-Limit")).isEqualTo("10");
        assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo(Integer.toString(remaining));
        assertThat(Long.parseLong(answer.header("X-RateLimit-Reset"))).isPositive();
    }

    private static void assertRefused(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(429);
        assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 61);
        assertThat(answer.header("X-RateLimit-Remaining")).isEqualTo("0");
        assertThat(answer.body()).contains("The limit of tier free is reached: 10 requests in a minute");
    }

    @Test
    void shouldAdmitTenRequestsOfAnyKindAndRefuseTheEleventhInEverySchema() {
        Client client = free();

        assertAdmitted(client.post("/v1/chat/completions", CHAT), 9);
        assertThat(client.post("/v1/chat/completions", "{\"model\":\"nothing\"}")
                        .status())
                .as("a request that is refused for another reason")
                .isEqualTo(404);
        assertAdmitted(client.post("/v1/chat/completions", STREAM), 8);
        assertAdmitted(client.post("/v1/messages", MESSAGE), 7);
        assertAdmitted(client.get("/v1/models"), 6);
        assertAdmitted(client.get("/api/v1/whoami"), 5);
        assertAdmitted(
                client.post("/api/v1/execute", "{\"pattern\":\"summarize\",\"input\":\"Ships waited outside.\"}"), 4);
        for (int remaining = 3; remaining >= 0; remaining--) {
            assertAdmitted(client.post("/v1/chat/completions", CHAT), remaining);
        }

        Answer openAi = client.post("/v1/chat/completions", CHAT);
        assertRefused(openAi);
        assertThat(openAi.json().at("/error/code").textValue()).isEqualTo("rate_limit_exceeded");
        Answer anthropic = client.post("/v1/messages", MESSAGE);
        assertRefused(anthropic);
        assertThat(anthropic.json().at("/error/type").textValue()).isEqualTo("rate_limit_error");
        Answer api = client.get("/api/v1/whoami");
        assertRefused(api);
        assertThat(api.json().path("code").textValue()).isEqualTo("rate_limited");
        assertThat(client.get("/api/v1/limits").json().at("/items/0/remaining").intValue())
                .isZero();
        assertThat(administrator.get("/metrics").body())
                .contains("gantry_rate_limit_exceeded_total{tier=\"free\"} 3.0");
        assertThat(world.client().post("/v1/chat/completions", CHAT).status())
                .as("somebody else")
                .isEqualTo(200);
    }
}
