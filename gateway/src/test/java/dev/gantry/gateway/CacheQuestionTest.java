package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.ClientSchema;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CacheQuestionTest {
    private static final String ASKED = "use";
    private static final String ESCAPED_A = "\\" + "u0061";

    private static @Nullable String obstacle(
            String settings, @Nullable String control, @Nullable String own, String more) {
        return obstacle(ClientSchema.OPENAI_CHAT, settings, control, own, more);
    }

    private static @Nullable String obstacle(
            ClientSchema schema, String settings, @Nullable String control, @Nullable String own, String more) {
        byte[] body = ("{\"model\":\"alpha\"" + more + "}").getBytes(StandardCharsets.UTF_8);
        return CacheQuestion.obstacle(
                Prompt.Raw.read(schema, body, Map.of()),
                TestingCache.settings(settings),
                CacheWishes.of(new Wishes(null, null, null, null, control, own)));
    }

    @Nested
    class Temperature {
        @Test
        void shouldKeepNothingThatIsDrawnUnlessAsked() {
            assertThat(obstacle("{}", null, null, ",\"temperature\":0")).isNull();
            assertThat(obstacle("{}", null, null, ",\"temperature\":0.0")).isNull();
            assertThat(obstacle("{}", null, null, ",\"temperature\":0.1")).isEqualTo("temperature");
            assertThat(obstacle("{}", null, ASKED, ",\"temperature\":0.1")).isNull();
            assertThat(obstacle("{temperature_max: 0.2}", null, null, ",\"temperature\":0.1"))
                    .isNull();
        }

        @Test
        void shouldTakeAnUnnamedTemperatureForTheUsualOne() {
            assertThat(obstacle("{}", null, null, "")).isEqualTo("temperature");
            assertThat(obstacle("{}", null, null, ",\"temperature\":null")).isEqualTo("temperature");
            assertThat(obstacle("{temperature_max: 1}", null, null, "")).isNull();
        }

        @Test
        void shouldNotCareForItWhereNothingIsDrawn() {
            assertThat(obstacle(ClientSchema.OPENAI_EMBEDDINGS, "{}", null, null, ",\"input\":\"x\""))
                    .isNull();
        }
    }

    @Nested
    class Tools {
        private static final String FUNCTION =
                ",\"temperature\":0,\"tools\":[{\"type\":\"function\",\"function\":{\"name\":\"pay\"}}]";

        @Test
        void shouldKeepNothingOfRequestsWithToolsUnlessAsked() {
            assertThat(obstacle("{}", null, null, FUNCTION)).isEqualTo("tools");
            assertThat(obstacle("{tools: true}", null, null, FUNCTION)).isNull();
            assertThat(obstacle("{}", null, ASKED, FUNCTION)).isNull();
            assertThat(obstacle("{}", null, null, ",\"temperature\":0,\"tools\":[]"))
                    .isNull();
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        ,"tools":[{"type":"web_search"}]
                        ,"tools":[{"type":"mcp","server_url":"https://example.com"}]
                        ,"tools":[{"name":"f","type":"custom"},{"type":"code_interpreter"}]
                        ,"tools":["web_search"]
                        ,"functions":[{"type":"bash_20250124","name":"bash"}]""")
        void shouldNeverKeepWhatToolsOfTheProviderFoundOrDid(String tools) {
            assertThat(obstacle("{tools: true}", null, ASKED, tools)).isEqualTo("tools of the provider");
        }
    }

    @Test
    void shouldKeepNothingOfRequestsThatSaySomethingUnknown() {
        assertThat(obstacle("{}", null, ASKED, ",\"web_search_options\":{}")).isEqualTo("unknown field");
        assertThat(obstacle("{}", null, ASKED, ",\"mcp_servers\":[]")).isEqualTo("unknown field");
        assertThat(obstacle("{}", null, null, ",\"temper" + ESCAPED_A + "ture\":1,\"temperature\":0"))
                .isEqualTo("temperature");
        assertThat(obstacle("{}", null, null, ",\"t" + ESCAPED_A + "ols\":[],\"temperature\":0"))
                .isEqualTo("unknown field");
        assertThat(obstacle("{}", null, null, ",\"temperature\":0,\"temperature\":1"))
                .isEqualTo("temperature");
        assertThat(obstacle("{}", null, null, ",\"top_p\":1,\"temperature\":0,\"top_p\":0.5"))
                .isEqualTo("field given twice");
    }

    @Nested
    class CacheControl {
        @Test
        void shouldKeepNothingWithNoStore() {
            assertThat(obstacle("{}", "No-Store", ASKED, ",\"temperature\":0")).isEqualTo("no-store");
        }

        @ParameterizedTest
        @CsvSource(delimiter = '|', textBlock = """
                        no-cache                 | false | 9223372036854775807
                        max-age=0                | false | 0
                        max-age=60, no-transform | true  | 60
                        max-age="60"             | true  | 60
                        max-age=x                | false | 0
                        max-age=-5               | false | 0
                        private                  | true  | 9223372036854775807""")
        void shouldReadHowOldAnAnswerMayBe(String control, boolean reuse, long seconds) {
            CacheWishes wishes = CacheWishes.of(new Wishes(null, null, null, null, control, null));
            assertThat(wishes.reuse()).isEqualTo(reuse);
            assertThat(wishes.ageSecondsMax()).isEqualTo(seconds);
            assertThat(wishes.store()).isTrue();
        }

        @Test
        void shouldRefuseAWishThatItDoesNotKnow() {
            assertThatThrownBy(() -> CacheWishes.of(new Wishes(null, null, null, null, null, "always")))
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining("X-Gantry-Cache is 'always'");
        }
    }

    @Nested
    class Completed {
        private static boolean body(ClientSchema schema, String json) {
            return Completeness.ofBody(schema, json.getBytes(StandardCharsets.UTF_8));
        }

        private static boolean events(ClientSchema schema, String... data) {
            String stream = "data: " + String.join("\n\ndata: ", data) + "\n\n";
            return Completeness.ofEvents(schema, stream.getBytes(StandardCharsets.UTF_8));
        }

        @Test
        void shouldKnowAnswersThatCameToTheirEnd() {
            assertThat(body(ClientSchema.OPENAI_CHAT, "{\"choices\":[{\"finish_reason\":\"stop\"}]}"))
                    .isTrue();
            assertThat(body(ClientSchema.ANTHROPIC_MESSAGES, "{\"stop_reason\":\"max_tokens\"}"))
                    .isTrue();
            assertThat(body(ClientSchema.OPENAI_RESPONSES, "{\"status\":\"completed\"}"))
                    .isTrue();
            assertThat(events(
                            ClientSchema.OPENAI_CHAT,
                            "{\"choices\":[{\"finish_reason\":null}]}",
                            "{\"choices\":[{\"finish_reason\":\"length\"}]}",
                            "[DONE]"))
                    .isTrue();
            assertThat(events(ClientSchema.ANTHROPIC_MESSAGES, "{\"delta\":{\"stop_reason\":\"end_turn\"}}"))
                    .isTrue();
            assertThat(events(ClientSchema.OPENAI_RESPONSES, "{\"type\":\"response.completed\"}"))
                    .isTrue();
        }

        @Test
        void shouldNotTakeTheOthersForWhole() {
            assertThat(body(
                            ClientSchema.OPENAI_CHAT,
                            "{\"choices\":[{\"finish_reason\":\"stop\"},{\"finish_reason\":\"content_filter\"}]}"))
                    .isFalse();
            assertThat(body(ClientSchema.OPENAI_CHAT, "{\"choices\":[]}")).isFalse();
            assertThat(body(ClientSchema.ANTHROPIC_MESSAGES, "{\"stop_reason\":\"refusal\"}"))
                    .isFalse();
            assertThat(body(ClientSchema.ANTHROPIC_MESSAGES, "{\"stop_reason\":\"pause_turn\"}"))
                    .isFalse();
            assertThat(body(ClientSchema.OPENAI_RESPONSES, "{\"status\":\"incomplete\"}"))
                    .isFalse();
            assertThat(body(ClientSchema.OPENAI_CHAT, "not JSON")).isFalse();
            assertThat(events(ClientSchema.OPENAI_CHAT, "{\"choices\":[{\"finish_reason\":null}]}", "[DONE]"))
                    .isFalse();
            assertThat(events(
                            ClientSchema.OPENAI_CHAT,
                            "{\"choices\":[{\"finish_reason\":\"stop\"}]}",
                            "{\"error\":{\"message\":\"late\"}}"))
                    .isFalse();
            assertThat(events(ClientSchema.OPENAI_RESPONSES, "{\"type\":\"response.incomplete\"}"))
                    .isFalse();
        }
    }
}
