package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class YamlReaderTest {
    private static final Path FILE = Path.of("gantry.yaml");

    private static @Nullable YamlNode read(String text) throws UnusableFileException {
        return YamlReader.read(FILE, text, new Problems());
    }

    private static String refusal(String text) {
        UnusableFileException refused =
                Objects.requireNonNull(catchThrowableOfType(UnusableFileException.class, () -> read(text)), "was read");
        return refused.origin().place() + ":" + refused.origin().column() + ": " + refused.text();
    }

    @Test
    void shouldKnowLineAndColumnOfEveryValue() throws UnusableFileException {
        YamlNode root = read("""
                # comment

                server:
                  methods: [GET,
                    POST]
                  'port':   80
                """);

        YamlNode.Entry server =
                ((YamlNode.Mapping) Objects.requireNonNull(root)).entries().getFirst();
        YamlNode.Entry methods = ((YamlNode.Mapping) server.value()).entries().getFirst();
        YamlNode.Entry port = ((YamlNode.Mapping) server.value()).entries().getLast();
        assertThat(server.keyOrigin()).isEqualTo(new Origin.InFile(FILE, 3, 1));
        assertThat(((YamlNode.Sequence) methods.value()).items())
                .extracting(YamlNode::origin)
                .containsExactly(new Origin.InFile(FILE, 4, 13), new Origin.InFile(FILE, 5, 5));
        assertThat(port.keyOrigin()).isEqualTo(new Origin.InFile(FILE, 6, 3));
        assertThat(port.value().origin()).isEqualTo(new Origin.InFile(FILE, 6, 13));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n\n", "# only a comment", "---", "---\n# x\n", "~", "null", "--- \n..."})
    void shouldReadNothingAsNothing(String text) throws UnusableFileException {
        assertThat(read(text)).isNull();
    }

    @Test
    void shouldReportEveryKeyThatStandsTwiceAndCountLinesThatEndInEitherWay() throws UnusableFileException {
        Problems problems = new Problems();

        YamlNode root = YamlReader.read(FILE, "a: 1\r\nb: {c: 1, c: 2}\r\na: 3\n", problems);

        assertThat(problems.list())
                .extracting(Problem::toString)
                .containsExactly(
                        "gantry.yaml:2: the key 'c' stands here for a second time, first on line 2; keep one of them",
                        "gantry.yaml:3: the key 'a' stands here for a second time, first on line 1; keep one of them");
        assertThat(((YamlNode.Mapping) Objects.requireNonNull(root)).entries()).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a:\\n\\tb: 1|gantry.yaml:2:1: a tab stands here; indent with spaces",
                "a: b: c|gantry.yaml:1:5: a ': ' stands where no key can be; check the indentation, or put quotes"
                        + " around a text that contains ': '",
                "a: 1\\n b: 2|gantry.yaml:2:3: a ': ' stands where no key can be; check the indentation, or put quotes"
                        + " around a text that contains ': '",
                "a:\\n  b: 1\\n c: 2|gantry.yaml:3:2: the indentation fits neither the lines before nor what contains"
                        + " them; align it with its neighbours",
                "a: 1\\nword|gantry.yaml:2:5: this line should be a key followed by ':'; check the line before too",
                "a: 'open|gantry.yaml:1:9: the file ends within a quoted text",
                "a: [1, 2|gantry.yaml:1:9: the file ends within a bracket",
                "a: @x|gantry.yaml:1:4: a text that begins with this character needs quotes around it",
                "a: - x|gantry.yaml:1:4: a '- ' stands where no list can be; check the indentation",
                "a: !secret x|gantry.yaml:1:4: a '!' here is a tag, and tags are not read; put quotes around a text that"
                        + " begins with '!'",
                "a: !!java.net.URL [x]|gantry.yaml:1:4: a '!' here is a tag, and tags are not read; put quotes around a"
                        + " text that begins with '!'",
                "a: !x!y z|gantry.yaml:1:4: a '!' here is a tag, and tags are not read; put quotes around a text that"
                        + " begins with '!'",
                "a: *b|gantry.yaml:1:4: a '*' here is an alias, and no finished value carries that anchor; put quotes"
                        + " around a text that begins with '*'",
                "a: &x [*x]|gantry.yaml:1:8: a '*' here is an alias, and no finished value carries that anchor; put quotes"
                        + " around a text that begins with '*'",
                "a: 1\\n---\\nb: 2|gantry.yaml:2:1: a second document begins here; one file holds one, so remove the '---'",
                "? [a]\\n: 1|gantry.yaml:1:3: a key is a single name of at most 200 characters",
                "\"\": 1|gantry.yaml:1:1: a key is a single name of at most 200 characters",
                "a: &b {c: 1}\\nd: {<<: *b}|gantry.yaml:2:5: merge keys ('<<') are not part of YAML 1.2; write the keys"
                        + " out"
            })
    void shouldSayWhereAndWhatToDo(String text, String expected) {
        assertThat(refusal(text.replace("\\n", "\n").replace("\\t", "\t"))).isEqualTo(expected);
    }

    @Test
    void shouldNameACharacterThatCannotStandInYaml() {
        assertThat(refusal("a: 1\nb: \0"))
                .isEqualTo("gantry.yaml:2:4: the character U+0000 cannot stand in YAML; remove it");
        assertThat(refusal("😀: \u0007"))
                .isEqualTo("gantry.yaml:1:4: the character U+0007 cannot stand in YAML; remove it");
        assertThat(refusal("a: \ud800")).contains("U+D800");
    }

    @Test
    void shouldRefuseATreeOfAliasesBeforeItGrows() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int level = 1; level <= 20; level++) {
            bomb.append("a").append(level).append(": &a").append(level).append(" [");
            bomb.append(("*a" + (level - 1) + ", ").repeat(9))
                    .append("*a")
                    .append(level - 1)
                    .append("]\n");
        }

        assertThat(refusal(bomb.toString())).contains("gantry.yaml:5:", "more than 100000 values, aliases expanded");
    }

    @Test
    void shouldRefuseAChainOfAliasesThatIsTooDeep() {
        StringBuilder chain = new StringBuilder("a0: &a0 [x]\n");
        for (int level = 1; level <= 40; level++) {
            chain.append("a%d: &a%d [*a%d]\n".formatted(level, level, level - 1));
        }

        assertThat(refusal(chain.toString())).endsWith("is nested deeper than 32 levels");
    }

    @Test
    void shouldRefuseDeepNestingWithoutExhaustingTheStack() {
        assertThat(refusal("a: " + "[".repeat(200_000))).isEqualTo("gantry.yaml:1:35: is nested deeper than 32 levels");
        assertThat(refusal("a: " + "{b: ".repeat(100_000))).contains("is nested deeper than 32 levels");
        assertThat(refusal("- ".repeat(100_000))).contains("is nested deeper than 32 levels");
    }

    @Test
    void shouldRefuseTooManyValues() {
        assertThat(refusal("a:\n" + "- x\n".repeat(YamlReader.NODES_MAX))).contains("holds more than 100000 values");
    }

    @Test
    void shouldRefuseALongKey() {
        assertThat(refusal("k".repeat(201) + ": 1")).contains("at most 200 characters");
    }
}
