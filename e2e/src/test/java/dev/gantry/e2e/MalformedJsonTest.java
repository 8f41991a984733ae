package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.e2e.Client.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Bodies that are not JSON, or not quite. */
@ExtendWith(SharedWorld.class)
class MalformedJsonTest {
    private static final List<String> PATHS = List.of("/api/v1/execute", "/v1/chat/completions", "/v1/messages");

    private final Client client;

    MalformedJsonTest(World world) {
        this.client = world.client();
    }

    /** Values that no JSON parser may accept; each is put where a value belongs. */
    private static final List<String> VALUES = List.of(
            "",
            "nul",
            "True",
            "NaN",
            "Infinity",
            "-Infinity",
            "undefined",
            "'single'",
            "\"open",
            "\"\\x41\"",
            "\"\\u12\"",
            "\"\\u{41}\"",
            "\"\\uD8\"",
            "\"\\\"",
            "\"tab\there\"",
            "\"line\nbreak\"",
            "\"nul\u0000\"",
            "01",
            "-01",
            "1.",
            ".5",
            "-.5",
            "+1",
            "1e",
            "1e+",
            "1E-",
            "0x1F",
            "1_000",
            "--1",
            "1.2.3",
            "- 1",
            "1e1.5",
            "[1,]",
            "[,1]",
            "[1,,2]",
            "[1 2]",
            "[1",
            "[\"a\"",
            "1]",
            "[1}",
            "{\"a\":1]",
            "{\"a\"}",
            "{\"a\":}",
            "{:1}",
            "{a:1}",
            "{1:1}",
            "{\"a\":1,}",
            "{,}",
            "{\"a\" 1}",
            "{\"a\":1 \"b\":2}",
            "{\"a\":1,,\"b\":2}",
            "{'a':1}",
            "// comment\n1",
            "/* comment */ 1",
            "1 # comment",
            "\"a\" \"b\"",
            "\u00a01",
            "\ufeff1",
            "@",
            "*",
            "<html>",
            "\\u0031");

    /** Whole bodies that are no JSON object. */
    private static final List<String> BODIES = List.of(
            "",
            " ",
            "null",
            "true",
            "1",
            "\"text\"",
            "[]",
            "[{}]",
            "{",
            "}",
            "{}}",
            "{} {}",
            "{}[]",
            "{}x",
            "{\"",
            "{\"model\"",
            "{\"model\":",
            "{\"model\":\"openai-echo\"",
            "{\"model\":\"openai-echo\",",
            "model=openai-echo",
            "\u0000",
            "{\u0000}",
            "<?xml version=\"1.0\"?>",
            "--boundary",
            "%7B%7D",
            "\f{}",
            "{}\u0000");

    static Stream<String> documents() {
        return Stream.concat(
                BODIES.stream(), VALUES.stream().map(value -> "{\"model\":\"openai-echo\",\"x\":" + value + "}"));
    }

    @ParameterizedTest
    @MethodSource("documents")
    void shouldRefuse(String document) {
        Refusals.assertProblem(client.post(PATHS.get(0), document), 400, "invalid_request");
        Refusals.assertOpenAiError(client.post(PATHS.get(1), document), 400, "invalid_request_error");
        Refusals.assertAnthropicError(client.post(PATHS.get(2), document), 400, "invalid_request_error");
    }

    static Stream<byte[]> brokenUtf8() {
        return Stream.of(
                bytes(0xFF),
                bytes(0xC3, 0x28),
                bytes(0xE2, 0x82),
                bytes(0xF0, 0x9F, 0x98),
                bytes(0xC0, 0xAF),
                bytes(0xE0, 0x80, 0xAF),
                bytes(0xED, 0xA0, 0x80),
                bytes(0xF4, 0x90, 0x80, 0x80),
                bytes(0x80));
    }

    @ParameterizedTest
    @MethodSource("brokenUtf8")
    void shouldRefuseWhatIsNotUtf8(byte[] broken) {
        String before = "{\"pattern\":\"summarize\",\"input\":\"";
        Refusals.assertProblem(client.post(PATHS.get(0), joined(before, broken, "\"}")), 400, "invalid_request");
        String chat = "{\"model\":\"openai-echo\",\"messages\":[{\"role\":\"user\",\"content\":\"";
        Refusals.assertOpenAiError(
                client.post(PATHS.get(1), joined(chat, broken, "\"}]}")), 400, "invalid_request_error");
        String message = "{\"max_tokens\":9," + chat.substring(1);
        Refusals.assertAnthropicError(
                client.post(PATHS.get(2), joined(message, broken, "\"}]}")), 400, "invalid_request_error");
    }

    @Test
    void shouldRefuseOtherEncodings() {
        for (var charset : List.of(StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE, StandardCharsets.UTF_16)) {
            byte[] body = Requests.execute("summarize", "hello").getBytes(charset);
            Refusals.assertProblem(client.post(PATHS.get(0), body), 400, "invalid_request");
            byte[] chat = Requests.chat("openai-echo", "hello", false).getBytes(charset);
            Refusals.assertOpenAiError(client.post(PATHS.get(1), chat), 400, "invalid_request_error");
        }
    }

    @Test
    void shouldRefuseDepthWithoutEnd() {
        for (String opening : List.of("[", "{\"a\":")) {
            String deep = "{\"model\":\"openai-echo\",\"x\":" + opening.repeat(100_000);
            Refusals.assertProblem(client.post(PATHS.get(0), deep), 400, "invalid_request");
            Refusals.assertOpenAiError(client.post(PATHS.get(1), deep), 400, "invalid_request_error");
            Refusals.assertAnthropicError(client.post(PATHS.get(2), deep), 400, "invalid_request_error");
        }
    }

    @Test
    void shouldRefuseAFieldThatStandsTwice() {
        Refusals.assertProblem(
                client.post(PATHS.get(0), "{\"pattern\":\"summarize\",\"pattern\":\"review_code\"}"),
                400,
                "invalid_request");
        Refusals.assertOpenAiError(
                client.post(PATHS.get(1), "{\"model\":\"openai-echo\",\"model\":\"offline/extract\"}"),
                400,
                "invalid_request_error");
    }

    @Test
    void shouldNotFallOverNumbersOfAnySize() {
        for (String number : List.of("1e999999999", "-1e999999999", "9".repeat(5_000), "1e-999999999")) {
            Answer answer = client.post(
                    PATHS.get(0), "{\"pattern\":\"summarize\",\"input\":\"x\",\"temperature\":" + number + "}");
            assertThat(answer.status()).as(number).isIn(200, 400);
            Refusals.assertSaysNothingOfTheInside(answer);
            Answer chat = client.post(
                    PATHS.get(1),
                    "{\"model\":\"openai-echo\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}],\"seed\":" + number
                            + "}");
            assertThat(chat.status()).as(number).isLessThan(500);
        }
    }

    @Test
    void shouldPointAtWrongTypes() {
        for (String field : List.of("pattern", "input", "model", "context", "session", "language")) {
            String body =
                    field.equals("pattern") ? "{\"pattern\":7}" : "{\"pattern\":\"summarize\",\"" + field + "\":[7]}";
            JsonNode problem = Refusals.assertProblem(client.post(PATHS.get(0), body), 400, "invalid_request");
            assertThat(problem.path("errors").path(0).path("pointer").textValue())
                    .isEqualTo("/" + field);
        }
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int index = 0; index < values.length; index++) {
            bytes[index] = (byte) values[index];
        }
        return bytes;
    }

    private static byte[] joined(String before, byte[] middle, String after) {
        byte[] first = before.getBytes(StandardCharsets.UTF_8);
        byte[] last = after.getBytes(StandardCharsets.UTF_8);
        byte[] whole = new byte[first.length + middle.length + last.length];
        System.arraycopy(first, 0, whole, 0, first.length);
        System.arraycopy(middle, 0, whole, first.length, middle.length);
        System.arraycopy(last, 0, whole, first.length + middle.length, last.length);
        return whole;
    }
}
