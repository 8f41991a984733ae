package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.provider.testing.ReceivedRequest;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What becomes of each parameter of a client's interface at each kind of provider: it arrives, or the reply names it, or the
 * request is refused with its name. Nothing disappears.
 */
@ExtendWith(SharedWorld.class)
class ParameterMatrixTest {
    private static final List<String> PROVIDERS = List.of("openai", "anthropic", "gemini", "bedrock", "ollama");
    private static final String IGNORED = "X-Gantry-Ignored-Parameters";

    private final World world;

    ParameterMatrixTest(World world) {
        this.world = world;
    }

    /** A cell is where the provider finds the value; {@code -} where it is ignored and {@code !} where it is refused. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
        chat | n                  | 2                   | n                  | ! | !                               | ! | !
        chat | logprobs           | true                | logprobs           | ! | !                               | ! | !
        chat | top_logprobs       | 3                   | top_logprobs       | ! | !                               | ! | !
        chat | logit_bias         | {"50256":-100}      | logit_bias         | ! | !                               | ! | !
        chat | web_search_options | {}                  | web_search_options | ! | !                               | ! | !
        chat | modalities         | ["text","audio"]    | modalities         | ! | !                               | ! | !
        chat | presence_penalty   | 0.5                 | presence_penalty   | ! | !                               | ! | options.presence_penalty
        chat | frequency_penalty  | -0.5                | frequency_penalty  | ! | !                               | ! | options.frequency_penalty
        chat | temperature        | 0.25                | temperature        | temperature | generationConfig.temperature | inferenceConfig.temperature | options.temperature
        chat | stop               | ["END"]             | stop               | stop_sequences | generationConfig.stopSequences | inferenceConfig.stopSequences | options.stop
        chat | seed               | 7                   | seed               | - | generationConfig.seed             | - | options.seed
        chat | user               | "u-1"               | user               | metadata.user_id | -                  | - | -
        chat | safety_identifier  | "u-1"               | safety_identifier  | metadata.user_id | -                  | - | -
        chat | metadata           | {"a":"b"}           | metadata           | - | -                               | - | -
        chat | service_tier       | "flex"              | service_tier       | - | -                               | - | -
        chat | verbosity          | "low"               | verbosity          | - | -                               | - | -
        chat | prompt_cache_key   | "k"                 | prompt_cache_key   | - | -                               | - | -
        chat | brand_new          | 1                   | brand_new          | - | -                               | - | -
        responses | top_logprobs  | 3                   | ! | ! | !                                                | ! | !
        responses | truncation    | "auto"              | ! | ! | !                                                | ! | !
        responses | include       | ["message.output_text.logprobs"] | ! | ! | !                                  | ! | !
        responses | presence_penalty | 0.5              | presence_penalty   | ! | !                               | ! | options.presence_penalty
        responses | user          | "u-1"               | user               | metadata.user_id | -                  | - | -
        responses | text.verbosity | "low"              | - | - | -                                                | - | -
        responses | max_tool_calls | 3                  | - | - | -                                                | - | -
        responses | client_metadata | {"a":"b"}         | - | - | -                                                | - | -
        responses | text.brand_new | 1                  | - | - | -                                                | - | -
        messages | top_k          | 5                   | ! | top_k              | generationConfig.topK            | ! | options.top_k
        messages | mcp_servers    | [{"type":"url","url":"https://example.com","name":"x"}] | ! | mcp_servers | !    | ! | !
        messages | container      | "c-1"               | ! | container          | !                                | ! | !
        messages | metadata.user_id | "u-1"             | user | metadata.user_id | -                               | - | -
        messages | service_tier   | "standard_only"     | = | service_tier       | =                                | = | =
        messages | output_config.effort | "low"         | - | output_config.effort | -                              | - | -
        messages | diagnostics    | {"previous_message_id":"m-1"} | - | diagnostics | -                             | - | -
        messages | thread         | {"type":"continue"} | ! | thread             | !                                | ! | !
        messages | brand_new      | 1                   | - | brand_new          | -                                | - | -
        """)
    void shouldArriveOrBeNamedOrBeRefused(
            String client,
            String name,
            String value,
            String openai,
            String anthropic,
            String gemini,
            String bedrock,
            String ollama) {
        List<String> cells = List.of(openai, anthropic, gemini, bedrock, ollama);
        for (int index = 0; index < cells.size(); index++) {
            check(client, name, Json.read(value), PROVIDERS.get(index), cells.get(index));
        }
    }

    private void check(String client, String name, JsonNode value, String provider, String cell) {
        String marker = client + "/" + name + "/" + provider;
        ObjectNode request = request(client, provider + "-echo", marker);
        put(request, name, value);
        Client.Answer answer = world.client().post(path(client), request.toString());
        String what = marker + ": " + answer.body();
        if (cell.equals("!")) {
            JsonNode error = answer.json().path("error");
            assertThat(answer.status()).as(what).isEqualTo(400);
            assertThat(error.path("message").asText())
                    .as(what)
                    .contains("'" + name + "'", "'" + provider + "-echo'", "'" + provider + "'", "leave it out");
            assertThat(received(marker)).as(what).isNull();
            return;
        }
        assertThat(answer.status()).as(what).isEqualTo(200);
        String ignored = answer.header(IGNORED);
        JsonNode sent = Objects.requireNonNull(received(marker), what);
        if (cell.equals("-")) {
            assertThat(ignored).as(what).isEqualTo(name);
        } else {
            assertThat(ignored).as(what).isEmpty();
        }
        if (cell.length() > 1) {
            JsonNode arrived = sent.at("/" + cell.replace('.', '/'));
            assertThat(arrived).as(what + sent).isEqualTo(value);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"openai", "anthropic", "gemini", "bedrock", "ollama"})
    void shouldTakeWhatSdksSendByThemselvesWithoutAWord(String provider) {
        ObjectNode chat = (ObjectNode) Json.read("""
                {"n":1,"temperature":1,"top_p":1.0,"presence_penalty":0,"frequency_penalty":0.0,"logprobs":false,
                 "top_logprobs":null,"logit_bias":{},"stop":null,"service_tier":"auto","store":false,"metadata":{},
                 "modalities":["text"],"parallel_tool_calls":true,"response_format":{"type":"text"},
                 "stream_options":null,"verbosity":"medium","functions":[],"seed":null,"tools":[],
                 "messages":[{"role":"user","content":"hello"}]}""");
        ObjectNode responses = (ObjectNode) Json.read("""
                {"input":"hello","store":false,"include":["reasoning.encrypted_content"],"truncation":"disabled",
                 "service_tier":"auto","temperature":1.0,"top_p":1,"top_logprobs":0,"tool_choice":"auto","tools":[],
                 "background":false,"previous_response_id":null,"text":{"format":{"type":"text"},"verbosity":"medium"}}""");
        ObjectNode messages = (ObjectNode) Json.read("""
                {"max_tokens":20,"temperature":1,"service_tier":"auto","metadata":{},"stop_sequences":[],"mcp_servers":[],
                 "tools":[],"thinking":{"type":"disabled"},"messages":[{"role":"user","content":"hello"}]}""");
        send("chat", chat, provider);
        send("responses", responses, provider);
        send("messages", messages, provider);
    }

    private void send(String client, ObjectNode request, String provider) {
        request.put("model", provider + "-echo");
        Client.Answer answer = world.client().post(path(client), request.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header(IGNORED)).as(client + " to " + provider).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"chat", "responses"})
    void shouldNameWhatIsIgnoredBeforeAStreamBegins(String client) {
        ObjectNode request = request(client, "anthropic-words", "streamed " + client);
        request.put("stream", true);
        put(request, "metadata", Json.read("{\"a\":\"b\"}"));
        Client.Answer answer = world.client().post(path(client), request.toString());
        assertThat(answer.status()).as(answer.body()).isEqualTo(200);
        assertThat(answer.header(IGNORED)).isEqualTo("metadata");
    }

    private static ObjectNode request(String client, String model, String marker) {
        ObjectNode request = Json.object().put("model", model);
        if (client.equals("responses")) {
            return request.put("input", marker);
        }
        request.putArray("messages").addObject().put("role", "user").put("content", marker);
        return client.equals("messages") ? request.put("max_tokens", 50) : request;
    }

    private static void put(ObjectNode request, String name, JsonNode value) {
        int dot = name.indexOf('.');
        if (dot < 0) {
            request.set(name, value);
        } else {
            request.putObject(name.substring(0, dot)).set(name.substring(dot + 1), value);
        }
    }

    private static String path(String client) {
        return switch (client) {
            case "chat" -> "/v1/chat/completions";
            case "messages" -> "/v1/messages";
            case "responses" -> "/v1/responses";
            default -> throw new IllegalArgumentException(client);
        };
    }

    /** Returns what a provider was sent with a text in it; null when none was. */
    private @Nullable JsonNode received(String marker) {
        for (ReceivedRequest request : world.simulator().requests().reversed()) {
            if (request.body().toString().contains("\"" + marker + "\"")) {
                return request.json();
            }
        }
        return null;
    }
}
