package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.config.DataSize;
import dev.gantry.proof.AuditExportVerifier;
import dev.gantry.proof.NoteKey;
import dev.gantry.testing.TestingDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {
    private static final UUID ADA = TestingDatabase.newOrganization();
    private static final Instant MARCH = Instant.parse("2026-03-15T12:00:00Z");
    private static final Instant MAY = Instant.parse("2026-05-10T12:00:00Z");

    private final MovedClock clock = new MovedClock();
    private final TestingAudit audit =
            TestingAudit.open(AuditSettings.defaults().withRetention(Optional.of(Duration.ofDays(30))), clock);

    private static final class MovedClock extends Clock {
        private volatile Instant now = MARCH;

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }

    @BeforeEach
    void write() {
        audit.log().retention().apply();
        audit.write(TestingEvents.at(ADA, MARCH), TestingEvents.at(ADA, MARCH.plusSeconds(1)));
        clock.now = MAY;
        audit.write(TestingEvents.at(ADA, MAY));
        audit.log().checkpoint();
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private VerificationReport verify() {
        return audit.log().verify(null, null, null, _ -> {});
    }

    private List<AuditEvent> events() {
        return audit.log().query(ADA, AuditQuery.all()).events();
    }

    @Test
    void shouldRemoveOldMonthsAndVerifyTheRest() {
        assertThat(events()).hasSize(3);

        audit.log().retention().apply();

        assertThat(events()).extracting(AuditEvent::timestamp).containsExactly(MAY);
        VerificationReport report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.removed()).isPositive();
        assertThat(report.events()).isEqualTo(1);
    }

    @Test
    void shouldExportWhatIsLeftWithTheAnchorOfWhatIsNot() {
        audit.log().retention().apply();

        AuditExportVerifier.Report report = export();

        assertThat(report.problems()).isEmpty();
        assertThat(report.events()).isEqualTo(1);
        assertThat(report.removedBatches()).isEqualTo(report.batches() - 1).isPositive();
    }

    @Test
    void shouldNotPassForRetentionWhatSomebodyElseRemoved() {
        audit.log().retention().apply();

        audit.tamper("DELETE FROM audit_events");

        assertThat(export().problems()).anyMatch(problem -> problem.contains("which has 0 events instead of 1"));
    }

    private AuditExportVerifier.Report export() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        audit.log().export(ADA, null, null, out);
        try {
            return new AuditExportVerifier(
                            audit.log().publicKeys().stream()
                                    .map(NoteKey::parse)
                                    .toList(),
                            _ -> {})
                    .verify(new ByteArrayInputStream(out.toByteArray()));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void shouldStillFindWhatIsChangedInTheRest() {
        audit.log().retention().apply();

        audit.tamper("DELETE FROM audit_events");

        assertThat(verify().findings())
                .extracting(VerificationReport.Finding::kind)
                .contains(Kind.EVENT_MISSING);
    }

    @Test
    void shouldNotTakeAnAnchorThatItDidNotSign() {
        audit.log().retention().apply();

        audit.tamper("UPDATE audit_anchors SET note = replace(note, 'before 2026-04', 'before 2026-06');"
                + " DELETE FROM audit_events");

        assertThat(verify().findings())
                .extracting(VerificationReport.Finding::kind)
                .contains(Kind.CHECKPOINT_FORGED, Kind.EVENT_MISSING);
    }

    @Test
    void shouldKeepAMonthThatCannotBeVerified() {
        audit.tamper("UPDATE audit_events SET event = event || ' ' WHERE leaf = 0");

        audit.log().retention().apply();

        assertThat(audit.database()
                        .database()
                        .<Integer>inOrganization(
                                ADA,
                                handle -> handle.createQuery("SELECT count(*) FROM audit_events")
                                        .mapTo(Integer.class)
                                        .one()))
                .isEqualTo(3);
    }

    @Test
    void shouldPutEventsOfAMonthIntoItsPartition() {
        assertThat(audit.database()
                        .database()
                        .<List<String>>inOrganization(
                                ADA,
                                handle -> handle.createQuery(
                                                "SELECT tableoid::regclass::text FROM audit_events GROUP BY 1 ORDER BY 1")
                                        .mapTo(String.class)
                                        .list()))
                .containsExactly("audit_events_2026_03", "audit_events_2026_05");
    }

    @Test
    void shouldLetAutovacuumHaveAMonthOnlyWhenItIsOver() {
        assertThat(optionsOf("audit_events_2026_03")).contains("autovacuum_vacuum_insert_threshold=-1");

        audit.log().retention().apply();

        assertThat(optionsOf("audit_events_2026_04")).isEmpty();
        assertThat(optionsOf("audit_events_2026_05")).contains("autovacuum_vacuum_insert_threshold=-1");
        assertThat(optionsOf("audit_events_2026_08")).contains("autovacuum_vacuum_insert_threshold=-1");
    }

    @Test
    void shouldThinCheckpointsAndVerifyAllTheSame() {
        clock.now = MAY.plus(Duration.ofHours(1));
        for (int count = 0; count < 3; count++) {
            audit.write(TestingEvents.at(ADA, clock.now));
            audit.log().checkpoint();
        }
        assertThat(checkpoints()).isEqualTo(4);

        clock.now = MAY.plus(Duration.ofDays(3));
        audit.log().retention().apply();

        assertThat(checkpoints()).isEqualTo(2);
        assertThat(verify().findings()).isEmpty();
    }

    private int checkpoints() {
        return audit.database()
                .database()
                .unscoped(handle -> handle.createQuery("SELECT count(*) FROM audit_checkpoints")
                        .mapTo(Integer.class)
                        .one());
    }

    private String optionsOf(String partition) {
        return audit.database()
                .database()
                .unscoped(handle -> handle.createQuery(
                                "SELECT coalesce(array_to_string(reloptions, ' '), '') FROM pg_class WHERE relname = :name")
                        .bind("name", partition)
                        .mapTo(String.class)
                        .one());
    }

    @Test
    void shouldKeepWhatASinkDoesNotHaveYet() {
        SinkSettings unreachable = new SinkSettings(
                SinkSettings.Type.SYSLOG,
                Optional.empty(),
                new DataSize(1 << 20),
                1,
                Optional.empty(),
                Optional.empty(),
                Optional.of("127.0.0.1:1"),
                SinkSettings.Transport.TCP,
                Optional.empty(),
                List.of("*"));
        AuditSettings defaults = AuditSettings.defaults();
        AuditSettings settings = new AuditSettings(
                Optional.of(Duration.ofDays(30)),
                defaults.mirrorDirectory(),
                defaults.bulkEvents(),
                defaults.spillAfter(),
                defaults.spillSizeMax(),
                defaults.verifyEvery(),
                Map.of("siem", unreachable));
        clock.now = MARCH;
        try (TestingAudit other = TestingAudit.open(settings, clock)) {
            other.log().retention().apply();
            other.database()
                    .asSuperuser("INSERT INTO audit_sinks (name, position) VALUES ('siem', 0) ON CONFLICT DO NOTHING");
            other.write(TestingEvents.at(ADA, MARCH));
            other.log().checkpoint();
            clock.now = MAY;

            other.log().retention().apply();

            assertThat(other.log().query(ADA, AuditQuery.all()).events()).hasSize(1);
        }
    }
}
