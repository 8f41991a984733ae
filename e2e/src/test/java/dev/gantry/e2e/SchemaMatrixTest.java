package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.ReceivedRequest;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Every schema of clients with every schema of providers: the provider gets the request in its own words, the client the
 * answer in its own, whole and as a stream, whoever is at the other end. Of equal schemas nothing is touched.
 */
@ExtendWith(SharedWorld.class)
class SchemaMatrixTest {
    private static final Map<String, String> SAME = Map.of("chat", "openai", "messages", "anthropic");
    private static final Set<String> SAYS_STREAM_IN_PATH = Set.of("gemini", "bedrock");
    private static final Set<String> VOLATILE = Set.of("id", "created", "created_at", "model", "call_id");

    private final World world;

    SchemaMatrixTest(World world) {
        this.world = world;
    }

    @TestFactory
    Stream<DynamicTest> shouldSpeakEverySchemaWithEveryProvider() {
        return MatrixFixtures.CLIENTS.stream()
                .flatMap(client -> MatrixFixtures.PROVIDERS.stream()
                        .flatMap(provider -> MatrixFixtures.read(provider).keySet().stream()
                                .flatMap(name -> Stream.of(false, true)
                                        .map(stream -> dynamicTest(
                                                client + " to " + provider + ": " + name + (stream ? ", streamed" : ""),
                                                () -> check(client, provider, name, stream))))));
    }

    private static String path(String client) {
        return switch (client) {
            case "chat" -> "/v1/chat/completions";
            case "messages" -> "/v1/messages";
            case "responses" -> "/v1/responses";
            default -> throw new IllegalArgumentException(client);
        };
    }

    /** Errors of a provider, by what they are for each client: status, type, and OpenAI's code. */
    @ParameterizedTest
    @CsvSource({
        "limited,   429, rate_limit_error,      rate_limit_error, rate_limit_exceeded",
        "rejecting, 400, invalid_request_error, invalid_request_error, provider_rejected",
        "locked,    502, server_error,          api_error, provider_authentication",
        "failing,   502, server_error,          api_error, provider_unavailable",
        "rubbish,   502, server_error,          api_error, provider_bad_reply",
    })
    void shouldTellErrorsInTheWordsOfTheClient(
            String behaviour, int status, String openAiType, String anthropicType, String code) {
        for (String client : MatrixFixtures.CLIENTS) {
            for (String provider : List.of("openai", "native", "anthropic", "gemini", "bedrock", "ollama")) {
                ObjectNode request =
                        request(MatrixFixtures.read(client, "text"), provider + "-" + behaviour, client, false);
                Client.Answer answer = world.client().post(path(client), request.toString());
                String what = client + " to " + provider + ": " + answer.body();
                JsonNode error = answer.json().path("error");
                assertThat(answer.status()).as(what).isEqualTo(status);
                assertThat(error.path("message").asText()).as(what).isNotBlank();
                assertThat(error.path("type").asText())
                        .as(what)
                        .isEqualTo(client.equals("messages") ? anthropicType : openAiType);
                if (client.equals("messages")) {
                    assertThat(answer.json().path("type").asText()).as(what).isEqualTo("error");
                } else {
                    assertThat(error.path("code").asText()).as(what).isEqualTo(code);
                }
            }
        }
    }

    /** The offline model takes plain text in every schema and refuses the rest by name. */
    @ParameterizedTest
    @CsvSource({"text, 200", "length, 200", "tools, 400", "results, 400", "image, 400", "schema, 400"})
    void shouldServeTextOfflineAndRefuseTheRest(String name, int status) {
        for (String client : MatrixFixtures.CLIENTS) {
            ObjectNode request = request(MatrixFixtures.read(client, name), "offline/extract", client, false);
            Client.Answer answer = world.client().post(path(client), request.toString());
            assertThat(answer.status()).as(client + ": " + answer.body()).isEqualTo(status);
            if (status != 200) {
                assertThat(answer.body()).contains("offline/extract");
            }
        }
    }

    /** What a provider cannot do is refused before it hears of it, by name, in the client's own shape. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ollama; forced; tool_choice",
                "ollama; linked; by address",
                "bedrock; linked; by address",
                "gemini; linked; by an address"
            })
    void shouldRefuseWhatAProviderCannotDo(String provider, String name, String words) {
        for (String client : MatrixFixtures.CLIENTS) {
            ObjectNode request = request(MatrixFixtures.read(client, name), provider + "-refusing", client, false);
            Client.Answer answer = world.client().post(path(client), request.toString());
            String what = client + " to " + provider + ": " + answer.body();
            assertThat(answer.status()).as(what).isEqualTo(400);
            assertThat(answer.json().path("error").path("message").asText())
                    .as(what)
                    .contains("'" + provider + "'")
                    .contains(words);
            assertThat(world.simulator().requests())
                    .as(what)
                    .noneMatch(received -> received.uri().contains("simulated-refusing")
                            || received.body().toString().contains("simulated-refusing"));
        }
    }

    private void check(String client, String provider, String name, boolean stream) {
        MatrixFixtures.Case asked = MatrixFixtures.read(client, name);
        MatrixFixtures.Case upstream = MatrixFixtures.read(provider, name);
        ObjectNode request = request(asked, MatrixFixtures.model(provider, name), client, stream);
        Client.Answer answer = world.client().post(path(client), request.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        ObjectNode sent = sentTo(MatrixFixtures.upstreamName(provider, name));
        if (provider.equals(SAME.get(client))) {
            assertThat(masked(sent)).isEqualTo(masked(request));
            assertThat(answer.body().strip()).isEqualTo((stream ? upstream.stream() : upstream.reply()).strip());
            return;
        }
        assertThat(masked(sent)).isEqualTo(masked(expected(upstream, provider, stream)));
        ObjectNode reply = stream ? StreamFolds.fold(client, answer.body()) : (ObjectNode) answer.json();
        assertThat(masked(reply)).isEqualTo(masked(Json.read(asked.reply())));
    }

    private static ObjectNode request(MatrixFixtures.Case asked, String model, String client, boolean stream) {
        ObjectNode request = Json.object().put("model", model);
        request.setAll((ObjectNode) Json.read(asked.request()));
        if (stream) {
            request.put("stream", true);
            if (client.equals("chat")) {
                request.putObject("stream_options").put("include_usage", true);
            }
        }
        return request;
    }

    private static ObjectNode expected(MatrixFixtures.Case upstream, String provider, boolean stream) {
        ObjectNode expected = (ObjectNode) Json.read(upstream.request());
        if (stream && !SAYS_STREAM_IN_PATH.contains(provider)) {
            expected.put("stream", true);
            if (provider.equals("openai")) {
                expected.putObject("stream_options").put("include_usage", true);
            }
        }
        return expected;
    }

    private ObjectNode sentTo(String upstreamName) {
        List<ReceivedRequest> requests = world.simulator().requests();
        return requests.reversed().stream()
                .filter(request -> request.body().length() > 0)
                .filter(request -> request.uri().contains("/" + upstreamName)
                        || request.json().path("model").asText().equals(upstreamName))
                .map(ReceivedRequest::json)
                .findFirst()
                .orElseThrow();
    }

    /** Returns a document in which a star stands for what differs from run to run. */
    private static JsonNode masked(JsonNode document) {
        JsonNode copy = document.deepCopy();
        mask(copy);
        return copy;
    }

    private static void mask(JsonNode document) {
        if (document instanceof ObjectNode object) {
            for (String name : VOLATILE) {
                if (object.has(name)) {
                    object.put(name, "*");
                }
            }
        }
        document.forEach(SchemaMatrixTest::mask);
    }
}
