package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class Reading {
        @Test
        void shouldFindModelStreamAndUsageWishAnywhere() {
            RequestHead head = RequestHead.scan(bytes("""
                    {"messages":[{"role":"user","content":"\\"model\\":\\"wrong\\""}],
                     "stream_options":{"include_usage":true,"model":"nested"},
                     "stream":true, "model" : "gpt-4o"}"""));
            assertThat(head.model()).isEqualTo("gpt-4o");
            assertThat(head.stream()).isTrue();
            assertThat(head.includeUsage()).isTrue();
        }

        @Test
        void shouldTakeNullStreamAsAbsent() {
            assertThat(RequestHead.scan(bytes("{\"model\":\"m\",\"stream\":null}")).stream())
                    .isFalse();
        }

        @Test
        void shouldRefuseSecondModelThatTheProviderMightReadInstead() {
            assertRefused("{\"model\":\"cheap\",\"model\":\"dear\"}", "twice");
            assertRefused("{\"model\":\"m\",\"stream\":false,\"stream\":true}", "twice");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "",
                    "[]",
                    "null",
                    "\"model\"",
                    "{",
                    "{\"model\":\"m\"",
                    "{\"model\":\"m\"}}",
                    "{\"model\":\"m\"} {}",
                    "{\"model\":\"m\",}",
                    "{'model':'m'}",
                    "{\"model\":\"m\",\"a\":NaN}",
                    "{\"model\":\"m\",\"a\":01}",
                    "{\"model\":\"m\",\"a\":\"\t\"}",
                    "{\"model\":\"m\",\"a\":\"\\x\"}",
                    "{\"model\":1}",
                    "{\"model\":\"\"}",
                    "{\"stream\":true}",
                    "{\"model\":\"m\",\"stream\":\"yes\"}"
                })
        void shouldRefuseWhatIsNotARequest(String body) {
            assertRefused(body, "");
        }

        @Test
        void shouldRefuseMalformedUtf8() {
            byte[] body = bytes("{\"model\":\"m\",\"a\":\"??\"}");
            body[18] = (byte) 0xC3;
            assertThatThrownBy(() -> RequestHead.scan(body))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining("UTF-8");
        }

        @Test
        void shouldRefuseNestingThatWouldExhaustTheStack() {
            assertRefused("{\"model\":\"m\",\"a\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}", "");
        }

        private void assertRefused(String body, String words) {
            assertThatThrownBy(() -> RequestHead.scan(bytes(body)))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining(words);
        }
    }

    @Nested
    class ReplacingTheModel {
        @Test
        void shouldChangeNothingButTheModel() {
            String body = "{ \"unknown\": {\"é\": [1, 2.50]}, \"model\" : \"alias\" , \"x\":\"\\u0041\"}";
            RequestHead head = RequestHead.scan(bytes(body));
            assertThat(head.bodyForModel(bytes(body), "vendor/\"name\"").toString())
                    .isEqualTo(body.replace("\"alias\"", "\"vendor/\\\"name\\\"\""));
        }

        @Test
        void shouldForwardTheSameBytesForTheSameModel() {
            String body = "{\"model\":\"gpt-4o\",\"z\":1}";
            assertThat(RequestHead.scan(bytes(body))
                            .bodyForModel(bytes(body), "gpt-4o")
                            .toString())
                    .isEqualTo(body);
        }
    }
}
