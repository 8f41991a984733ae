package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.registry.TestCase.Assertion;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TestCaseReaderTest {
    @Test
    void shouldReadEveryKindOfAssertion() {
        TestCase test = TestCaseReader.read("""
                tests:
                  - name: all
                    input: some text
                    variables: {language: de, count: 3}
                    assert:
                      - contains: one
                      - not_contains: two
                      - regex: "th(r|x)ee"
                      - json_schema: {type: object, required: [a]}
                      - similar: {text: four, at_least: 0.5}
                      - similar: {text: four}
                      - cost_usd_at_most: 0.01
                      - latency_ms_at_most: 2000
                      - judge: {rubric: five, at_least: 6}
                """).getFirst();

        assertThat(test.variables()).isEqualTo(Map.of("language", "de", "count", "3"));
        assertThat(test.assertions())
                .contains(
                        new Assertion.Contains("one"),
                        new Assertion.NotContains("two"),
                        new Assertion.Similar("four", 0.5),
                        new Assertion.Similar("four", 0.8),
                        new Assertion.CostAtMost(10_000),
                        new Assertion.LatencyAtMost(2_000),
                        new Assertion.Judged("five", null, 6))
                .hasSize(9);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "tests: []",
                "tests: 1",
                "test: [{assert: [{contains: a}]}]",
                "tests: [{assert: []}]",
                "tests: [{input: a}]",
                "tests: [{assert: [{contains: a}], more: 1}]",
                "tests: [{assert: [{contain: a}]}]",
                "tests: [{assert: [{contains: a, regex: b}]}]",
                "tests: [{assert: [{regex: '('}]}]",
                "tests: [{assert: [{similar: {text: a, at_least: 2}}]}]",
                "tests: [{assert: [{json_schema: {properties: {a: {pattern: '(a+)+$'}}}}]}]",
                "tests: [{assert: [{json_schema: {$ref: 'http://example.com'}}]}]",
                "tests: [{name: a, assert: [{contains: a}]}, {name: a, assert: [{contains: a}]}]",
                "a: &a [*a]",
                "tests: !!java.lang.Runtime {}",
                "tests: [{assert: [{cost_usd_at_most: -1}]}]"
            })
    void shouldSayWhatIsWrong(String content) {
        assertRefused(ErrorCode.INVALID_REQUEST, () -> TestCaseReader.read(content), "tests.yaml");
    }
}
