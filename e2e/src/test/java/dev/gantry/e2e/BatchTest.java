package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Requests handed in at once, as their submitter sees them. */
@ExtendWith(SharedWorld.class)
class BatchTest {
    private static final String PATH = "/api/v1/batches";

    private final Client client;

    BatchTest(World world) {
        this.client = world.client();
    }

    private static ObjectNode request(String customId, String url, String body) {
        ObjectNode request =
                Json.object().put("custom_id", customId).put("method", "POST").put("url", url);
        request.set("body", Json.read(body));
        return request;
    }

    private static String batch(ObjectNode... requests) {
        ArrayNode list = Json.mapper().createArrayNode();
        List.of(requests).forEach(list::add);
        return Requests.text(Json.object().set("requests", list));
    }

    private static String chat(String model, String text) {
        return "{\"model\":\"" + model + "\",\"messages\":[{\"role\":\"user\",\"content\":\"" + text + "\"}]}";
    }

    private JsonNode finished(JsonNode batch) {
        String path = PATH + "/" + batch.path("id").textValue();
        Eventually.holds(
                "the batch is finished",
                () -> client.get(path).json().path("status").textValue().equals("finished"));
        return client.get(path).json();
    }

    @Test
    void shouldBeginNoneForWhoMayExecuteNothing() {
        String name = "e2e-" + UUID.randomUUID();
        assertThat(client.post(
                                "/api/v1/service-accounts",
                                Requests.text(Json.object().put("name", name)))
                        .status())
                .isEqualTo(201);
        Answer key = client.post(
                "/api/v1/keys", Requests.text(Json.object().put("name", "e2e").put("principal", name)));
        assertThat(key.status()).as(key.body()).isEqualTo(201);
        Client nobody = client.withKey(key.json().path("key").textValue());

        Answer refused =
                nobody.post(PATH, batch(request("chat", "/v1/chat/completions", chat("openai-echo", "Hello"))));

        assertThat(refused.status()).as(refused.body()).isEqualTo(403);
        assertThat(refused.body()).contains("models:execute");
        assertThat(nobody.get(PATH).json().path("items")).isEmpty();
    }

    @Test
    void shouldSendEachRequestThroughTheWholeGate() {
        Answer accepted = client.post(
                PATH,
                batch(
                        request("chat", "/v1/chat/completions", chat("openai-echo", "Hello")),
                        request(
                                "messages",
                                "/v1/messages",
                                chat("openai-echo", "Hello").replaceFirst("\\{", "{\"max_tokens\":50,")),
                        request(
                                "run",
                                "/api/v1/execute",
                                "{\"pattern\":\"summarize\",\"input\":\"Ships waited outside.\"}"),
                        request("unknown", "/v1/chat/completions", chat("no-such-model", "Hello")),
                        request("malformed", "/v1/chat/completions", "{}")));
        assertThat(accepted.status()).as(accepted.body()).isEqualTo(201);
        assertThat(accepted.header("Location"))
                .endsWith(accepted.json().path("id").textValue());
        JsonNode batch = finished(accepted.json());

        assertThat(batch.at("/requests/succeeded").intValue())
                .as(batch.toString())
                .isEqualTo(3);
        assertThat(batch.at("/requests/failed").intValue()).isEqualTo(2);
        Answer results = client.get(PATH + "/" + batch.path("id").textValue() + "/results");
        assertThat(results.header("Content-Type")).isEqualTo("application/x-ndjson");
        List<JsonNode> lines = results.body().lines().map(Json::read).toList();
        assertThat(lines)
                .extracting(line -> line.path("custom_id").textValue() + " "
                        + line.at("/response/status_code").intValue())
                .containsExactly("chat 200", "messages 200", "run 200", "unknown 404", "malformed 400");
        assertThat(lines.get(0).at("/response/body/choices/0/message/content").textValue())
                .isEqualTo("Hello");
        assertThat(lines.get(1).at("/response/body/content/0/text").textValue()).isEqualTo("Hello");
        JsonNode event = client.get("/api/v1/audit/events?request_id="
                        + lines.get(0).at("/response/request_id").textValue())
                .json()
                .at("/items/0");
        assertThat(event.path("event_type").textValue()).as(event.toString()).isEqualTo("model.chat");
        assertThat(event.at("/actor/address").textValue()).isEqualTo("batch");
    }

    @Test
    void shouldAcceptTheSameBatchOnce() {
        String key = UUID.randomUUID().toString();
        String body = batch(request("1", "/v1/chat/completions", chat("openai-echo", "Hello")));
        List<String> ids = Stream.of(1, 2)
                .map(_ -> client.send(client.request(PATH)
                                .header("Idempotency-Key", key)
                                .POST(BodyPublishers.ofString(body))
                                .build())
                        .json()
                        .path("id")
                        .textValue())
                .toList();
        assertThat(ids.getFirst()).isNotNull().isEqualTo(ids.getLast());
        finished(Json.object().put("id", ids.getFirst()));
    }

    @Test
    void shouldSayWhatIsWrongWithABatch() {
        assertThat(client.post(PATH, "{\"requests\":[]}").status()).isEqualTo(400);
        Answer twice = client.post(
                PATH, batch(request("1", "/v1/chat/completions", "{}"), request("1", "/v1/chat/completions", "{}")));
        assertThat(twice.status()).isEqualTo(400);
        assertThat(twice.body()).contains("/requests/1/custom_id", "another one for each request");
        assertThat(client.post(PATH, batch(request("1", "/v1/files", "{}"))).body())
                .contains("/requests/0/url", "/api/v1/execute");
        assertThat(client.post(PATH, batch(request("1", "/v1/messages", "{\"stream\":true}")))
                        .body())
                .contains("/requests/0/body/stream");
        assertThat(client.get(PATH + "/" + UUID.randomUUID()).status()).isEqualTo(404);
    }

    @Test
    void shouldForgetABatchThatIsDeleted() {
        JsonNode batch =
                finished(client.post(PATH, batch(request("1", "/v1/chat/completions", chat("openai-echo", "Hello"))))
                        .json());
        String path = PATH + "/" + batch.path("id").textValue();
        assertThat(client.delete(path).status()).isEqualTo(204);
        assertThat(client.get(path).status()).isEqualTo(404);
        assertThat(client.get(path + "/results").status()).isEqualTo(404);
    }
}
