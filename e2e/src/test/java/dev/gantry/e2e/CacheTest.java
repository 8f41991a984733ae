package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers that are given again, as callers see them. */
@ExtendWith(SharedWorld.class)
class CacheTest {
    private final World world;
    private final Client client;

    /** A question that nobody asked before. */
    private final String question = "Question " + UUID.randomUUID();

    CacheTest(World world) {
        this.world = world;
        this.client = world.client();
    }

    private static String body(String model, String text, String more) {
        return Requests.text(Json.object()
                        .put("model", model)
                        .put("max_tokens", 100)
                        .set(
                                "messages",
                                Json.mapper()
                                        .createArrayNode()
                                        .add(Json.object().put("role", "user").put("content", text))))
                .replaceFirst("\\{", "{" + more);
    }

    private long asked() {
        return world.simulator().requests().stream()
                .filter(request -> request.body().toString().contains(question))
                .count();
    }

    private static void assertHit(Answer answer) {
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header("X-Gantry-Cache"))
                .as(answer.header("Cache-Status"))
                .isEqualTo("hit");
        assertThat(Integer.parseInt(answer.header("Age"))).isBetween(0, 60);
        assertThat(answer.header("Cache-Status")).startsWith("Gantry; hit; ttl=86");
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai-echo", "anthropic-echo", "ollama-echo"})
    void shouldGiveTheSameAnswerAgainInEachSchemaWholeAndStreamed(String model) {
        for (String path : new String[] {"/v1/chat/completions", "/v1/messages"}) {
            for (String stream : new String[] {"false", "true"}) {
                String request = body(model, question, "\"temperature\":0,\"stream\":" + stream + ",");
                long before = asked();
                Answer first = client.post(path, request);
                Answer second = client.post(path, request);

                assertThat(first.header("X-Gantry-Cache"))
                        .as(path + " " + stream)
                        .isEqualTo("miss");
                assertHit(second);
                assertThat(first.body()).contains(question.substring(question.lastIndexOf('-')));
                if (stream.equals("false")) {
                    assertThat(second.header("X-Gantry-Cost-Micro-Usd")).isEqualTo("0");
                    assertThat(without(second.json(), "created")).isEqualTo(without(first.json(), "created"));
                } else {
                    assertThat(second.body()).contains(question.substring(question.lastIndexOf('-')));
                }
                assertThat(asked()).isEqualTo(before + 1);
            }
        }
    }

    private static JsonNode without(JsonNode reply, String field) {
        ObjectNode copy = reply.deepCopy();
        copy.remove(field);
        return copy;
    }

    @Test
    void shouldRecordThatItCostNothing() {
        String request = body("openai-echo", question, "\"temperature\":0,");
        client.post("/v1/chat/completions", request);
        Answer hit = client.post("/v1/chat/completions", request);

        JsonNode event = client.get("/api/v1/audit/events?request_id=" + hit.header("X-Request-Id"))
                .json()
                .at("/items/0");
        assertThat(event.at("/details/cache").textValue()).as(event.toString()).isEqualTo("hit");
        assertThat(event.path("cost_micro_usd").asLong(0)).isZero();
        assertThat(event.path("tokens_used").asLong(0)).isZero();
        assertThat(client.get("/metrics").body()).contains("gantry_cache_requests_total{result=\"hit\"}");
    }

    @Test
    void shouldObeyCacheControlAndTemperature() {
        String request = body("openai-echo", question, "\"temperature\":0,");
        client.post("/v1/chat/completions", request);
        Answer unstored = client.send(client.request("/v1/chat/completions")
                .header("Cache-Control", "no-store")
                .POST(BodyPublishers.ofString(request))
                .build());
        Answer refreshed = client.send(client.request("/v1/chat/completions")
                .header("Cache-Control", "no-cache")
                .POST(BodyPublishers.ofString(request))
                .build());
        Answer drawn = client.post("/v1/chat/completions", body("openai-echo", question, ""));

        assertThat(unstored.header("X-Gantry-Cache")).isEqualTo("bypass");
        assertThat(refreshed.header("X-Gantry-Cache")).isEqualTo("miss");
        assertThat(drawn.header("Cache-Status")).isEqualTo("Gantry; fwd=bypass; detail=\"temperature\"");
        assertThat(asked()).isEqualTo(4);
        assertHit(client.post("/v1/chat/completions", request));
    }

    @Test
    void shouldShowEveryCallerTheirOwnValuesAndNobodyElses() {
        String ada = "ada" + UUID.randomUUID() + "@example.com";
        String bob = "bob" + UUID.randomUUID() + "@example.org";
        Client member = member();
        for (String stream : new String[] {"false", "true"}) {
            String more = "\"temperature\":0,\"stream\":" + stream + ",";
            Answer first = member.post("/v1/chat/completions", body("openai-echo", question + " of " + ada, more));
            Answer second = member.post("/v1/chat/completions", body("openai-echo", question + " of " + bob, more));

            assertThat(first.body()).contains(ada);
            assertHit(second);
            assertThat(second.body()).contains(bob).doesNotContain(ada);
        }
        assertThat(world.simulator().requests())
                .noneMatch(request -> request.body().toString().contains(ada));
    }

    private Client member() {
        String name = "cache-" + UUID.randomUUID();
        String team = "cache-reversible";
        created(client.post("/api/v1/teams", Requests.text(Json.object().put("name", team))));
        created(client.post(
                "/api/v1/service-accounts", Requests.text(Json.object().put("name", name))));
        created(client.post(
                "/api/v1/role-assignments",
                Requests.text(Json.object().put("role", "developer").put("user", name))));
        Answer added = client.send(client.request("/api/v1/teams/" + team + "/members/" + name)
                .PUT(BodyPublishers.noBody())
                .build());
        assertThat(added.status()).as(added.body()).isEqualTo(204);
        return client.withKey(created(client.post(
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
}
