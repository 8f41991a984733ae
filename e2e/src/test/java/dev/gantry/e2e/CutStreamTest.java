package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.e2e.Client.Answer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
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
    private static final long LONGEST_NANOS = 30_000_000_000L;

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

    /** Starts a run that ends when somebody calls it. */
    private String waitingRun() {
        String workflow = "shared/" + name;
        create("/api/v1/workflows", Json.object().put("name", workflow).put("content", """
                        name: Waits
                        steps: [{id: wait, type: wait, params: {webhook: true, output: {ok: boolean}}}]
                        """));
        Answer started = somebody.post("/api/v1/workflows/" + workflow + "/runs", "{}");
        assertThat(started.status()).as(started.body()).isEqualTo(201);
        return started.json().path("id").textValue();
    }

    /** Follows a run until the server breaks off, and does something when the first of it has come. */
    private void follow(Client follower, String run, Runnable meanwhile) throws InterruptedException {
        try (HttpClient http = HttpClient.newHttpClient()) {
            HttpResponse<InputStream> events = http.send(
                    follower.request("/api/v1/runs/" + run + "/events").GET().build(),
                    HttpResponse.BodyHandlers.ofInputStream());
            assertThat(events.statusCode()).isEqualTo(200);
            try (BufferedReader lines =
                    new BufferedReader(new InputStreamReader(events.body(), StandardCharsets.UTF_8))) {
                assertThat(lines.readLine()).isEqualTo(": events of run " + run);
                meanwhile.run();
                long cut = System.nanoTime();
                // Not as at the end of a run, which readers take for one.
                assertThatThrownBy(() -> lines.lines().forEach(line -> {})).hasRootCauseInstanceOf(IOException.class);
                assertThat(System.nanoTime() - cut).isLessThan(LONGEST_NANOS);
            } catch (IOException closing) {
                throw new UncheckedIOException(closing);
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        assertThat(follower.get("/api/v1/runs/" + run + "/events").status()).isEqualTo(401);
        assertThat(administrator.get("/api/v1/runs/" + run).json().path("state").textValue())
                .as("the run itself goes on")
                .isEqualTo("running");
    }

    @Test
    void shouldTellNothingMoreOfARunToSomebodyWhoseKeyIsRevoked() throws Exception {
        follow(somebody, waitingRun(), this::revoke);
    }

    @Test
    void shouldTellNothingMoreOfARunToSomebodyWhoIsDeactivated() throws Exception {
        follow(somebody, waitingRun(), this::deactivate);
    }

    @Test
    void shouldTellNothingMoreOfARunToASessionThatEnds() throws Exception {
        Answer signedIn = administrator
                .withKey(null)
                .post(
                        "/api/v1/auth/sessions",
                        Requests.text(
                                Json.object().put("api_key", somebody.key()).put("token", true)));
        Client session = administrator.withKey(signedIn.json().path("token").textValue());
        follow(session, waitingRun(), () -> {
            // A new token of the session changes nothing.
            Answer refreshed = session.post("/api/v1/auth/session/refresh", "{}");
            assertThat(refreshed.status()).as(refreshed.body()).isBetween(200, 204);
            String id = somebody.get("/api/v1/auth/sessions")
                    .json()
                    .path("items")
                    .path(0)
                    .path("id")
                    .textValue();
            assertThat(somebody.delete("/api/v1/auth/sessions/" + id).status()).isEqualTo(204);
        });
    }
}
