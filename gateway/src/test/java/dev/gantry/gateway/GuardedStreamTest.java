package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ClientSchema;
import dev.gantry.provider.ClientStream;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GuardedStreamTest {
    /** What a client has got, write by write. */
    private static final class TestingClient implements ClientStream {
        private final List<Buffer> writes = new ArrayList<>();

        @Override
        public void write(Buffer bytes) {
            writes.add(bytes.copy());
        }

        String text() {
            Buffer all = Buffer.buffer();
            writes.forEach(all::appendBuffer);
            return all.toString();
        }

        @Override
        public boolean isFull() {
            return false;
        }

        @Override
        public void onDrain(Runnable action) {}

        @Override
        public boolean isGone() {
            return false;
        }

        @Override
        public void onGone(Runnable action) {}

        @Override
        public void abort() {}
    }

    private static GuardedStream guard(ClientSchema schema, ClientStream client) {
        return new GuardedStream(
                client,
                new EventTexts(schema, new TestingDetector()),
                new AnswerTexts(TestingDetector.Flow::new),
                check(),
                "test");
    }

    private static AnswerCheck check() {
        byte[] body = "{\"model\":\"m\"}".getBytes(StandardCharsets.UTF_8);
        return TestingGuard.answers()
                .of(Prompt.Raw.read(ClientSchema.OPENAI_CHAT, body, Map.of()))
                .begin();
    }

    private static String through(ClientSchema schema, String stream) {
        TestingClient client = new TestingClient();
        GuardedStream guard = guard(schema, client);
        guard.write(Buffer.buffer(stream));
        guard.finish();
        return client.text();
    }

    /** The texts of a stream as a client puts them together. */
    private static Map<String, String> texts(ClientSchema schema, String stream) {
        Map<String, String> texts = new TreeMap<>();
        for (String event : stream.split("\n\n")) {
            String data = event.lines()
                    .filter(line -> line.startsWith("data: "))
                    .map(line -> line.substring(6))
                    .findFirst()
                    .orElse("[DONE]");
            if (!data.equals("[DONE]")) {
                add(schema, Json.read(data), texts);
            }
        }
        return texts;
    }

    private static void add(ClientSchema schema, JsonNode event, Map<String, String> texts) {
        switch (schema) {
            case OPENAI_CHAT -> {
                for (JsonNode choice : event.path("choices")) {
                    String name = choice.path("index").asText();
                    for (String field : List.of("content", "reasoning_content", "refusal")) {
                        texts.merge(
                                name + field, choice.path("delta").path(field).asText(""), String::concat);
                    }
                    for (JsonNode call : choice.path("delta").path("tool_calls")) {
                        texts.merge(
                                name + "call" + call.path("index"),
                                call.path("function").path("arguments").asText(""),
                                String::concat);
                    }
                }
            }
            case ANTHROPIC_MESSAGES -> {
                for (String field : List.of("text", "thinking", "partial_json")) {
                    texts.merge(
                            event.path("index") + field,
                            event.path("delta").path(field).asText(""),
                            String::concat);
                }
            }
            default ->
                texts.merge(
                        event.path("output_index") + event.path("type").asText(),
                        event.path("delta").asText(""),
                        String::concat);
        }
        texts.values().removeIf(String::isEmpty);
    }

    private static String chunk(int choice, String delta) {
        return "data: {\"id\":\"c1\",\"choices\":[{\"index\":" + choice + ",\"delta\":" + delta
                + ",\"finish_reason\":null}]}\n\n";
    }

    private static String content(int choice, String text) {
        return chunk(choice, Json.object().put("content", text).toString());
    }

    private static String arguments(int call, String fragment) {
        return chunk(
                0,
                "{\"tool_calls\":[{\"index\":" + call + ",\"function\":"
                        + Json.object().put("arguments", fragment) + "}]}");
    }

    private static String end(int choice) {
        return "data: {\"id\":\"c1\",\"choices\":[{\"index\":" + choice
                + ",\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n";
    }

    private static final String DONE = "data: [DONE]\n\n";

    private static String block(int index, String kind, String field, String text) {
        return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":" + index
                + ",\"delta\":{\"type\":\"" + kind + "\"," + "\"" + field + "\":"
                + Json.mapper().getNodeFactory().textNode(text) + "}}\n\n";
    }

    private static String stop(int index) {
        return "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":" + index + "}\n\n";
    }

    @Nested
    class Clean {
        @Test
        void shouldGoOutByteForByte() {
            String stream = ": ping\n\n" + chunk(0, "{\"role\":\"assistant\",\"content\":\"\"}") + content(0, "Hi ")
                    + content(0, "there") + content(0, "\n") + end(0) + "data: {\"choices\":[],\"usage\":{}}\n\n"
                    + DONE;
            assertThat(through(ClientSchema.OPENAI_CHAT, stream)).isEqualTo(stream);
        }

        @Test
        void shouldGoOutAtOnceWhereNothingIsHeldBack() {
            TestingClient client = new TestingClient();
            GuardedStream guard = guard(ClientSchema.OPENAI_CHAT, client);
            Buffer first = Buffer.buffer(content(0, "words and "));
            guard.write(first);
            assertThat(client.writes).containsExactly(first);
            guard.write(Buffer.buffer(content(0, "halfw")));
            assertThat(client.writes).hasSize(1);
            guard.write(Buffer.buffer(content(0, "ord ")));
            assertThat(client.text()).isEqualTo(content(0, "words and ") + content(0, "halfw") + content(0, "ord "));
        }

        @Test
        void shouldKeepEscapesAndUnknownFields() {
            String stream = "data: {\"x\":[1.50,\"\\u0041\"],\"choices\":[{\"delta\":{\"content\":\"\\u00e9\\n\"},"
                    + "\"index\":0}]}\r\n\r\n";
            assertThat(through(ClientSchema.OPENAI_CHAT, stream)).isEqualTo(stream);
        }
    }

    @Nested
    class Findings {
        @Test
        void shouldBeFoundOverEvents() {
            String stream = content(0, "I am 12") + content(0, "3-45") + content(0, "-6789 ") + end(0) + DONE;
            assertThat(through(ClientSchema.OPENAI_CHAT, stream))
                    .isEqualTo(content(0, "I am [SSN]") + content(0, "") + content(0, " ") + end(0) + DONE);
        }

        @Test
        void shouldBeFoundAtTheEndOfAChoiceBeforeItIsSaidToBeOver() {
            TestingClient client = new TestingClient();
            GuardedStream guard = guard(ClientSchema.OPENAI_CHAT, client);
            guard.write(Buffer.buffer(content(0, "a@b.c") + content(0, "om")));
            assertThat(client.text()).isEmpty();
            guard.write(Buffer.buffer(end(0)));
            assertThat(client.text()).isEqualTo(content(0, "[EMAIL]") + content(0, "") + end(0));
        }

        @Test
        void shouldKeepChoicesApart() {
            String stream = content(0, "a@")
                    + content(1, "c@")
                    + content(0, "b.com ")
                    + content(1, "d.com ")
                    + end(0)
                    + end(1)
                    + DONE;
            assertThat(texts(ClientSchema.OPENAI_CHAT, through(ClientSchema.OPENAI_CHAT, stream)))
                    .containsExactly(Map.entry("0content", "[EMAIL] "), Map.entry("1content", "[EMAIL] "));
        }

        @Test
        void shouldNotBreakTheArgumentsOfACall() {
            String stream = arguments(0, "{\"note\":\"line\\")
                    + arguments(0, "na\\u00")
                    + arguments(0, "40b.com\",\"card\":41111111")
                    + arguments(0, "11111111, \"n\": 1}")
                    + end(0)
                    + DONE;
            assertThat(texts(ClientSchema.OPENAI_CHAT, through(ClientSchema.OPENAI_CHAT, stream)))
                    .containsExactly(
                            Map.entry("0call0", "{\"note\":\"line\\n[EMAIL]\",\"card\":\"[CARD]\", \"n\": 1}"));
        }

        @Test
        void shouldBeFoundInEveryKindOfDelta() {
            String stream = chunk(0, "{\"reasoning_content\":\"a@b.com \"}")
                    + chunk(0, "{\"refusal\":\"a@b.com \"}")
                    + chunk(0, "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\"a@b\"}]}")
                    + chunk(0, "{\"reasoning_details\":[{\"type\":\"reasoning.text\",\"text\":\".com \"}]}")
                    + chunk(0, "{\"function_call\":{\"arguments\":\"\\\"a@b.com \\\"\"}}")
                    + end(0)
                    + DONE;
            assertThat(through(ClientSchema.OPENAI_CHAT, stream))
                    .doesNotContain("@")
                    .contains("[EMAIL]");
        }

        @Test
        void shouldBeFoundInBlocksOfMessages() {
            String stream =
                    block(0, "thinking_delta", "thinking", "ask a@b.") + block(0, "thinking_delta", "thinking", "com")
                            + stop(0) + block(1, "text_delta", "text", "123-45-")
                            + "event: ping\ndata: {\"type\": \"ping\"}\n\n"
                            + block(1, "text_delta", "text", "6789") + stop(1)
                            + block(2, "input_json_delta", "partial_json", "{\"a\":4111111111")
                            + block(2, "input_json_delta", "partial_json", "111111}") + stop(2)
                            + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";
            String out = through(ClientSchema.ANTHROPIC_MESSAGES, stream);
            assertThat(texts(ClientSchema.ANTHROPIC_MESSAGES, out))
                    .containsExactly(
                            Map.entry("0thinking", "ask [EMAIL]"),
                            Map.entry("1text", "[SSN]"),
                            Map.entry("2partial_json", "{\"a\":\"[CARD]\"}"));
            assertThat(out).contains("event: ping\n", "event: content_block_delta\ndata: {\"type\":");
        }

        @Test
        void shouldBeFoundInResponsesAndTheirRepetitions() {
            String stream = "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                    + "\"output_index\":0,\"content_index\":0,\"delta\":\"a@b\"}\n\n"
                    + "event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\","
                    + "\"output_index\":0,\"content_index\":0,\"delta\":\".com\"}\n\n"
                    + "event: response.output_text.done\ndata: {\"type\":\"response.output_text.done\","
                    + "\"output_index\":0,\"content_index\":0,\"text\":\"a@b.com\"}\n\n"
                    + "event: response.completed\ndata: {\"type\":\"response.completed\",\"response\":{\"output\":"
                    + "[{\"content\":[{\"type\":\"output_text\",\"text\":\"a@b.com\"}]}]}}\n\n";
            assertThat(through(ClientSchema.OPENAI_RESPONSES, stream))
                    .doesNotContain("@")
                    .contains("\"delta\":\"[EMAIL]\"", "\"text\":\"[EMAIL]\"");
        }

        @Test
        void shouldNotBeToldByTheTokens() {
            String stream = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"a@b.com \"},\"logprobs\":"
                    + "{\"content\":[{\"token\":\"a@\"}]}}]}\n\n";
            assertThat(through(ClientSchema.OPENAI_CHAT, stream)).contains("\"logprobs\":null", "[EMAIL]");
        }
    }

    @Nested
    class Refusals {
        @Test
        void shouldLetNothingOutThatCameAfter() {
            TestingClient client = new TestingClient();
            GuardedStream guard = guard(ClientSchema.OPENAI_CHAT, client);
            Buffer stream = Buffer.buffer(content(0, "fine ") + content(0, "BLOCK") + content(0, "ME now ") + end(0));
            assertThatThrownBy(() -> guard.write(stream)).isInstanceOf(GantryException.class);
            assertThat(client.text()).isEqualTo(content(0, "fine "));
            assertThatThrownBy(() -> guard.write(Buffer.buffer(DONE))).isInstanceOf(GantryException.class);
            assertThatThrownBy(guard::finish).isInstanceOf(GantryException.class);
            assertThat(client.text()).isEqualTo(content(0, "fine "));
            assertThat(guard.refusal()).isNotNull();
        }

        @Test
        void shouldLetNothingOutThatCannotBeRead() {
            TestingClient client = new TestingClient();
            GuardedStream guard = guard(ClientSchema.OPENAI_CHAT, client);
            assertThatThrownBy(() -> guard.write(Buffer.buffer("data: {\"content\": a@b.com}\n\n")))
                    .isInstanceOf(GantryException.class);
            assertThat(client.text()).isEmpty();
        }
    }

    private static final String WHOLE = content(0, "Mail é \uD83D\uDE00 a@")
            + content(1, "I am 123-45-6789. ")
            + content(0, "b.com and \"")
            + content(0, "c@d.com\" \\ ")
            + end(1)
            + arguments(0, "{\"s\":\"12")
            + arguments(0, "3-45-6789\\u00e9 \\")
            + arguments(0, "\\ a\\u0040b.com\"}")
            + end(0)
            + DONE;

    @Provide
    Arbitrary<List<Integer>> cuts() {
        return Arbitraries.integers().between(1, 90).list().ofMinSize(1).ofMaxSize(60);
    }

    /** Every way of cutting the bytes gives the client the same bytes. */
    @Property(tries = 300)
    void shouldNotDependOnHowTheStreamIsCut(@ForAll("cuts") List<Integer> cuts) {
        Buffer stream = Buffer.buffer(WHOLE);
        TestingClient client = new TestingClient();
        GuardedStream guard = guard(ClientSchema.OPENAI_CHAT, client);
        int position = 0;
        for (int index = 0; position < stream.length(); index++) {
            int end = Math.min(stream.length(), position + cuts.get(index % cuts.size()));
            guard.write(Buffer.buffer(stream.getBytes(position, end)));
            position = end;
        }
        guard.finish();
        assertThat(client.text()).isEqualTo(through(ClientSchema.OPENAI_CHAT, WHOLE));
    }

    /** Every way in which a provider cuts a text into deltas gives the client the same text. */
    @Property(tries = 300)
    void shouldNotDependOnHowTheTextIsCut(@ForAll("cuts") List<Integer> cuts) {
        String text = "I am 123-45-6789 (a@b.com), \"c@d.com\"\n4111111111111111 and fine\\";
        String json =
                "{\"a\":\"\\u0061@b.com \\\"c@d.com\\\" \\\\ \\n123-45-6789\", \"b\":4111111111111111, \"c\":[1]}";
        StringBuilder stream = new StringBuilder();
        split(text, cuts).forEach(piece -> stream.append(content(0, piece)));
        split(json, cuts).forEach(piece -> stream.append(arguments(0, piece)));
        stream.append(end(0)).append(DONE);
        assertThat(texts(ClientSchema.OPENAI_CHAT, through(ClientSchema.OPENAI_CHAT, stream.toString())))
                .containsExactly(
                        Map.entry(
                                "0call0",
                                "{\"a\":\"[EMAIL] \\\"[EMAIL]\\\" \\\\ \\n[SSN]\", \"b\":\"[CARD]\", \"c\":[1]}"),
                        Map.entry("0content", "I am [SSN] ([EMAIL]), \"[EMAIL]\"\n[CARD] and fine\\"));
    }

    private static List<String> split(String text, List<Integer> cuts) {
        List<String> pieces = new ArrayList<>();
        int position = 0;
        for (int index = 0; position < text.length(); index++) {
            int end = Math.min(text.length(), position + cuts.get(index % cuts.size()) % 9 + 1);
            pieces.add(text.substring(position, end));
            position = end;
        }
        return pieces;
    }
}
