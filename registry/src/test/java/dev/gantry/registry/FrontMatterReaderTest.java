package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.gantry.kernel.ErrorCode;
import java.util.List;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrontMatterReaderTest {
    @Test
    void shouldReadEveryKey() {
        PatternSource source = FrontMatterReader.read("""
                ---
                description: Says it shorter.
                model: gpt-x
                temperature: 0.2
                top_p: 0.9
                max_tokens: 500
                version: 3
                tags: [Writing, "two words", c++]
                author: Ana
                variables:
                  tone:
                    description: How to say it
                    default: dry
                    choices: [dry, warm]
                  count: 3
                  audience:
                ---

                # Do it
                """);

        assertThat(source.body()).isEqualTo("# Do it\n");
        assertThat(source.warnings()).isEmpty();
        FrontMatter matter = source.frontMatter();
        assertThat(matter.description()).isEqualTo("Says it shorter.");
        assertThat(matter.model()).isEqualTo("gpt-x");
        assertThat(matter.temperature()).isEqualTo(0.2);
        assertThat(matter.topP()).isEqualTo(0.9);
        assertThat(matter.outputTokensMax()).isEqualTo(500);
        assertThat(matter.version()).isEqualTo(3);
        assertThat(matter.tags()).containsExactly("writing", "two-words", "c++");
        assertThat(matter.variables())
                .containsExactly(
                        new VariableDeclaration("tone", "How to say it", "dry", false, List.of("dry", "warm")),
                        new VariableDeclaration("count", null, "3", false, List.of()),
                        new VariableDeclaration("audience", null, null, true, List.of()));
    }

    @Test
    void shouldTakeVariablesAsAList() {
        FrontMatter matter = FrontMatterReader.read("""
                        ---
                        variables:
                          - "#role"
                          - {name: points, default: 5}
                          - {name: note, required: false}
                        ---
                        text
                        """).frontMatter();

        assertThat(matter.variables())
                .extracting(VariableDeclaration::name, VariableDeclaration::defaultValue, VariableDeclaration::required)
                .containsExactly(tuple("role", null, true), tuple("points", "5", false), tuple("note", null, false));
    }

    @Nested
    class WithoutFrontMatter {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "# Heading\ntext\n---\nmore\n---\n",
                    "---\n# IDENTITY\nYou are an expert: be one.\n---\n# STEPS\n",
                    "---\nJust prose between two rules.\n---\nmore",
                    "---\nNo end of the rule\n",
                    "---\n- a list\n- of things\n---\nmore",
                    "---\nYou do this: and that: too\n---\nmore",
                    "----\ndescription: x\n----\nmore",
                    " ---\ndescription: x\n---\nmore",
                    "---",
                    ""
                })
        void shouldTakeRuledLinesForText(String text) {
            PatternSource source = FrontMatterReader.read(text);

            assertThat(source.frontMatter()).isEqualTo(FrontMatter.NONE);
            assertThat(source.body()).isEqualTo(text);
        }

        @Test
        void shouldDropAnEmptyBlock() {
            assertThat(FrontMatterReader.read("---\n---\ntext").body()).isEqualTo("text");
        }
    }

    @Nested
    class WithMistakes {
        @ParameterizedTest
        @CsvSource(
                delimiter = '|',
                value = {
                    "description: [a             | line 3 | YAML",
                    "temperature: 3              | line 2 | 0.0 to 2.0",
                    "temperature: warm           | line 2 | number",
                    "temperature: NaN            | line 2 | number",
                    "temprature: 1               | line 2 | did you mean 'temperature'",
                    "model: [a]                  | line 2 | plain value",
                    "max_tokens: 0               | line 2 | whole number",
                    "tags: {a: b}                | line 2 | list",
                    "tags: ['bad tag!']          | line 2 | bad tag!",
                    "variables: {input: x}       | line 2 | cannot be the name",
                    "variables: {'a b': x}       | line 2 | cannot be the name",
                    "variables: {a: {defualt: x}} | line 2 | did you mean 'default'",
                    "variables: {a: {default: x, required: true}} | line 2 | contradicts",
                    "variables: {a: {default: x, choices: [y]}} | line 2 | choices",
                    "variables: {a: [x]}         | line 2 | default or a mapping",
                    "variables: 7                | line 2 | list of names or a mapping",
                    "variables: [a, a]           | line 2 | twice",
                })
        void shouldNameTheLine(String yaml, String line, String problem) {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> FrontMatterReader.read("---\n" + yaml + "\n---\ntext"),
                    line,
                    problem);
        }

        @Test
        void shouldCountLinesOfTheWholeFile() {
            String text = "---\ndescription: x\ntags:\n  - ok\n  - 'no way!'\nmodel: m\nmodel: n\n---\ntext";

            assertRefused(ErrorCode.INVALID_REQUEST, () -> FrontMatterReader.read(text), "line 7", "twice");
        }

        @Test
        void shouldRefuseAliasesThatMultiply() {
            StringBuilder bomb = new StringBuilder("---\ndescription: x\na0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
            for (int level = 1; level < 30; level++) {
                String before = "*a" + (level - 1);
                bomb.append("a" + level + ": &a" + level + " [" + before + (", " + before).repeat(9) + "]\n");
            }

            assertRefused(
                    ErrorCode.INVALID_REQUEST, () -> FrontMatterReader.read(bomb + "---\ntext"), "not valid YAML");
        }

        @Test
        void shouldWarnOfKeysWithoutEffect() {
            PatternSource source = FrontMatterReader.read("---\ndescription: x\nallowed-tools: all\n---\ntext");

            assertThat(source.warnings()).singleElement().asString().contains("allowed-tools");
        }

        @Test
        void shouldConstructNothingFromTags() {
            assertRefused(
                    ErrorCode.INVALID_REQUEST,
                    () -> FrontMatterReader.read("---\ndescription: !!java.net.URL [\"http://x\"]\n---\ntext"),
                    "line 2",
                    "plain value");
        }
    }
}
