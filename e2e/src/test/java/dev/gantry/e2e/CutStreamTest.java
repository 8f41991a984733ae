package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An answer that is under way ends when its caller may have no more of it, and what was consumed is paid. */
@ExtendWith(SharedWorld.class)
class CutStreamTest {
    /** An endless answer of the simulator takes 50 seconds. */
    private static final long LONGEST_NANOS = 10_000_000_000L;

    private final World world;
    private final Client administrator;
    private final String name = "cut-" + UUID.randomUUID();
    private final String keyId;
    private final Client somebody;

    CutStreamTest(World world) {
        this.world = world;
        this.administrator = world.client();
        create("/api/v1/service-accounts", Json.object().put("name", name));
        create(
                "/api/v1/role-assignments",
                Json.object().put("role", "developer").put("user", name));
        JsonNode key = create("/api/v1/keys", Json.object().put("name", "e2e").put("principal", name));
        this.keyId = key.path("id").textValue();
        this.somebody = administrator.withKey(key.path("key").textValue());
    }

    private JsonNode create(String path, ObjectNode body) {
        Answer answer = administrator.post(path, Requests.text(body));
        assertThat(answer.status()).as(answer.body()).isEqualTo(201);
        return answer.json();
    }

    private void revoke() {
        assertThat(administrator.delete("/api/v1/keys/" + keyId).status()).isEqualTo(200);
    }

    private void deactivate() {
        assertThat(administrator.delete("/api/v1/service-accounts/" + name).status())
                .isEqualTo(200);
    }

    /** Starts a stream, does something when its first data has come, and returns its lines. */
    private List<String> stream(String path, String body, Runnable meanwhile) throws IOException, InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> response = http.send(
                    somebody.request(path)
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(response.statusCode()).isEqualTo(200);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isNotNull();
                meanwhile.run();
                long cut = System.nanoTime();
                List<String> rest =
                        lines.lines().filter(line -> !line.isBlank()).toList();
                assertThat(System.nanoTime() - cut).isLessThan(LONGEST_NANOS);
                return rest;
            }
        }
    }

    private void assertPaidAndOver() {
        Eventually.holds(
                "what was consumed is in the ledger",
                () -> administrator
                                .usage("principal=" + name)
                                .path("output_tokens")
                                .longValue()
                        > 0);
        Eventually.holds(
                "the provider works on no more", () -> world.simulator().underWay() == 0);
        List<JsonNode> events = administrator.auditEvents("actor=" + name);
        assertThat(events).anySatisfy(event -> {
            assertThat(event.path("result").textValue()).isEqualTo("failed");
            assertThat(event.at("/details/error_code").textValue()).isEqualTo("unauthenticated");
        });
    }

    @ParameterizedTest
    @CsvSource({"openai-endless", "anthropic-endless"})
    void shouldEndAStreamOfOpenAiWhoseKeyIsRevoked(String model) throws Exception {
        List<String> lines = stream("/v1/chat/completions", Requests.chat(model, "hello", true), this::revoke);

        JsonNode last = Json.read(lines.getLast().substring("data: ".length()));
        assertThat(last.at("/error/message").textValue()).contains("revoked");
        assertThat(last.at("/error/type").textValue()).isEqualTo("authentication_error");
        assertPaidAndOver();
    }

    @ParameterizedTest
    @CsvSource({"openai-endless", "anthropic-endless"})
    void shouldEndAStreamOfAnthropicWhoseOwnerIsDeactivated(String model) throws Exception {
        List<String> lines = stream("/v1/messages", Requests.message(model, "hello", true), this::deactivate);

        assertThat(lines.get(lines.size() - 2)).isEqualTo("event: error");
        JsonNode last = Json.read(lines.getLast().substring("data: ".length()));
        assertThat(last.path("type").textValue()).isEqualTo("error");
        assertThat(last.at("/error/type").textValue()).isEqualTo("authentication_error");
        assertPaidAndOver();
    }

    @Test
    void shouldEndARunOfAPatternWhoseKeyIsRevoked() throws Exception {
        ObjectNode run = Json.object()
                .put("pattern", "summarize")
                .put("input", "hello")
                .put("model", "openai-endless")
                .put("stream", true);

        List<String> lines = stream("/api/v1/execute", Requests.text(run), this::revoke);

        assertThat(lines.getLast()).contains("unauthenticated").contains("revoked");
        assertPaidAndOver();
    }
}
