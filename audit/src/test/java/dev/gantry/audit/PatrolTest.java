package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.audit.VerificationReport.Finding;
import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.testing.TestingDatabase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The verification that nobody asks for. */
class PatrolTest {
    private static final UUID ADA = TestingDatabase.newOrganization();
    private static final UUID BOB = TestingDatabase.newOrganization();
    private static final String TAMPER =
            "UPDATE audit_events SET event_type = 'nothing.special' WHERE leaf = 0 AND batch = 1 AND ";

    private final MovableClock clock = new MovableClock();
    private final TestingAudit audit = TestingAudit.open(AuditSettings.defaults(), clock);
    private final Told told = new Told();

    private static final class MovableClock extends Clock {
        /** Of this month and the next three there are partitions. */
        private Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }

    private static final class Told implements VerificationWatch {
        private final List<Finding> findings = new ArrayList<>();
        private final List<Verified> finished = new ArrayList<>();

        @Override
        public void found(List<Finding> found) {
            findings.addAll(found);
        }

        @Override
        public void finished(Verified verified) {
            finished.add(verified);
        }
    }

    @BeforeEach
    void write() {
        for (UUID organization : List.of(ADA, BOB)) {
            audit.write(
                    TestingEvents.at(organization, clock.now),
                    TestingEvents.at(organization, clock.now.plusSeconds(1)));
        }
        audit.log().checkpoint();
        audit.log().patrol().look(told);
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private void look(int hoursLater) {
        clock.now = clock.now.plus(Duration.ofHours(hoursLater));
        audit.log().patrol().look(told);
    }

    @Test
    void shouldVerifyEverythingOnceADay() {
        look(23);
        assertThat(told.finished).isEmpty();
        look(1);
        assertThat(told.finished).singleElement().satisfies(verified -> {
            assertThat(verified.events()).isEqualTo(4);
            assertThat(verified.findings()).isZero();
            assertThat(verified.at()).isEqualTo(clock.now);
            assertThat(verified.running()).isNull();
        });
        look(23);
        assertThat(told.finished).hasSize(1);
        look(1);
        assertThat(told.finished).hasSize(2);
    }

    @Test
    void shouldTellOfWhatIsWrongAndSayOnEveryNodeUntilItIsRight() {
        audit.tamper(TAMPER + "organization_id = '" + ADA + "'");
        look(24);
        assertThat(told.findings).singleElement().satisfies(finding -> {
            assertThat(finding.kind()).isEqualTo(Kind.EVENT_ALTERED);
            assertThat(finding.organization()).isEqualTo(ADA);
            assertThat(finding.message()).contains("event_type");
        });
        assertThat(told.finished.getFirst().findings()).isEqualTo(1);

        audit.stop();
        audit.start();
        audit.log().patrol().look(null);
        assertThat(audit.log().verified()).get().extracting(Verified::findings).isEqualTo(1L);
        assertThat(Objects.requireNonNull(audit.log().figures().verification()).findings())
                .isEqualTo(1);
        // One that was asked for, of a part in which nothing is wrong, hides nothing.
        assertThat(audit.log().verify(BOB, null, null, _ -> {}).isSound()).isTrue();
        assertThat(Objects.requireNonNull(audit.log().figures().verification()).findings())
                .isEqualTo(1);

        audit.tamper("UPDATE audit_events SET event_type = event::json ->> 'event_type' WHERE leaf = 0");
        look(24);
        assertThat(audit.log().verified()).get().extracting(Verified::findings).isEqualTo(0L);
    }

    @Test
    void shouldGoOnWhereAnotherNodeStopped() {
        List<UUID> order = List.of(ADA, BOB).stream()
                .sorted((left, right) -> left.toString().compareTo(right.toString()))
                .toList();
        audit.tamper("UPDATE audit_verification SET begun_at = now(), events = 2, at_organization = '"
                + order.getFirst() + "'; " + TAMPER + "organization_id = '" + order.getFirst() + "'");
        look(0);
        assertThat(told.findings).isEmpty();
        assertThat(told.finished).singleElement().extracting(Verified::events).isEqualTo(4L);

        look(24);
        assertThat(told.findings).extracting(Finding::organization).containsExactly(order.getFirst());
    }

    @Test
    void shouldGoOnWithinAnOrganizationByMonth() {
        Instant month = nextMonth();
        clock.now = month.plus(Duration.ofDays(1));
        audit.write(TestingEvents.at(ADA, clock.now));
        audit.log().checkpoint();
        UUID last = ADA.toString().compareTo(BOB.toString()) > 0 ? ADA : BOB;
        audit.tamper("UPDATE audit_verification SET begun_at = now(), at_organization = '" + ADA + "', at_time = '"
                + month + "'");
        look(0);
        assertThat(told.finished).singleElement().extracting(Verified::events).isEqualTo(last.equals(BOB) ? 3L : 1L);
    }

    /** Writes two events of each of the next two months, and looks when they are over. */
    private void writeTwoMonths() {
        for (int month = 0; month < 2; month++) {
            clock.now = nextMonth().plus(Duration.ofDays(1));
            audit.write(TestingEvents.at(ADA, clock.now), TestingEvents.at(ADA, clock.now.plusSeconds(1)));
            audit.log().checkpoint();
        }
    }

    private Instant nextMonth() {
        return YearMonth.from(clock.now.atOffset(ZoneOffset.UTC))
                .plusMonths(1)
                .atDay(1)
                .atStartOfDay()
                .toInstant(ZoneOffset.UTC);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            nothing wrong  |                | SELECT 1
            a header       | BATCH_ALTERED  | UPDATE audit_batches SET epoch = epoch + 1 WHERE number = 1
            a batch        | BATCH_MISSING  | DELETE FROM audit_events WHERE batch = 1; DELETE FROM audit_batches WHERE number = 1
            an event       | EVENT_ALTERED  | UPDATE audit_events SET event_type = 'x' WHERE batch = 2 AND leaf = 0
            an event lost  | EVENT_MISSING  | DELETE FROM audit_events WHERE batch = 2 AND leaf = 0
            events without | EVENT_INSERTED | UPDATE audit_events SET batch = 77 WHERE batch = 1
            """)
    void shouldFindInMonthsThatAreOverWhatAnybodyFindsWhoAsks(String what, @Nullable Kind kind, String statement) {
        writeTwoMonths();
        audit.tamper(statement.replace(" WHERE ", " WHERE organization_id = '" + ADA + "' AND "));
        look(24);
        List<Finding> asked = audit.log().verify(null, null, null, _ -> {}).findings();
        assertThat(told.findings).as(what).containsExactlyInAnyOrderElementsOf(asked);
        if (kind == null) {
            assertThat(asked).isEmpty();
            assertThat(told.finished)
                    .singleElement()
                    .extracting(Verified::events)
                    .isEqualTo(8L);
        } else {
            assertThat(asked).as(what).extracting(Finding::kind).contains(kind);
        }
    }

    @Test
    void shouldLeaveTheWorkToOthersWhenItFails() {
        audit.tamper(TAMPER + "organization_id = '" + ADA + "'");
        clock.now = clock.now.plus(Duration.ofHours(24));
        VerificationWatch failing = new VerificationWatch() {
            @Override
            public void found(List<Finding> findings) {
                throw new IllegalStateException("nobody listens");
            }

            @Override
            public void finished(Verified verified) {}
        };
        assertThatThrownBy(() -> audit.log().patrol().look(failing)).hasMessage("nobody listens");
        audit.tamper("UPDATE audit_verification SET holder = 'other', held_until = now() + interval '2 minutes'"
                + " WHERE holder IS NULL");
        look(0);
        assertThat(told.finished).isEmpty();
    }

    @Test
    void shouldNotSayThatItFinishedWhatAnotherNodeHasTaken() {
        audit.tamper(TAMPER + "organization_id = '" + ADA + "'");
        clock.now = clock.now.plus(Duration.ofHours(24));
        List<Verified> finished = new ArrayList<>();
        audit.log().patrol().look(new VerificationWatch() {
            @Override
            public void found(List<Finding> findings) {
                audit.tamper("UPDATE audit_verification SET holder = 'other'");
            }

            @Override
            public void finished(Verified verified) {
                finished.add(verified);
            }
        });
        assertThat(finished).isEmpty();
    }

    @Test
    void shouldLeaveTheWorkToTheNodeThatHasIt() {
        audit.tamper("UPDATE audit_verification SET holder = 'other', held_until = now() + interval '2 minutes'");
        look(24);
        assertThat(told.finished).isEmpty();
        audit.tamper("UPDATE audit_verification SET held_until = now() - interval '1 second'");
        look(0);
        assertThat(told.finished).hasSize(1);
    }
}
