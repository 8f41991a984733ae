package dev.gantry.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonCursorTest {
    private static final JsonMapper JACKSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static JsonCursor at(String text) {
        JsonCursor cursor = new JsonCursor();
        cursor.reset(Buffer.buffer(text));
        return cursor;
    }

    private static boolean accepts(String text) {
        JsonCursor cursor = at(text);
        try {
            cursor.skip();
            cursor.requireEnd();
            return true;
        } catch (JsonCursor.Malformed malformed) {
            return false;
        }
    }

    @Test
    void shouldPickValuesOutOfNestedText() throws Exception {
        JsonCursor cursor = at(
                " { \"skip\" : [1, {\"deep\": \"}]\"}], \"n\" : 42 , \"inner\": {\"s\": \"a\\\"b\"}, \"x\": null } ");
        cursor.enterObject();
        assertThat(cursor.nextField()).isTrue();
        cursor.skip();
        assertThat(cursor.nextField()).isTrue();
        assertThat(cursor.nameIs("n".getBytes(StandardCharsets.US_ASCII))).isTrue();
        assertThat(cursor.atNumber()).isTrue();
        assertThat(cursor.readLong()).isEqualTo(42);
        assertThat(cursor.nextField()).isTrue();
        cursor.enterObject();
        assertThat(cursor.nextField()).isTrue();
        cursor.readString();
        assertThat(cursor.rawText()).isEqualTo("a\\\"b");
        assertThat(cursor.nextField()).isFalse();
        assertThat(cursor.nextField()).isTrue();
        cursor.skip();
        assertThat(cursor.nextField()).isFalse();
        cursor.requireEnd();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "[1,]",
                "{\"a\":1,}",
                "{\"a\"}",
                "{\"a\" 1}",
                "{a:1}",
                "[1 2]",
                "01",
                "-",
                "1.",
                ".5",
                "1e",
                "+1",
                "nul",
                "truee",
                "\"",
                "\"\\x\"",
                "\"\\u12g4\"",
                "\"\t\"",
                "[\"a\",]",
                "{} {}",
                "NaN",
                "'a'",
                "{\"a\":1 \"b\":2}",
                "[,1]",
                "{,}",
                "\"\\",
                "\"\\u12",
                "1e+",
                "--1",
                "tru"
            })
    void shouldRefuseWhatIsNotJson(String text) {
        assertThat(accepts(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "-0",
                "1.5e-10",
                "1E5",
                "\"\"",
                "\"\\u00e9\\n\\/\"",
                "[]",
                "{}",
                "[[],{}]",
                "true",
                "false",
                "null",
                " [ 1 , 2 ] ",
                "{\"\":{}}",
                "\"\u007f\u2028\""
            })
    void shouldAcceptJson(String text) {
        assertThat(accepts(text)).isTrue();
    }

    /** Strings are put together from scraps of JSON, so that some are JSON and most are nearly so. */
    @Test
    void shouldAgreeWithAnotherParser() {
        String[] scraps = {
            "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\n\"", "\"\\q\"", "1", "-2.5", "0", "1e3", "00", "true", "null",
            " ", "\n", "x"
        };
        Random random = new Random(42);
        int accepted = 0;
        for (int round = 0; round < 50_000; round++) {
            StringBuilder text = new StringBuilder();
            int length = 1 + random.nextInt(7);
            for (int index = 0; index < length; index++) {
                text.append(scraps[random.nextInt(scraps.length)]);
            }
            boolean expected = jacksonAccepts(text.toString());
            assertThat(accepts(text.toString())).as(text.toString()).isEqualTo(expected);
            accepted += expected ? 1 : 0;
        }
        assertThat(accepted).isGreaterThan(500);
    }

    private static boolean jacksonAccepts(String text) {
        try {
            return !JACKSON.readTree(text).isMissingNode();
        } catch (JsonProcessingException malformed) {
            return false;
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "1.5", "1e3", "9223372036854775808", "99999999999999999999999999"})
    void shouldSayThatANumberIsNoCount(String number) throws Exception {
        assertThat(at(number).readLong()).isEqualTo(-1);
    }

    @Test
    void shouldReadTheLargestCount() throws Exception {
        assertThat(at("9223372036854775807").readLong()).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void shouldRefuseNestingWithoutEnd() {
        assertThatThrownBy(() -> at("[".repeat(100_000)).skip()).isInstanceOf(JsonCursor.Malformed.class);
    }

    @Test
    void shouldReadSlicesOfLargerBuffers() throws Exception {
        Buffer whole = Buffer.buffer("xx{\"n\":7}yy");
        JsonCursor cursor = new JsonCursor();
        cursor.reset(whole.slice(2, 9));
        cursor.enterObject();
        assertThat(cursor.nextField()).isTrue();
        assertThat(cursor.readLong()).isEqualTo(7);
        assertThat(cursor.nextField()).isFalse();
        cursor.requireEnd();
    }
}
