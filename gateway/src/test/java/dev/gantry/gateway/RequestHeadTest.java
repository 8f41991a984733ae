package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestHeadTest {
    private static RequestHead scan(byte[] body) {
        return RequestHead.scan(body, ClientSchema.OPENAI_CHAT);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Nested
    class Reading {
        @Test
        void shouldFindModelStreamAndUsageWishAnywhere() {
            RequestHead head = scan(bytes("""
                    {"messages":[{"role":"user","content":"\\"model\\":\\"wrong\\""}],
                     "stream_options":{"include_usage":true,"model":"nested"},
                     "stream":true, "model" : "gpt-4o"}"""));
            assertThat(head.model()).isEqualTo("gpt-4o");
            assertThat(head.stream()).isTrue();
            assertThat(head.includeUsage()).isTrue();
        }

        @Test
        void shouldTakeNullStreamAsAbsent() {
            assertThat(scan(bytes("{\"model\":\"m\",\"stream\":null}")).stream())
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
            assertThatThrownBy(() -> scan(body))
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
            assertThatThrownBy(() -> scan(bytes(body)))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessageContaining(words);
        }
    }

    @Nested
    class BoundsOfTheAnswer {
        private static RequestHead head(ClientSchema schema, String fields) {
            return RequestHead.scan(bytes("{\"model\":\"m\"," + fields + "}"), schema);
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        OPENAI_CHAT        | "max_tokens":7                                   | 7
                        OPENAI_CHAT        | "max_completion_tokens":7                        | 7
                        OPENAI_CHAT        | "max_tokens":7,"max_completion_tokens":9         | 9
                        OPENAI_CHAT        | "max_output_tokens":7                            | -1
                        OPENAI_RESPONSES   | "max_output_tokens":7                            | 7
                        OPENAI_RESPONSES   | "max_tokens":7                                   | -1
                        ANTHROPIC_MESSAGES | "max_tokens":7                                   | 7
                        ANTHROPIC_MESSAGES | "max_completion_tokens":7                        | -1
                        OPENAI_CHAT        | "max_tokens":null                                | -1
                        OPENAI_CHAT        | "max_tokens":-1                                  | -1
                        OPENAI_CHAT        | "max_tokens":0                                   | -1
                        OPENAI_CHAT        | "max_tokens":7,"max_completion_tokens":-1        | -1
                        OPENAI_CHAT        | "max_tokens":7,"max_completion_tokens":"100000"  | -1
                        OPENAI_CHAT        | "max_tokens":7,"max_completion_tokens":100000.0  | -1
                        OPENAI_CHAT        | "max_tokens":7,"max_tokens":9                    | 9
                        OPENAI_CHAT        | "max_t\\u006fkens":7                             | 7
                        OPENAI_CHAT        | "nested":{"max_tokens":7}                        | -1
                        """)
        void shouldCountOnlyWhatTheEndpointReads(ClientSchema schema, String fields, long bound) {
            assertThat(head(schema, fields).outputTokens()).isEqualTo(bound);
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"8\"", "8.0", "0", "-1", "true", "[8]", "{}"})
        void shouldRefuseNumbersOfAnswersThatSomeServersReadDifferently(String number) {
            assertThatThrownBy(() -> head(ClientSchema.OPENAI_CHAT, "\"n\":" + number))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            refusal -> assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_REQUEST))
                    .hasMessage("'n' must be a whole number of at least 1");
        }

        @ParameterizedTest
        @ValueSource(strings = {"\"service_tier\":\"priority\"", "\"speed\":\"fast\"", "\"inference_geo\":\"us\""})
        void shouldRefuseWhatHasAPriceThatNobodyKnows(String field) {
            assertThatThrownBy(() -> head(ClientSchema.ANTHROPIC_MESSAGES, field))
                    .hasMessageContaining("a price that Gantry does not know")
                    .hasMessageContaining("leave it out");
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "\"service_tier\":\"auto\"",
                    "\"service_tier\":null",
                    "\"service_tier\":\"standard_only\"",
                    "\"service_tier\":\"on_demand\"",
                    "\"speed\":\"standard\"",
                    "\"inference_geo\":\"global\""
                })
        void shouldTakeWhatHasTheUsualPrice(String field) {
            assertThat(head(ClientSchema.ANTHROPIC_MESSAGES, field).model()).isEqualTo("m");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        [{"type":"function","function":{"name":"f"}}]                           | false
                        [{"name":"f","input_schema":{"type":"object"}}]                         | false
                        [{"type":"bash_20250124","name":"bash"}]                                | false
                        [{"type":"custom","name":"f","input_schema":{"type":"object"}}]         | false
                        [{"type":"function"},{"type":"image_generation"}]                       | true
                        [{"type":"mcp_toolset","mcp_server_name":"x"}]                          | true
                        [{"type":"something_of_tomorrow"}]                                      | true
                        [{"type":"function","type":"web_search"}]                               | true
                        """)
        void shouldSeeWhichToolsTheProviderRuns(String tools, boolean unseen) {
            assertThat(head(ClientSchema.OPENAI_RESPONSES, "\"tools\":" + tools).unseen())
                    .isEqualTo(unseen);
        }
    }

    @Nested
    class ReplacingTheModel {
        @Test
        void shouldChangeNothingButTheModel() {
            String body = "{ \"unknown\": {\"é\": [1, 2.50]}, \"model\" : \"alias\" , \"x\":\"\\u0041\"}";
            RequestHead head = scan(bytes(body));
            assertThat(head.bodyForModel(bytes(body), "vendor/\"name\"").toString())
                    .isEqualTo(body.replace("\"alias\"", "\"vendor/\\\"name\\\"\""));
        }

        @Test
        void shouldForwardTheSameBytesForTheSameModel() {
            String body = "{\"model\":\"gpt-4o\",\"z\":1}";
            assertThat(scan(bytes(body)).bodyForModel(bytes(body), "gpt-4o").toString())
                    .isEqualTo(body);
        }
    }
}
