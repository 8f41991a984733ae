package dev.gantry.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class ExpressionsTest {
    private static final Expressions EXPRESSIONS = Expressions.open();
    private static final Scope SCOPE = new Scope(
            new Scope.RunFacts("run-1", "shared/review", "ann@example.org", "core", Instant.EPOCH),
            (ObjectNode) Json.read("""
                    {"file": "a.txt", "limit": 3, "ratio": 0.5, "deep": {"list": [1, 2, {"x": "y"}]}, "none": null,
                     "names": ["ann", "bob"], "long": "%s"}
                    """.formatted("a".repeat(200_000))),
            Map.of(
                    "review", StepResult.done(Json.read("""
                            {"score": 4, "findings": [{"severity": "high"}, {"severity": "low"}]}
                            """)),
                    "check", StepResult.skipped(DataType.Simple.STRING, null),
                    "audit",
                            StepResult.skipped(
                                    new DataType.ObjectOf(Map.of("score", DataType.Simple.INTEGER)), "timed out")),
            Map.of("item", TextNode.valueOf("one"), "index", IntNode.valueOf(2)));

    private static Expression expression(String source) {
        return new Expression(source, new Position(7, 3));
    }

    private static JsonNode evaluate(String source) {
        return EXPRESSIONS.evaluate(expression(source), SCOPE);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            inputs.file                                              | "a.txt"
            inputs.limit + 1                                         | 4
            inputs.ratio * 2.0                                       | 1.0
            inputs.deep.list[2].x                                    | "y"
            inputs.deep                                              | {"list":[1,2,{"x":"y"}]}
            inputs.none == null                                      | true
            steps.review.output.score < 5 && inputs.limit >= 3       | true
            steps.review.output.score < 4.5                          | true
            steps.review.state                                       | "done"
            steps.check.state                                        | "skipped"
            steps.check.output == null                               | true
            steps.audit.output.score == null                         | true
            steps.audit.error                                        | "timed out"
            steps.review.output.findings.filter(f, f.severity == 'high').size() | 1
            steps.review.output.findings.map(f, f.severity)          | ["high","low"]
            steps.review.output.?missing.orValue(7)                  | 7
            has(steps.review.output.missing)                         | false
            item + '-' + string(index)                               | "one-2"
            'ann' in inputs.names                                    | true
            inputs.names.join(', ')                                  | "ann, bob"
            'a,b,,c'.split(',')                                      | ["a","b","","c"]
            'a-b'.replace('-', '+')                                  | "a+b"
            [[1], [2, 3]].flatten()                                  | [1,2,3]
            'Release 4'.matches('[0-9]$')                            | true
            inputs.file.contains('.t')                               | true
            parse_json('{"a": [1]}').a[0]                            | 1
            parse_json('```json\\n{"a": 2}\\n```').a                 | 2
            to_json(inputs.names)                                    | "[\\"ann\\",\\"bob\\"]"
            {'name': inputs.file, 'many': inputs.limit > 1}          | {"name":"a.txt","many":true}
            run.user                                                 | "ann@example.org"
            chunks('x', 100)                                         | ["x"]
            inputs.limit > 2 ? 'many' : 'few'                        | "many"
            """)
    void shouldEvaluate(String source, String expected) {
        assertThat(Json.read(evaluate(source).toString())).isEqualTo(Json.read(expected));
    }

    @Nested
    class WhatHasNoValue {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "inputs.missing",
                    "steps.review.output.missing",
                    "steps.unknown.output",
                    "inputs.file + 1",
                    "1 / 0",
                    "inputs.names[9]",
                    "unknown",
                    "1 +",
                    "9223372036854775807 + 1",
                    "parse_json('{')",
                    "[1].join(',')",
                    "timestamp('2025-01-01T00:00:00Z')",
                    "0.0 / 0.0",
                    "'x'.matches('(')"
                })
        void shouldFailWithThePlace(String source) {
            assertThatThrownBy(() -> evaluate(source))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.EXPRESSION_FAILED))
                    .hasMessageContaining("in line 7, column 3 failed: ");
        }

        @Test
        void shouldSayWhatIsMissing() {
            assertThatThrownBy(() -> evaluate("steps.review.output.missing")).hasMessageContaining("'missing'");
        }

        @Test
        void shouldRefuseAConditionThatIsNeitherTrueNorFalse() {
            assertThatThrownBy(() -> EXPRESSIONS.test(expression("inputs.limit"), SCOPE))
                    .hasMessageContaining("must be true or false");
        }
    }

    @Nested
    class Bombs {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    // Texts and lists that double with each operation.
                    "inputs.long.replace('a', inputs.long)",
                    "inputs.long.split('').map(x, inputs.long).join('')",
                    "inputs.long.split('').map(x, inputs.long + inputs.long)",
                    "inputs.long.split('').map(x, inputs.names).map(x, x).flatten().map(y, inputs.long.split(''))",
                    // Loops within loops.
                    "inputs.long.split('').map(x, inputs.long.split('').map(y, 1))",
                    "inputs.long.split('').all(x, inputs.long.split('').all(y, true))",
                    // Searches that are quadratic, expressions that backtrack.
                    "inputs.long.contains(inputs.long.substring(100000) + 'b')",
                    "inputs.long.matches('(a*)*b' + '(x{1,900})')",
                    "(inputs.long + 'b').matches('(a?){500}')"
                })
        void shouldStopWithinBounds(String source) {
            assertThatThrownBy(() -> evaluate(source))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            failure -> assertThat(failure.code()).isEqualTo(ErrorCode.EXPRESSION_FAILED));
        }

        @Test
        void shouldRefuseAnExpressionThatIsTooLong() {
            assertThatThrownBy(() -> evaluate("1 + ".repeat(2_000) + "1")).hasMessageContaining("failed: ");
        }

        @Test
        void shouldRefuseAnExpressionThatIsTooDeep() {
            assertThatThrownBy(() -> evaluate("(".repeat(1_500) + "1" + ")".repeat(1_500)))
                    .hasMessageContaining("failed: ");
            assertThatThrownBy(() -> evaluate("[".repeat(1_500) + "]".repeat(1_500)))
                    .hasMessageContaining("failed: ");
        }

        @Test
        void shouldNotCountPairsOfSigns() {
            assertThat(evaluate("-".repeat(3_000) + "1").longValue()).isEqualTo(1);
            assertThat(evaluate("!".repeat(3_001) + "true").booleanValue()).isFalse();
        }

        @Test
        void shouldRefuseATemplateWhoseTextGrowsTooLong() {
            Template template = new Template(
                    Collections.nCopies(50, new Template.Slot(expression("inputs.long"))), new Position(1, 1));
            assertThatThrownBy(() -> EXPRESSIONS.render(template, SCOPE)).hasMessageContaining("4000000");
        }
    }

    @Test
    void shouldRenderNullAsNothingAndStructuresAsJson() {
        Template template = new Template(
                List.of(
                        new Template.Plain("<"),
                        new Template.Slot(expression("inputs.none")),
                        new Template.Plain("|"),
                        new Template.Slot(expression("inputs.names")),
                        new Template.Plain("|"),
                        new Template.Slot(expression("inputs.file")),
                        new Template.Plain(">")),
                new Position(1, 1));
        assertThat(EXPRESSIONS.render(template, SCOPE)).isEqualTo("<|[\"ann\",\"bob\"]|a.txt>");
    }
}
