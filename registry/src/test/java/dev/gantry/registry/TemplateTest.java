package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.Template.Expansion;
import java.time.Clock;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {
    private static final TemplateFunctions FUNCTIONS =
            new TemplateFunctions(TemplateSettings.defaults(), Clock.fixed(TestingRegistry.NOW, ZoneOffset.UTC));

    private static Expansion expand(String text, Map<String, String> values) {
        return Template.parse(text).expand(values, "<<input>>", FUNCTIONS, 1_000_000);
    }

    private static String text(String text, Map<String, String> values) {
        return expand(text, values).text();
    }

    @Nested
    class Variables {
        @Test
        void shouldReplaceKnownNamesEverywhere() {
            assertThat(text("{{a}}-{{ a }}-{{#a}}-{{{a}}}-{{a}}}", Map.of("a", "1")))
                    .isEqualTo("1-1-1-{1}-1}");
        }

        @Test
        void shouldReplaceTheInputByItsReference() {
            assertThat(text("INPUT:\n{{input}}", Map.of())).isEqualTo("INPUT:\n<<input>>");
        }

        @Test
        void shouldReportNamesWithoutValue() {
            Expansion expansion = expand("{{a}} {{b}} {{a}} {{c}}", Map.of("b", "x"));

            assertThat(expansion.text()).isEqualTo("{{a}} x {{a}} {{c}}");
            assertThat(expansion.unknownNames()).containsExactly("a", "c");
        }

        @Test
        void shouldReplaceInsideOfUnknownBracesOnly() {
            assertThat(text("{{outer{{a}}}}", Map.of("a", "a"))).isEqualTo("{{outera}}");
        }
    }

    @Nested
    class LiteralText {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "{{interactsh-url}}",
                    "{{BaseURL}}/level1/{{randstr_1}}",
                    "{{base64('hello')}} {{ header ? header : \"Notes\" }}",
                    "don't re-use {{}} if you are already inside a {{ or }}",
                    "{\"a\": {\"b\": {\"c\": 1}}}",
                    "{{ext:word:generate:5}}",
                    "{{plugin:nothing:here}} {{plugin:text}} {{plugin:text:shout:x}} {{plugin:}}",
                    "{{plugin:text:upper:never closed",
                    "{{{{{{",
                    "}}}}{{",
                    "{{a\n}}",
                    "{{generate_jwt(json, \"{{alg}}\", \"{{sig}}\")}}",
                    ""
                })
        void shouldStayAsItIs(String text) {
            assertThat(text(text, Map.of())).isEqualTo(text);
        }

        @Test
        void shouldStayByteForByteWhateverItIs() {
            Random random = new Random(20_260_304);
            String[] pieces = {
                "{",
                "}",
                "{{",
                "}}",
                "{{name}}",
                "plugin:",
                "text:upper:",
                " ",
                "\n",
                "é",
                "😀",
                "x",
                ":",
                "#",
                "$1",
                "\\"
            };
            for (int run = 0; run < 20_000; run++) {
                StringBuilder text = new StringBuilder();
                for (int piece = random.nextInt(20); piece > 0; piece--) {
                    text.append(pieces[random.nextInt(pieces.length)]);
                }
                String written = text.toString();
                if (!written.matches("(?s).*\\{\\{[ \\t]*plugin:text:upper.*")) {
                    assertThat(text(written, Map.of())).isEqualTo(written);
                }
            }
        }
    }

    @Nested
    class SinglePass {
        @Test
        void shouldNotExpandValues() {
            String hostile = "{{plugin:file:read:/etc/passwd}} {{plugin:sys:env:HOME}} {{other}} {{input}}";

            assertThat(text("{{v}}|{{plugin:text:trim:{{v}}}}", Map.of("v", hostile, "other", "x")))
                    .isEqualTo(hostile + "|" + hostile);
        }

        @Test
        void shouldNotJoinValuesIntoPlaceholders() {
            assertThat(text("{{a}}{{b}}{{c}}", Map.of("a", "{{", "b", "plugin:sys:env:HOME", "c", "}}")))
                    .isEqualTo("{{plugin:sys:env:HOME}}");
            assertThat(text("{{{a}}}}", Map.of("a", "{x}"))).isEqualTo("{{x}}}");
        }

        /** The law: what comes out is the parts of the text with each value put in once, as one simultaneous step. */
        @Test
        void shouldEqualOneSimultaneousReplacement() {
            Random random = new Random(7);
            String[] hostile = {
                "{{a}}", "{{b}}", "{{", "}}", "{", "}", "{{plugin:text:upper:a}}", "{{input}}", "a", "$0", ""
            };
            for (int run = 0; run < 20_000; run++) {
                Map<String, String> values = new HashMap<>();
                for (String name : List.of("a", "b", "c")) {
                    values.put(name, hostile[random.nextInt(hostile.length)] + hostile[random.nextInt(hostile.length)]);
                }
                StringBuilder template = new StringBuilder();
                StringBuilder expected = new StringBuilder();
                for (int piece = random.nextInt(8); piece >= 0; piece--) {
                    String name = List.of("a", "b", "c").get(random.nextInt(3));
                    String value = values.getOrDefault(name, "");
                    switch (random.nextInt(4)) {
                        case 0 -> {
                            template.append("{{").append(name).append("}}");
                            expected.append(value);
                        }
                        case 1 -> {
                            template.append("{{plugin:text:upper:<{{")
                                    .append(name)
                                    .append("}}>}}");
                            expected.append("<" + value.toUpperCase(Locale.ROOT) + ">");
                        }
                        case 2 -> {
                            template.append("{{input}}");
                            expected.append("<<input>>");
                        }
                        default -> {
                            template.append(" text ");
                            expected.append(" text ");
                        }
                    }
                }
                assertThat(text(template.toString(), values)).isEqualTo(expected.toString());
            }
        }
    }

    @Nested
    class Functions {
        @Test
        void shouldTransformText() {
            assertThat(text(
                            "{{plugin:text:upper:abc}} {{plugin:text:lower:ABC}} {{plugin:text:title:hello big world}}"
                                    + " [{{plugin:text:trim:  x y  }}]",
                            Map.of()))
                    .isEqualTo("ABC abc Hello Big World [x y]");
        }

        @Test
        void shouldNest() {
            assertThat(text("{{plugin:text:upper:{{plugin:text:trim: {{a}} }}!}}", Map.of("a", "x")))
                    .isEqualTo("X!");
        }

        @Test
        void shouldTellTheTime() {
            assertThat(text("{{plugin:datetime:today}} {{plugin:datetime:rel:-1m}}", Map.of()))
                    .isEqualTo("2026-03-04 2026-02-04");
        }

        @Test
        void shouldNameTheVariableThatAnArgumentLacks() {
            assertRefused(
                    ErrorCode.INVALID_VARIABLE,
                    () -> text("x\n{{plugin:text:upper:{{missing}}}}", Map.of()),
                    "'missing'",
                    "plugin:text:upper",
                    "line 2");
        }

        @Test
        void shouldFindTheInputInAnArgument() {
            assertThat(Template.parse("a\nb {{plugin:text:upper:{{input}}}}").lineOfInputAsArgument())
                    .isEqualTo(2);
            assertThat(Template.parse("{{plugin:text:upper:x}} {{input}}").lineOfInputAsArgument())
                    .isZero();
        }

        @Test
        void shouldRefuseFetchedTextAsAnArgument() {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> Template.parse("\n{{plugin:text:upper:{{plugin:fetch:get:https://example.org}}}}"),
                    "line 2");
        }
    }

    @Nested
    class Bounds {
        @Test
        void shouldRefuseTextsThatGrowTooLong() {
            String many = "{{a}}".repeat(1_000);

            assertRefused(
                    ErrorCode.REQUEST_TOO_LARGE,
                    () -> Template.parse(many).expand(Map.of("a", "x".repeat(101)), "", FUNCTIONS, 100_000));
        }

        @Test
        void shouldRefuseVeryManyFunctions() {
            assertRefused(ErrorCode.INVALID_REQUEST, () -> Template.parse("{{plugin:text:trim:x}}".repeat(51)), "50");
        }

        @ParameterizedTest
        @ValueSource(strings = {"{{", "{{plugin:text:upper:", "{{plugin:text:nope:", "{{a", "{{{", "{{ "})
        void shouldParseAMegabyteOfOpenBracesInLinearTime(String piece) {
            String text = piece.repeat(1_000_000 / piece.length());

            assertThat(text(text, Map.of())).isEqualTo(text);
        }

        @Test
        void shouldTakeDeeplyNestedFunctionsForText() {
            String text = "{{plugin:text:nope:".repeat(40_000) + "}}".repeat(40_000);

            assertThat(text(text, Map.of())).isEqualTo(text);
        }
    }
}
