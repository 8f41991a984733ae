package dev.gantry.workflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.workflow.Finding.Rule;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

final class WorkflowReaderTest {
    private static final WorkflowReader READER = WorkflowReader.open();

    private static List<Finding> findings(String text) {
        return READER.check(text).findings();
    }

    /** Asserts that the text has one finding, at a line. */
    private static Finding only(String text, Rule rule, int line) {
        List<Finding> findings = findings(text);
        assertThat(findings).as(findings::toString).hasSize(1);
        Finding finding = findings.getFirst();
        assertThat(finding.rule()).as(finding.toString()).isEqualTo(rule);
        assertThat(finding.position().line()).as(finding.toString()).isEqualTo(line);
        return finding;
    }

    private static String steps(String steps) {
        return "name: x\nsteps:\n" + steps.indent(2);
    }

    private static final String REVIEW = """
            - id: review
              type: pattern
              params:
                pattern: review_code
                input: hello
                output: {score: integer, findings: [{severity: string}]}
            """;

    @Nested
    class Reading {
        @Test
        void shouldTakeStepsTogetherThatNeedNothingFromEachOther() {
            Workflow workflow = READER.read(steps(REVIEW + """
                    - id: other
                      type: transform
                      params: {value: 1}
                    - id: last
                      type: transform
                      depends_on: [other]
                      params: {value: "${steps.review.output.score}"}
                    """));
            assertThat(workflow.step("other").orElseThrow().dependsOn()).isEmpty();
            assertThat(workflow.step("last").orElseThrow().dependsOn()).isEqualTo(Set.of("review", "other"));
        }

        @Test
        void shouldWaitForWhatIsUsedDeepWithin() {
            Workflow workflow = READER.read(steps(REVIEW + """
                    - id: each
                      type: map
                      params:
                        items: "['a', 'b']"
                        steps:
                          - id: inner
                            type: transform
                            params: {value: "${item} ${steps.review.output.score}"}
                          - id: next
                            type: transform
                            params: {value: "${steps.inner.output}"}
                    """));
            assertThat(workflow.step("each").orElseThrow().dependsOn()).isEqualTo(Set.of("review"));
            assertThat(workflow.step("next").orElseThrow().dependsOn()).isEqualTo(Set.of("inner"));
            assertThat(workflow.step("inner").orElseThrow().dependsOn()).isEmpty();
        }

        @Test
        void shouldUseTheDefaultsThatAreDocumented() {
            Workflow workflow = READER.read(steps(REVIEW));
            assertThat(workflow.tokenBudget()).isEqualTo(100_000);
            assertThat(workflow.deadline()).isEqualTo(Duration.ofHours(1));
            assertThat(workflow.parallelStepsMax()).isEqualTo(10);
            assertThat(workflow.permissions()).isNull();
            assertThat(workflow.step("review").orElseThrow().policy().timeout()).isEqualTo(Duration.ofMinutes(5));
            assertThat(workflow.step("review").orElseThrow().policy().retry().attemptsMax())
                    .isEqualTo(1);
        }

        @Test
        void shouldAddTimesOfWaitingToTheDefaultDeadline() {
            Workflow workflow = READER.read(steps("""
                    - id: ask
                      type: approval
                      params: {message: Go on?, approvers: [ann@example.org], timeout: 3d}
                    """));
            assertThat(workflow.deadline()).isEqualTo(Duration.ofHours(73));
        }

        @Test
        void shouldKeepAPlainDollarBrace() {
            Workflow workflow = READER.read(steps("""
                    - id: a
                      type: transform
                      params: {value: "cost $${x} is ${1 + 1} {${'}'}}"}
                    """));
            Action.Transform transform =
                    (Action.Transform) workflow.step("a").orElseThrow().action();
            assertThat(Expressions.open()
                            .evaluate(transform.value(), TestingScopes.EMPTY)
                            .textValue())
                    .isEqualTo("cost ${x} is 2 {}}");
        }

        @Test
        void shouldThrowWithEveryLine() {
            assertThatThrownBy(() -> READER.read("nam: x\nsteps: []\n"))
                    .isInstanceOfSatisfying(GantryException.class, refused -> {
                        assertThat(refused.code()).isEqualTo(ErrorCode.INVALID_WORKFLOW);
                        assertThat(refused.errors()).hasSize(3);
                    });
        }
    }

    @Nested
    class Mistakes {
        @Test
        void shouldAllBeFoundAtOnce() {
            List<Finding> findings = findings("""
                    name: Broken
                    token_budgt: 5000
                    permissions: ["patterns:execute:other"]
                    inputs:
                      limit: {type: integer, default: many}
                    steps:
                      - id: a
                        type: pattern
                        depends_on: [c]
                        params: {pattern: review_code, inptu: x}
                      - id: b
                        type: transform
                        when: steps.a.output == 3
                        params: {value: "${steps.nowhere.output}"}
                      - id: c
                        type: transform
                        params: {value: "${steps.a.output}"}
                      - id: d
                        type: transform
                        when: inputs.limt > 3
                        params: {value: 1}
                    """);
            assertThat(findings)
                    .extracting(Finding::rule, finding -> finding.position().line())
                    .containsExactlyInAnyOrder(
                            tuple(Rule.UNKNOWN_KEY, 2),
                            tuple(Rule.TYPE_MISMATCH, 5),
                            tuple(Rule.MISSING_PERMISSION, 7),
                            tuple(Rule.CYCLE, 7),
                            tuple(Rule.UNKNOWN_KEY, 10),
                            tuple(Rule.TYPE_MISMATCH, 13),
                            tuple(Rule.DANGLING_REFERENCE, 14),
                            tuple(Rule.DANGLING_REFERENCE, 20));
        }

        @Test
        void shouldNameTheNearestKey() {
            assertThat(only(
                                    "name: x\nstesp: 1\nsteps: [{id: a, type: transform, params: {value: 1}}]",
                                    Rule.UNKNOWN_KEY,
                                    2)
                            .text())
                    .contains("did you mean 'steps'?");
            assertThat(only(steps(REVIEW + "  tiemout: 5m\n"), Rule.UNKNOWN_KEY, 9)
                            .text())
                    .contains("did you mean 'timeout'?");
        }

        @Test
        void shouldNameTheStepsOfACycle() {
            Finding finding = only(steps("""
                    - {id: a, type: transform, params: {value: "${steps.c.output}"}}
                    - {id: b, type: transform, params: {value: "${steps.a.output}"}}
                    - {id: c, type: transform, params: {value: "${steps.b.output}"}}
                    """), Rule.CYCLE, 3);
            assertThat(finding.text()).contains("a → b → c → a");
        }

        @Test
        void shouldFindAStepThatUsesItself() {
            assertThat(only(
                                    steps("- {id: a, type: transform, params: {value: \"${steps.a.output}\"}}"),
                                    Rule.DANGLING_REFERENCE,
                                    3)
                            .text())
                    .contains("its own step");
        }

        @Test
        void shouldSayHowToReachAStepWithinAnother() {
            Finding finding = only(steps("""
                    - id: each
                      type: map
                      params:
                        items: "[1]"
                        steps: [{id: inner, type: transform, params: {value: 1}}]
                    - {id: after, type: transform, params: {value: "${steps.inner.output}"}}
                    """), Rule.DANGLING_REFERENCE, 8);
            assertThat(finding.text()).contains("use steps.each.output");
        }

        @Test
        void shouldSuggestTheNearestField() {
            assertThat(only(
                                    steps(
                                            REVIEW
                                                    + "- {id: b, type: transform, params: {value: \"${steps.review.output.scor}\"}}"),
                                    Rule.DANGLING_REFERENCE,
                                    9)
                            .text())
                    .contains("did you mean 'score'?");
        }

        @Test
        void shouldFindTypesThatDoNotGoTogether() {
            Finding finding = only(
                    steps(REVIEW
                            + "- {id: b, type: transform, when: steps.review.output.score > 'a', params: {value: 1}}"),
                    Rule.TYPE_MISMATCH,
                    9);
            assertThat(finding.text()).contains("'>' does not go with int, string");
            assertThat(finding.position().column()).isGreaterThan(30);
        }

        @Test
        void shouldFindAConditionThatIsNone() {
            only(
                    steps(REVIEW + "- {id: b, type: transform, when: steps.review.output.score, params: {value: 1}}"),
                    Rule.TYPE_MISMATCH,
                    9);
        }

        @Test
        void shouldFindAMapOverSomethingElseThanAList() {
            only(steps(REVIEW + """
                    - id: each
                      type: map
                      params:
                        items: ${steps.review.output.score}
                        steps: [{id: inner, type: transform, params: {value: 1}}]
                    """), Rule.TYPE_MISMATCH, 12);
        }

        @Test
        void shouldKnowTheTypeOfAnItem() {
            assertThat(only(steps(REVIEW + """
                    - id: each
                      type: map
                      params:
                        items: ${steps.review.output.findings}
                        steps: [{id: inner, type: transform, params: {value: "${item.severty}"}}]
                    """), Rule.DANGLING_REFERENCE, 13).text())
                    .contains("did you mean 'severity'?");
        }

        @Test
        void shouldFindADefaultOutputOfAnotherType() {
            only(
                    steps(REVIEW + "  on_failure: continue_with_default\n  default_output: {score: 1}\n"),
                    Rule.TYPE_MISMATCH,
                    10);
        }

        @Test
        void shouldFindStepsThatAreNeverReached() {
            only(steps("- {id: a, type: transform, when: 1 > 2, params: {value: 1}}"), Rule.UNREACHABLE_STEP, 3);
            only(steps("""
                    - id: choose
                      type: branch
                      params:
                        cases:
                          - when: "true"
                            steps: [{id: a, type: transform, params: {value: 1}}]
                          - when: "false"
                            steps: [{id: b, type: transform, params: {value: 1}}]
                    """), Rule.UNREACHABLE_STEP, 10);
        }

        @Test
        void shouldFindABudgetThatIsTooSmall() {
            Finding finding = only(
                    "token_budget: 1000\n" + steps(REVIEW + "  estimate: {tokens: 1001}\n"), Rule.BUDGET_TOO_SMALL, 0);
            assertThat(finding.text()).contains("1001");
            assertThat(READER.check("token_budget: 1000\n" + steps(REVIEW + "  estimate: {tokens: 1000}\n"))
                            .isUsable())
                    .isTrue();
        }

        @Test
        void shouldCountEveryRoundOfALoop() {
            String loop = """
                    - id: again
                      type: loop
                      params:
                        max: 5
                        steps:
                          - id: a
                            type: agent
                            estimate: {tokens: 300}
                            params: {system: Try, prompt: go}
                    """;
            only("token_budget: 1000\n" + steps(loop), Rule.BUDGET_TOO_SMALL, 0);
        }

        @Test
        void shouldSayThatAnEventNeverHappens() {
            Checked checked =
                    READER.check(steps("- {id: a, type: wait, params: {event: asset.publised, timeout: 1m}}"));

            assertThat(checked.isUsable()).isTrue();
            assertThat(checked.findings()).singleElement().satisfies(finding -> {
                assertThat(finding.rule()).isEqualTo(Rule.ADVICE);
                assertThat(finding.position().line()).isEqualTo(3);
                assertThat(finding.text()).contains("'asset.publised', which never happens", "asset.published");
            });
            assertThat(READER.check(steps("- {id: a, type: wait, params: {event: asset.stored, timeout: 1m}}"))
                            .findings())
                    .isEmpty();
        }

        @Test
        void shouldFindADeadlineBeforeTheEndOfAWait() {
            only("deadline: 1h\n" + steps("- {id: a, type: wait, params: {for: 2h}}"), Rule.DEADLINE_TOO_SHORT, 4);
        }

        @Test
        void shouldFindAPermissionThatIsMissing() {
            assertThat(only("permissions: ['patterns:execute:other']\n" + steps(REVIEW), Rule.MISSING_PERMISSION, 4)
                            .text())
                    .contains("patterns:execute:review_code");
            assertThat(READER.check("permissions: ['patterns:execute:shared/*']\n" + steps(REVIEW))
                            .isUsable())
                    .isTrue();
        }

        @Test
        void shouldFindTheSameIdTwice() {
            only(steps("""
                    - {id: a, type: transform, params: {value: 1}}
                    - {id: a, type: transform, params: {value: 1}}
                    """), Rule.DUPLICATE_ID, 4);
        }

        @Test
        void shouldFindSyntaxErrorsOfYamlWithTheirLine() {
            only("name: x\n\tsteps: 1\n", Rule.SYNTAX, 2);
            only("", Rule.SYNTAX, 0);
            only("- a\n", Rule.INVALID_VALUE, 1);
        }

        @Test
        void shouldPointIntoATextOfSeveralLines() {
            Finding finding = only(steps("""
                    - id: a
                      type: agent
                      params:
                        system: Work
                        prompt: |
                          First line
                          second ${inputs.nothing} line
                    """), Rule.DANGLING_REFERENCE, 9);
            assertThat(finding.text()).contains("'nothing'");
        }
    }

    @Nested
    class HostileInput {
        @Test
        void shouldRefuseTooManySteps() {
            String many = "- {id: a, type: transform, params: {value: 1}}\n".repeat(10_000);
            assertThat(findings(steps(many)))
                    .anySatisfy(finding -> assertThat(finding.text()).contains("more than 1000 steps"))
                    .hasSizeLessThan(300);
        }

        @Test
        void shouldTakeAsManyStepsAsItAllowsInAChain() {
            StringBuilder chain = new StringBuilder("- {id: s0, type: transform, params: {value: 1}}\n");
            for (int index = 1; index < Format.STEPS_MAX; index++) {
                chain.append("- {id: s")
                        .append(index)
                        .append(", type: transform, params: {value: \"${steps.s")
                        .append(index - 1)
                        .append(".output}\"}}\n");
            }
            assertThat(READER.check(steps(chain.toString())).findings()).isEmpty();
        }

        @Test
        void shouldRefuseAliasesThatGrowWithoutEnd() {
            StringBuilder bomb = new StringBuilder("name: x\na0: &a0 [1,1,1,1,1,1,1,1,1,1]\n");
            for (int level = 1; level < 12; level++) {
                bomb.append("a")
                        .append(level)
                        .append(": &a")
                        .append(level)
                        .append(" [")
                        .append(("*a" + (level - 1) + ",").repeat(10))
                        .append("1]\n");
            }
            assertThat(findings(bomb.toString()))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.rule()).isEqualTo(Rule.SYNTAX));
        }

        @Test
        void shouldRefuseDeepNesting() {
            assertThat(findings("name: " + "[".repeat(5_000) + "]".repeat(5_000)))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.text()).contains("deeper"));
            StringBuilder nested = new StringBuilder("name: x\nsteps:\n");
            for (int level = 0; level < 7; level++) {
                String indent = "  ".repeat(level * 2 + 1);
                nested.append(indent)
                        .append("- id: l")
                        .append(level)
                        .append('\n')
                        .append(indent)
                        .append("  type: loop\n")
                        .append(indent)
                        .append("  params:\n")
                        .append(indent)
                        .append("    max: 2\n")
                        .append(indent)
                        .append("    steps:\n");
            }
            nested.append("  ".repeat(15)).append("- {id: z, type: transform, params: {value: 1}}\n");
            assertThat(findings(nested.toString()))
                    .anySatisfy(finding -> assertThat(finding.text()).contains("nested deeper than 5"));
        }

        @Test
        void shouldRefuseHugeAndDeepExpressions() {
            only(
                    steps("- {id: a, type: transform, params: {value: \"${" + "1+".repeat(50_000) + "1}\"}}"),
                    Rule.EXPRESSION,
                    3);
            only(
                    steps("- {id: a, type: transform, params: {value: \"${" + "(".repeat(1_900) + "1"
                            + ")".repeat(1_900) + "}\"}}"),
                    Rule.EXPRESSION,
                    3);
            only(steps("- {id: a, type: transform, params: {value: \"${unclosed\"}}"), Rule.EXPRESSION, 3);
        }

        @Test
        void shouldNotEvaluateABombToSeeWhetherAConditionIsConstant() {
            String bomb = "- {id: a, type: transform, when: \"" + "[1,2,3,4,5,6,7,8,9].all(x, ".repeat(8) + "true"
                    + ")".repeat(8) + "\", params: {value: 1}}";
            assertThat(READER.check(steps(bomb)).isUsable()).isTrue();
        }

        @Test
        void shouldKeepControlCharactersOutOfMessages() {
            assertThat(findings("\"na\\u001b[31mme\": x\nsteps: []\n"))
                    .allSatisfy(finding -> assertThat(finding.toString()).doesNotContain("\u001b"));
        }
    }
}
