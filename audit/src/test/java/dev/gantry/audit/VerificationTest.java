package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.audit.VerificationReport.Kind;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.proof.AuditExportVerifier;
import dev.gantry.proof.NoteKey;
import dev.gantry.testing.TestingDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Does to the database what an administrator could, and expects to be told. */
class VerificationTest {
    private static final UUID ADA = TestingDatabase.newOrganization();
    private static final UUID BOB = TestingDatabase.newOrganization();

    private final TestingAudit audit = TestingAudit.open();

    @BeforeEach
    void write() {
        for (int batch = 0; batch < 4; batch++) {
            for (UUID organization : List.of(ADA, BOB)) {
                AuditEvent[] events = new AuditEvent[5];
                for (int index = 0; index < events.length; index++) {
                    events[index] =
                            TestingEvents.at(organization, TestingEvents.START.plusSeconds(batch * 10L + index));
                }
                audit.write(events);
            }
            audit.log().checkpoint();
        }
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private VerificationReport verify() {
        return audit.log().verify(null, null, null, _ -> {});
    }

    private void assertFound(Kind kind, String words) {
        VerificationReport report = verify();
        assertThat(report.isSound()).isFalse();
        assertThat(report.findings()).anySatisfy(finding -> {
            assertThat(finding.kind()).isEqualTo(kind);
            assertThat(finding.message()).contains(words);
        });
    }

    @Test
    void shouldFindNothingWrongWithWhatWasWritten() {
        AtomicLong progress = new AtomicLong();
        VerificationReport report = audit.log().verify(null, null, null, now -> progress.set(now.events()));

        assertThat(report.findings()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.organizations()).isEqualTo(2);
        assertThat(report.events()).isEqualTo(40);
        assertThat(report.pending()).isZero();
        assertThat(report.logSize()).isEqualTo(report.batches());
        assertThat(report.checkpoint()).isNotNull();
        assertThat(report.mirrored()).isPositive();
    }

    @Test
    void shouldVerifyOneOrganizationAlone() {
        assertThat(audit.log().verify(ADA, null, null, _ -> {}).events()).isEqualTo(20);
        assertThat(audit.log()
                        .verify(TestingDatabase.newOrganization(), null, null, _ -> {})
                        .isSound())
                .isTrue();
    }

    @Test
    void shouldStaySoundWhenAPersonIsErased() {
        audit.log().erase(ADA, "ada@example.com");

        assertThat(verify().findings()).isEmpty();
    }

    @Test
    void shouldStaySoundWhenTheWriterComesBackWithAnotherSession() {
        audit.database().asSuperuser("SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'");
        audit.write(TestingEvents.at(ADA, TestingEvents.START));

        VerificationReport report = verify();
        assertThat(report.findings()).isEmpty();
        assertThat(report.events()).isEqualTo(41);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            an altered event       | EVENT_ALTERED  | UPDATE audit_events SET event = replace(event, '"result":"success"', '"result":"denied"'), result = 'denied' WHERE leaf = 0 AND batch = 2 | was altered or replaced
            an altered column      | EVENT_ALTERED  | UPDATE audit_events SET event_type = 'nothing.special' WHERE leaf = 0 AND batch = 2 | the column event_type
            a subject in a column  | EVENT_ALTERED  | UPDATE audit_events SET subject = NULL WHERE leaf = 0 AND batch = 2 | the column subject
            a moved time           | EVENT_ALTERED  | UPDATE audit_events SET occurred_at = occurred_at + interval '1 day' WHERE leaf = 0 AND batch = 2 | the column occurred_at
            a deleted event        | EVENT_MISSING  | DELETE FROM audit_events WHERE leaf = 0 AND batch = 2 | leaf 0 is the first
            a truncated batch      | EVENT_MISSING  | DELETE FROM audit_events a USING audit_batches b WHERE a.organization_id = b.organization_id AND a.shard = b.shard AND a.batch = b.number AND a.leaf = b.events - 1 AND b.number = 2 | last ones are gone
            all events             | EVENT_MISSING  | DELETE FROM audit_events | has 0 of its
            an inserted event      | EVENT_INSERTED | INSERT INTO audit_events SELECT organization_id, recorded_at, shard, batch, 100, occurred_at, gen_random_uuid(), subject, event_type, resource, team, result, request_id, event FROM audit_events WHERE leaf = 0 AND batch = 2 | instead of
            an event of no batch   | EVENT_INSERTED | INSERT INTO audit_events SELECT organization_id, recorded_at, shard, 9999, 0, occurred_at, gen_random_uuid(), subject, event_type, resource, team, result, request_id, event FROM audit_events WHERE leaf = 0 AND batch = 2 | does not exist
            exchanged batches      | EVENT_ALTERED  | UPDATE audit_events SET batch = CASE batch WHEN 1 THEN 2 ELSE 1 END WHERE batch IN (1, 2) AND leaf = 0 | altered or replaced
            an altered header      | BATCH_ALTERED  | UPDATE audit_batches SET recorded_at = recorded_at + interval '1 second' WHERE number = 2 | not the one that was hashed
            a forged header        | BATCH_ALTERED  | UPDATE audit_batches SET previous = root WHERE number = 2 | does not follow
            a deleted batch        | BATCH_MISSING  | DELETE FROM audit_events WHERE batch = 2; DELETE FROM audit_batches WHERE number = 2 | goes from batch 1 to batch 3
            a deleted last batch   | BATCH_MISSING  | DELETE FROM audit_events a USING (SELECT organization_id, max(number) AS number FROM audit_batches GROUP BY 1) b WHERE a.organization_id = b.organization_id AND a.batch = b.number; DELETE FROM audit_batches a USING (SELECT organization_id, max(number) AS number FROM audit_batches GROUP BY 1) b WHERE a.organization_id = b.organization_id AND a.number = b.number | is gone
            an organization        | BATCH_MISSING  | DELETE FROM audit_events; DELETE FROM audit_batches; DELETE FROM audit_chains | nothing is left
            an altered log         | LOG_ALTERED    | UPDATE audit_log SET hash = sha256('x') WHERE position = 1 | not those of the checkpoint
            a gap in the log       | LOG_ALTERED    | DELETE FROM audit_log WHERE position = 1 | Entry 1 of the log is missing
            a cut log              | LOG_CUT_OFF    | DELETE FROM audit_log WHERE position > 1; DELETE FROM audit_checkpoints WHERE size > 2 | outside of the database
            a forged checkpoint    | CHECKPOINT_FORGED | UPDATE audit_checkpoints SET note = replace(note, 'time 2', 'time 3') | signature
            """)
    void shouldFind(String what, Kind kind, String statement, String words) {
        audit.tamper(statement);

        assertFound(kind, words);
    }

    @Test
    void shouldFindTwoEventsThatChangedPlaces() {
        audit.tamper("""
                UPDATE audit_events SET leaf = leaf + 1000 WHERE batch = 2 AND leaf IN (0, 1);
                UPDATE audit_events SET leaf = 1 WHERE batch = 2 AND leaf = 1000;
                UPDATE audit_events SET leaf = 0 WHERE batch = 2 AND leaf = 1001;
                """);
        VerificationReport report = verify();

        // A batch that happened to hold one event has nothing to exchange.
        assertThat(report.findings())
                .extracting(VerificationReport.Finding::kind)
                .isSubsetOf(Kind.EVENT_ALTERED, Kind.EVENT_MISSING);
        assertThat(report.isSound()).isFalse();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            a deleted event   | DELETE FROM audit_events WHERE leaf = 0 AND batch = 2
            a batch's events  | DELETE FROM audit_events WHERE batch = 2
            all events        | DELETE FROM audit_events
            an altered event  | UPDATE audit_events SET event = replace(event, '"result":"success"', '"result":"denied"') WHERE leaf = 0 AND batch = 2
            the first batch   | DELETE FROM audit_events WHERE batch = 1; DELETE FROM audit_batches WHERE number = 1
            a deleted batch   | DELETE FROM audit_events WHERE batch = 2; DELETE FROM audit_batches WHERE number = 2
            the newest events | DELETE FROM audit_events a USING (SELECT organization_id, max(number) AS number FROM audit_batches GROUP BY 1) b WHERE a.organization_id = b.organization_id AND a.batch = b.number; DELETE FROM audit_batches a USING (SELECT organization_id, max(number) AS number FROM audit_batches GROUP BY 1) b WHERE a.organization_id = b.organization_id AND a.number = b.number
            a hole in the log | DELETE FROM audit_events WHERE batch = 1; DELETE FROM audit_batches WHERE number = 1; DELETE FROM audit_log WHERE position < 2
            a cut log         | DELETE FROM audit_log WHERE position > 1; DELETE FROM audit_checkpoints WHERE size > 2
            a forged anchor   | INSERT INTO audit_anchors (organization_id, made_at, note) SELECT organization_id, now(), 'gantry/anchor' FROM audit_chains; DELETE FROM audit_events
            """)
    void shouldGiveNoSoundExportOf(String what, String statements) throws IOException {
        audit.tamper(statements);

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            audit.log().export(ADA, null, null, out);
        } catch (GantryException refused) {
            assertThat(refused.code()).isEqualTo(ErrorCode.CONFLICT);
            assertThat(refused).hasMessageContaining("gantry audit verify");
            assertThat(out.size()).isZero();
            return;
        }
        assertThat(new AuditExportVerifier(
                                audit.log().publicKeys().stream()
                                        .map(NoteKey::parse)
                                        .toList(),
                                _ -> {})
                        .verify(new ByteArrayInputStream(out.toByteArray()))
                        .isSound())
                .as(what)
                .isFalse();
    }

    /** The whole database as it was before, consistent in itself: only what lies outside tells. */
    @Test
    void shouldFindADatabaseThatWasRolledBack() {
        String tables = "audit_events, audit_batches, audit_chains, audit_inbox, audit_log, audit_checkpoints";
        StringBuilder save = new StringBuilder("CREATE SCHEMA saved; ");
        StringBuilder restore = new StringBuilder();
        for (String table : tables.split(", ")) {
            save.append("CREATE TABLE saved.%1$s AS SELECT * FROM %1$s; ".formatted(table));
            restore.append("DELETE FROM %1$s; INSERT INTO %1$s SELECT * FROM saved.%1$s; ".formatted(table));
        }
        audit.tamper(save.toString());
        audit.write(TestingEvents.at(ADA, TestingEvents.START));
        audit.log().checkpoint();

        audit.tamper(restore.toString());

        assertFound(Kind.LOG_CUT_OFF, "replaced by an earlier state");
        assertThat(audit.log().problem())
                .hasValueSatisfying(problem -> assertThat(problem).contains("earlier state"));
    }

    /** An administrator who rewrites everything, the log and its tree included, cannot sign it. */
    @Test
    void shouldFindAHistoryThatWasWrittenAnew() throws IOException {
        TestingAudit other = TestingAudit.open();
        try {
            other.write(TestingEvents.at(ADA, TestingEvents.START));
            other.log().checkpoint();
            Path theirs = other.directory().resolve("audit/signing.key");
            Path ours = audit.directory().resolve("audit/signing.key");
            assertThat(Files.readString(theirs)).isNotEqualTo(Files.readString(ours));
            String note = other.database()
                    .database()
                    .unscoped(handle -> handle.createQuery(
                                    "SELECT note FROM audit_checkpoints ORDER BY size DESC LIMIT 1")
                            .mapTo(String.class)
                            .one());

            audit.tamper("UPDATE audit_checkpoints SET note = '" + note + "'");

            assertFound(Kind.CHECKPOINT_FORGED, "None of the trusted keys");
        } finally {
            other.close();
        }
    }
}
