package dev.gantry.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.JsonCursor.Malformed;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextsTest {
    private static @Nullable String guarded(String json) throws Malformed {
        byte[] bytes = json.getBytes(StandardCharsets.UTF_8);
        byte[] changed = new JsonTexts(new TestingDetector()).inspect(bytes, 0, bytes.length, false);
        if (changed == null) {
            return null;
        }
        JsonCursor check = new JsonCursor();
        check.reset(changed, 0, changed.length);
        check.skip();
        check.requireEnd();
        return new String(changed, StandardCharsets.UTF_8);
    }

    @Nested
    class Everywhere {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "{\"messages\":[{\"role\":\"user\",\"content\":\"I am 123-45-6789.\"}]} | {\"messages\":[{\"role\":\"user\",\"content\":\"I am [SSN].\"}]}",
                    "{\"content\":[{\"type\":\"text\",\"text\":\"a@b.com\"}]} | {\"content\":[{\"type\":\"text\",\"text\":\"[EMAIL]\"}]}",
                    "{\"system\":[{\"type\":\"text\",\"text\":\"mail a@b.com\"}]} | {\"system\":[{\"type\":\"text\",\"text\":\"mail [EMAIL]\"}]}",
                    "{\"tools\":[{\"description\":\"ask a@b.com\"}]} | {\"tools\":[{\"description\":\"ask [EMAIL]\"}]}",
                    "{\"metadata\":{\"id\":\"123-45-6789\"}} | {\"metadata\":{\"id\":\"[SSN]\"}}",
                    "{\"metadata\":{\"ssn\":\"123456789\\/x\"}} | {\"metadata\":{\"ssn\":\"[SSN]/x\"}}",
                    "{\"metadata\":{\"type\":\"a@b.com\"}} | {\"metadata\":{\"type\":\"[EMAIL]\"}}",
                    "{\"user\":\"a@b.com\"} | {\"user\":\"[EMAIL]\"}",
                    "{\"stop\":[\"a@b.com\"]} | {\"stop\":[\"[EMAIL]\"]}",
                    "{\"image_url\":{\"url\":\"https://x.test/a@b.com\"}} | {\"image_url\":{\"url\":\"https://x.test/[EMAIL]\"}}",
                    "{\"unknown\":{\"deep\":[[\"a@b.com\"]]}} | {\"unknown\":{\"deep\":[[\"[EMAIL]\"]]}}",
                    "{\"role\":\"a@b.com\"} | {\"role\":\"[EMAIL]\"}",
                    "{\"id\":\"123-45-6789\"} | {\"id\":\"[SSN]\"}",
                    "{\"a@b.com\":1} | {\"[EMAIL]\":1}",
                })
        void shouldReplaceWhatIsFound(String json, String expected) throws Malformed {
            assertThat(guarded(json)).isEqualTo(expected);
        }

        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"Hello, 世界\"}],\"n\":1}",
                    "{\"tool_call_id\":\"call_1234567890123456\",\"id\":\"toolu_01A\"}",
                    "{\"created\":1763718000,\"seed\":4111111111111111}",
                    "{\"content\":\"caf\\u00e9 \\ud83d\\ude00 \\n \\\"quoted\\\"\"}",
                    "{\"x\":[],\"y\":{},\"z\":null,\"b\":true,\"s\":\"\"}"
                })
        void shouldLeaveCleanDocumentsAlone(String json) throws Malformed {
            assertThat(guarded(json)).isNull();
        }

        @Test
        void shouldPassPicturesUnread() throws Malformed {
            String base64 = "QUJD".repeat(40) + "1234567890123456";
            assertThat(guarded("{\"source\":{\"type\":\"base64\",\"media_type\":\"image/png\",\"data\":\"" + base64
                            + "\"}}"))
                    .isNull();
            assertThat(guarded("{\"image_url\":{\"url\":\"data:image/png;base64," + base64 + "\"}}"))
                    .isNull();
        }

        @Test
        void shouldReadWhatOnlyClaimsToBeAPicture() throws Malformed {
            assertThat(guarded("{\"source\":{\"data\":\"" + "words ".repeat(20) + "a@b.com\"}}"))
                    .contains("[EMAIL]");
            assertThat(guarded("{\"image_url\":{\"url\":\"data:image/png;base64,AAAA, a@b.com\"}}"))
                    .contains("[EMAIL]");
        }

        @Test
        void shouldRefuseWhatMustNotPass() {
            assertThatThrownBy(() -> guarded("{\"content\":\"a BLOCKME b\"}")).isInstanceOf(GantryException.class);
        }
    }

    @Nested
    class Disguises {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "{\"content\":\"\\u0061\\u0040b.com\"} | {\"content\":\"[EMAIL]\"}",
                    "{\"content\":\"123\\u002d45\\u002D6789 \\u00e9\"} | {\"content\":\"[SSN] é\"}",
                    "{\"content\":\"line\\n123-45-6789\\\"\"} | {\"content\":\"line\\n[SSN]\\\"\"}",
                    "{\"content\":\"x\",\"content\":\"a@b.com\"} | {\"content\":\"x\",\"content\":\"[EMAIL]\"}",
                    "{\"\\u0069nput\":{\"id\":\"a@b.com\"}} | {\"\\u0069nput\":{\"id\":\"[EMAIL]\"}}",
                    "{\"\\u0069nput\":{\"card\":4111111111111111}} | {\"\\u0069nput\":{\"card\":\"[CARD]\"}}",
                })
        void shouldNotHideAnything(String json, String expected) throws Malformed {
            assertThat(guarded(json)).isEqualTo(expected);
        }

        @Test
        void shouldNotHideAnythingInDeepNesting() throws Malformed {
            assertThat(guarded("[".repeat(190) + "\"a@b.com\"" + "]".repeat(190)))
                    .contains("[EMAIL]");
            assertThatThrownBy(() -> guarded("[".repeat(300) + "\"a@b.com\"" + "]".repeat(300)))
                    .isInstanceOf(Malformed.class);
        }
    }

    @Nested
    class FreeForms {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                quoteCharacter = '~',
                value = {
                    "{\"input\":{\"card\":4111111111111111,\"n\":42}} | {\"input\":{\"card\":\"[CARD]\",\"n\":42}}",
                    "{\"input\":{\"ssn\":\"123456789\"}} | {\"input\":{\"ssn\":\"[SSN]\"}}",
                    "{\"input\":{\"ssn\":123456789}} | {\"input\":{\"ssn\":\"[SSN]\"}}",
                    "{\"input\":{\"x\":\"123456789\"},\"y\":\"a@b.com\"} | {\"input\":{\"x\":\"123456789\"},\"y\":\"[EMAIL]\"}",
                    "{\"input\":[{\"type\":\"message\",\"content\":\"a@b.com\"}]} | {\"input\":[{\"type\":\"message\",\"content\":\"[EMAIL]\"}]}",
                    "{\"arguments\":\"{\\\"mail\\\":\\\"a\\\\u0040b.com\\\"}\"} | {\"arguments\":\"{\\\"mail\\\":\\\"[EMAIL]\\\"}\"}",
                    "{\"arguments\":\"{\\\"card\\\":4111111111111111}\"} | {\"arguments\":\"{\\\"card\\\":\\\"[CARD]\\\"}\"}",
                    "{\"content\":\"{\\\"ssn\\\":\\\"123456789\\\"}\"} | {\"content\":\"{\\\"ssn\\\":\\\"[SSN]\\\"}\"}",
                    "{\"content\":\"{not json a@b.com}\"} | {\"content\":\"{not json [EMAIL]}\"}",
                })
        void shouldStayWhatTheyAre(String json, String expected) throws Malformed {
            assertThat(guarded(json)).isEqualTo(expected);
        }
    }

    @Nested
    class Answers {
        private static final String TOKENS =
                "{\"choices\":[{\"message\":{\"content\":\"%s\"},\"logprobs\":{\"content\":[{\"token\":\"%s\"}]}}]}";

        @Test
        void shouldNotTellInTheirTokensWhatWasReplaced() throws Malformed {
            assertThat(guarded(TOKENS.formatted("a@b.com", "a@b.com")))
                    .isEqualTo("{\"choices\":[{\"message\":{\"content\":\"[EMAIL]\"},\"logprobs\":null}]}");
            assertThat(guarded(TOKENS.formatted("a@b.com", "a")))
                    .isEqualTo("{\"choices\":[{\"message\":{\"content\":\"[EMAIL]\"},\"logprobs\":null}]}");
            assertThat(guarded(TOKENS.formatted("fine", "fine"))).isNull();
        }
    }
}
