package dev.gantry.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.guard.PiiDetectionSettings.DirectionRules;
import dev.gantry.guard.PiiDetectionSettings.TeamRules;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class GuardPoliciesTest {
    private static final String TEXT = "mail a@b.co, card 4111 1111 1111 1111, mail A@B.co and c@d.io";

    @Test
    void shouldRedactByPlaceholdersThatAreTheSameForTheSameValue() {
        assertThat(new TestingRules().redact(TEXT))
                .isEqualTo("mail [EMAIL_1], card [CREDIT_CARD_1], mail [EMAIL_1] and [EMAIL_2]");
    }

    @Test
    void shouldKeepPlaceholdersOverTheTextsOfARequest() {
        Inspection inspection = new TestingRules().open(Direction.PROMPT);
        inspection.inspect("a@b.co");
        assertThat(inspection.inspect("c@d.io and a@b.co")).isEqualTo("[EMAIL_2] and [EMAIL_1]");
        assertThat(inspection.findings()).containsExactly(new GuardFinding("email", Action.REDACT, 3));
    }

    @Test
    void shouldReturnNothingForCleanText() {
        Inspection inspection = new TestingRules().open(Direction.PROMPT);
        assertThat(inspection.inspect("Nothing to see here.")).isNull();
        assertThat(inspection.findings()).isEmpty();
    }

    @Test
    void shouldLookAtNothingBesideTheGivenBytes() {
        byte[] body = Bytes.utf8("x@y.io|a@b.co|x@y.io");
        byte[] replaced = new TestingRules().open(Direction.PROMPT).inspect(body, 7, 13);
        assertThat(replaced).isEqualTo(Bytes.utf8("[EMAIL_1]"));
    }

    @Test
    void shouldLetNothingPassThatItFailedToLookAt() {
        Inspection inspection = new TestingRules().open(Direction.PROMPT);
        assertThatThrownBy(() -> inspection.inspect(new byte[] {'a'}, 0, 5))
                .isInstanceOfSatisfying(GantryException.class, failure -> {
                    assertThat(failure.code()).isEqualTo(ErrorCode.INTERNAL);
                    assertThat(failure.getMessage()).contains("not let through");
                });
    }

    @Test
    void shouldTellTheRulesThatHold() {
        GuardRules rules = new TestingRules()
                .kind("ip_address", Action.WARN)
                .answer(Map.of("email", Action.OFF))
                .injection(Action.WARN, Action.BLOCK)
                .policies()
                .show(null);

        assertThat(rules.minimumConfidence()).isEqualTo(50);
        assertThat(rules.reversible()).isFalse();
        assertThat(rules.kinds())
                .contains(
                        new GuardRules.OfKind("email", List.of("pii"), Action.REDACT, Action.REDACT, Action.OFF),
                        new GuardRules.OfKind(
                                "ip_address", List.of("pii", "network"), Action.WARN, Action.WARN, Action.WARN))
                .filteredOn(rule -> rule.kind().equals("prompt_injection"))
                .singleElement()
                .satisfies(rule -> {
                    assertThat(rule.prompt()).isEqualTo(Action.WARN);
                    assertThat(rule.documents()).isEqualTo(Action.BLOCK);
                    assertThat(rule.answer()).isEqualTo(Action.OFF);
                });
    }

    @Nested
    class Actions {
        @Test
        void shouldReportAndLetPassWhatIsWarnedAbout() {
            Inspection inspection = new TestingRules().action(Action.WARN).open(Direction.PROMPT);
            assertThat(inspection.inspect(TEXT)).isNull();
            assertThat(inspection.findings())
                    .containsExactly(
                            new GuardFinding("credit_card", Action.WARN, 1), new GuardFinding("email", Action.WARN, 3));
        }

        @Test
        void shouldRefuseWhatIsBlockedAndNameKindsOnly() {
            Inspection inspection =
                    new TestingRules().blocked("credit_card", "ssn", "api_keys").open(Direction.PROMPT);
            assertThatThrownBy(() -> inspection.inspect(TEXT))
                    .isInstanceOfSatisfying(GantryException.class, refusal -> {
                        assertThat(refusal.code()).isEqualTo(ErrorCode.CONTENT_BLOCKED);
                        assertThat(refusal.getMessage()).contains("credit_card").doesNotContain("4111", "email");
                    });
            assertThat(inspection.findings()).contains(new GuardFinding("credit_card", Action.BLOCK, 1));
        }

        @Test
        void shouldBlockThePatternsOfTheGuideInStreamsToo() {
            StreamInspection stream = new TestingRules().blocked("credit_card").open(Direction.ANSWER).stream();
            String passed = stream.push("Your card is 4111 1111 ");
            assertThat(passed).isEqualTo("Your card is ");
            assertThatThrownBy(() -> stream.push("1111 1111, is it?"))
                    .hasMessageContaining("The answer held what the operator's rules do not let through: credit_card");
            assertThatThrownBy(stream::finish).isInstanceOf(GantryException.class);
        }

        @Test
        void shouldPreferTheMoreExactRule() {
            TestingRules rules = new TestingRules()
                    .action(Action.WARN)
                    .kind("email", Action.REDACT)
                    .kind("financial", Action.OFF)
                    .answer(Map.of("email", Action.OFF));
            assertThat(rules.redact(TEXT)).contains("[EMAIL_1]", "4111");
            Inspection answer = rules.open(Direction.ANSWER);
            assertThat(answer.inspect(TEXT)).isNull();
            assertThat(answer.findings()).isEmpty();
        }

        @Test
        void shouldApplyTheRulesOfATeam() {
            DirectionRules none = new DirectionRules(Optional.empty(), Map.of());
            TeamRules lenient = new TeamRules(
                    Optional.of(false), Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), none, none);
            TeamRules strict = new TeamRules(
                    Optional.empty(),
                    Optional.of(Action.BLOCK),
                    Optional.empty(),
                    Map.of("email", Action.REDACT),
                    Optional.empty(),
                    none,
                    none);
            GuardPolicies policies = new TestingRules()
                    .team("lab", lenient)
                    .team("bank", strict)
                    .blocked("ssn")
                    .policies();
            assertThat(policies.open("lab", Direction.PROMPT).inspect(TEXT)).isNull();
            assertThatThrownBy(() -> policies.open("lab", Direction.PROMPT).inspect("ssn 536-22-8726"))
                    .hasMessageContaining("ssn");
            assertThatThrownBy(() -> policies.open("bank", Direction.PROMPT).inspect(TEXT))
                    .hasMessageContaining("credit_card");
            assertThat(policies.open("bank", Direction.PROMPT).inspect("a@b.co"))
                    .isEqualTo("[EMAIL_1]");
            assertThat(policies.open("other", Direction.PROMPT).inspect("a@b.co"))
                    .isEqualTo("[EMAIL_1]");
        }

        @Test
        void shouldHeedTheLeastConfidence() {
            assertThat(new TestingRules().minimumConfidence(0.99).redact("a@b.co"))
                    .isEqualTo("a@b.co");
        }

        @Test
        void shouldSayWhichKindsThereAreWhenOneIsUnknown() {
            assertThatThrownBy(() -> new TestingRules().blocked("credit_cart").policies())
                    .hasMessageContaining("there is no kind 'credit_cart'")
                    .hasMessageContaining("credit_card");
        }
    }

    @Nested
    class Own {
        @Test
        void shouldFindTheOperatorsPatterns() {
            TestingRules rules = new TestingRules().own("employee", "\\bEMP-[0-9]{5}\\b");
            assertThat(rules.redact("EMP-12345 and TEMP-12345, EMP-123456"))
                    .isEqualTo("[EMPLOYEE_1] and TEMP-12345, EMP-123456");
        }

        @Test
        void shouldWantAWordNearWhenThePatternSaysSo() {
            TestingRules rules = new TestingRules().own("badge", "[0-9]{5}", "badge", "badge number");
            assertThat(rules.redact("badge 12345, room 1")).isEqualTo("badge [BADGE_1], room 1");
            assertThat(rules.redact("badger 12345")).isEqualTo("badger 12345");
        }

        @Test
        void shouldRefuseWhatIsNotInRe2Syntax() {
            assertThatThrownBy(() -> new TestingRules().own("twice", "(a)\\1").policies())
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("custom_patterns.twice")
                    .hasMessageContaining("RE2");
        }

        @Test
        void shouldLeaveAllowedValuesAlone() {
            TestingRules rules =
                    new TestingRules().allowed("Support@Example.com").allowedPatterns(".*@test\\.example");
            assertThat(rules.redact("support@example.com x@test.example y@test.example.org"))
                    .isEqualTo("support@example.com x@test.example [EMAIL_1]");
        }
    }

    @Nested
    class Restoring {
        private final Inspection prompt = new TestingRules().reversible().open(Direction.PROMPT);

        @Test
        void shouldGiveTheCallerBackWhatTheModelNeverSaw() {
            assertThat(prompt.inspect("Write to Jane@B.co")).isEqualTo("Write to [EMAIL_1]");
            Inspection answer = prompt.answer();
            String inspected = answer.inspect("I wrote to [EMAIL_1] and to spy@evil.example");
            assertThat(inspected).isEqualTo("I wrote to [EMAIL_1] and to [EMAIL_2]");
            assertThat(answer.restore(Objects.requireNonNull(inspected))).contains("I wrote to Jane@B.co");
        }

        @Test
        void shouldRestorePlaceholdersThatComeInParts() {
            prompt.inspect("Write to Jane@B.co");
            StreamInspection stream = prompt.answer().stream();
            StringBuilder out = new StringBuilder();
            for (String part : List.of("To [", "EMA", "IL_", "1] an", "d [EMAIL_7] [x", "] [")) {
                out.append(stream.push(part));
            }
            out.append(stream.finish());
            assertThat(out.toString()).isEqualTo("To Jane@B.co and [EMAIL_7] [x] [");
        }

        @Test
        void shouldNotRestoreWhereItIsNotConfigured() {
            Inspection plain = new TestingRules().open(Direction.PROMPT);
            plain.inspect("a@b.co");
            assertThat(plain.answer().restore("[EMAIL_1]")).isNull();
        }
    }
}
