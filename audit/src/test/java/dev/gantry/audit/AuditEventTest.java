package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.Json;
import dev.gantry.kernel.MicroDollars;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AuditEventTest {
    private static final UUID ORGANIZATION = UUID.fromString("01935a2b-1111-7000-8000-000000000001");

    @Nested
    class CanonicalForm {
        @Test
        void shouldHaveSortedMembersWithTheNamesOfTheApi() {
            AuditEvent event = TestingEvents.complete(ORGANIZATION);

            assertThat(event.toCanonicalJson())
                    .isEqualTo("{\"action\":\"execute\",\"actor\":{\"address\":\"10.1.2.3\","
                            + "\"key\":\"01935a2b-0000-7000-8000-00000000000f\",\"user\":\"ada@example.com\"},\"cost\":4321,"
                            + "\"details\":{\"attempts\":2,\"model\":\"gpt-6.2-sol\",\"stream\":true},\"duration_ms\":1234,"
                            + "\"event_type\":\"pattern.execute\",\"id\":\"" + event.id()
                            + "\",\"metadata\":{\"node\":\"node-1\",\"service\":\"gantry\",\"version\":\"0.1.0\"},"
                            + "\"organization\":\"01935a2b-1111-7000-8000-000000000001\",\"project\":\"apollo\","
                            + "\"reason\":\"all went well\",\"request_id\":\"request-1\","
                            + "\"resource\":\"patterns/analysis/threat-model\",\"result\":\"success\","
                            + "\"team\":\"engineering\",\"timestamp\":\"2026-11-21T06:00:00.123456Z\","
                            + "\"tokens_used\":56789,\"trace_id\":\"0af7651916cd43dd8448eb211c80319c\"}");
        }

        @Test
        void shouldComeBackUnchanged() {
            AuditEvent complete = TestingEvents.complete(ORGANIZATION);
            AuditEvent sparse = TestingEvents.withTexts(ORGANIZATION, "", "no such key", "\u0000\"\\\n\uD83D\uDE00");

            assertThat(AuditEventReader.read(complete.toCanonicalJson())).isEqualTo(complete);
            assertThat(AuditEventReader.read(sparse.toCanonicalJson())).isEqualTo(sparse);
            assertThat(AuditEventReader.read(sparse.toCanonicalJson()).toCanonicalJson())
                    .isEqualTo(sparse.toCanonicalJson());
        }

        @Test
        void shouldNotDependOnTheOrderInWhichDetailsWereAdded() {
            Map<String, AuditDetail> backwards = new LinkedHashMap<>();
            backwards.put("stream", AuditDetail.of(true));
            backwards.put("model", AuditDetail.of("gpt-6.2-sol"));
            backwards.put("attempts", AuditDetail.of(2));

            AuditEvent event = TestingEvents.complete(ORGANIZATION);

            assertThat(withDetails(event, backwards).toCanonicalJson()).isEqualTo(event.toCanonicalJson());
        }

        @Test
        void shouldLeaveOutWhatIsAbsent() {
            String json = TestingEvents.withTexts(ORGANIZATION, "", "x", "y").toCanonicalJson();

            assertThat(json)
                    .doesNotContain("null")
                    .doesNotContain("cost")
                    .contains("\"actor\":{\"address\":\"10.1.2.3\"}");
            assertThat(Json.read(json).isObject()).isTrue();
        }
    }

    @Nested
    class Texts {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "gk_a1b2c3d4_abcdefghijklmnopqrstuvwxyz012345",
                    "Bearer gk_a1b2c3d4_abcdefghijklmnopqrstuvwxyz012345",
                    "key GK_a1b2c3d4_abcdefghijklmnopqrstuvwxyz012345 refused",
                    "sk-proj-abcdefghijklmnopqrstuvwxyz012345",
                    "sk-ant-api03-abcdefghijklmnopqrstuvwxyz012345"
                })
        void shouldNeverHoldAKeyWhereverItWasPut(String secret) {
            AuditEvent event = TestingEvents.withTexts(ORGANIZATION, secret, "refused: " + secret, secret);

            assertThat(event.toCanonicalJson()).doesNotContain("uvwxyz012345").contains("***");
        }

        @Test
        void shouldLeaveOrdinaryWordsAlone() {
            AuditEvent event = TestingEvents.withTexts(
                    ORGANIZATION,
                    "patterns/risk-assessment-of-tasks",
                    "task_management_in_disk-heavy-Kubernetes",
                    "gk_");

            assertThat(event.resource()).isEqualTo("patterns/risk-assessment-of-tasks");
            assertThat(event.reason()).isEqualTo("task_management_in_disk-heavy-Kubernetes");
        }

        @Test
        void shouldBeCutRatherThanCostTheEvent() {
            String tooLong = "x".repeat(100_000);

            AuditEvent event = TestingEvents.withTexts(ORGANIZATION, tooLong, tooLong, tooLong);

            assertThat(event.resource()).hasSize(AuditEvent.TEXT_LENGTH_MAX).endsWith("…");
            assertThat(event.reason()).hasSize(AuditEvent.REASON_LENGTH_MAX);
            assertThat(event.toCanonicalJson()).hasSizeLessThan(2_000);
        }

        @Test
        void shouldReplaceWhatCannotBeStored() {
            AuditEvent event = TestingEvents.withTexts(ORGANIZATION, "a\u0000b", "half \uD83D pair", "\uDE00");

            assertThat(event.resource()).isEqualTo("a\uFFFDb");
            assertThat(event.reason()).isEqualTo("half \uFFFD pair");
        }
    }

    @Nested
    class Mistakes {
        @ParameterizedTest
        @ValueSource(
                strings = {"", "Auth", "auth.", ".auth", "auth failed", "auth..failed", "1auth", "_auth", "auth-failed"
                })
        void shouldRefuseEventTypesThatNoCodeWouldName(String eventType) {
            assertThatThrownBy(() -> TestingEvents.event(
                            ORGANIZATION, TestingEvents.START, eventType, "u", "r", AuditResult.SUCCESS, "q"))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void shouldRefuseTooManyAndMisnamedDetails() {
            AuditEvent event = TestingEvents.complete(ORGANIZATION);
            Map<String, AuditDetail> many = new LinkedHashMap<>();
            for (int index = 0; index <= AuditEvent.DETAILS_MAX; index++) {
                many.put("detail_" + index, AuditDetail.of(index));
            }

            assertThatThrownBy(() -> withDetails(event, many)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> withDetails(event, Map.of("dotted.name", AuditDetail.of(1))))
                    .isInstanceOf(IllegalArgumentException.class);
        }

        @Test
        void shouldRefuseNumbersThatJsonWouldNotKeep() {
            assertThatThrownBy(() -> AuditDetail.of(1L << 53)).isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> withCost(TestingEvents.complete(ORGANIZATION), -1))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThatThrownBy(() -> withCost(TestingEvents.complete(ORGANIZATION), 1L << 53))
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    private static AuditEvent withDetails(AuditEvent event, Map<String, AuditDetail> details) {
        return copy(event, event.cost(), details);
    }

    private static AuditEvent withCost(AuditEvent event, long microDollars) {
        return copy(event, new MicroDollars(microDollars), event.details());
    }

    private static AuditEvent copy(AuditEvent event, @Nullable MicroDollars cost, Map<String, AuditDetail> details) {
        return new AuditEvent(
                event.id(),
                event.timestamp(),
                event.eventType(),
                event.actor(),
                event.organization(),
                event.team(),
                event.project(),
                event.resource(),
                event.action(),
                event.result(),
                event.reason(),
                event.durationMs(),
                event.tokensUsed(),
                cost,
                event.requestId(),
                event.traceId(),
                details,
                event.metadata());
    }
}
