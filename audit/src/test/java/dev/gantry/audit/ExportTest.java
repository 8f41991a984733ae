package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.proof.AuditExportVerifier;
import dev.gantry.proof.NoteKey;
import dev.gantry.proof.NoteSigner;
import dev.gantry.testing.TestingDatabase;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ExportTest {
    private static final int EVENTS = 12;

    private final UUID organization = TestingDatabase.newOrganization();
    private final TestingAudit audit = TestingAudit.open();
    private final List<AuditEvent> events = new ArrayList<>();

    @BeforeAll
    void write() {
        // Enough batches that the log's tree has a complete chunk of 256 and some more.
        for (int batch = 0; batch < 300; batch++) {
            audit.write(TestingEvents.at(TestingDatabase.newOrganization(), TestingEvents.START));
        }
        for (int index = 0; index < EVENTS; index++) {
            AuditEvent event = TestingEvents.event(
                    organization,
                    java.time.Instant.now(java.time.Clock.systemUTC()),
                    "key.create",
                    "ada@example.com",
                    "keys",
                    AuditResult.SUCCESS,
                    "r");
            events.add(event);
            audit.write(event, TestingEvents.at(organization, TestingEvents.START.plusSeconds(index)));
        }
    }

    @AfterAll
    void close() {
        audit.close();
    }

    private List<String> export() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        audit.log().export(organization, null, null, out);
        return new ArrayList<>(out.toString(StandardCharsets.UTF_8).lines().toList());
    }

    private List<NoteKey> keys() {
        return audit.log().publicKeys().stream().map(NoteKey::parse).toList();
    }

    private AuditExportVerifier.Report verify(List<String> lines) {
        return verify(lines, keys());
    }

    private static AuditExportVerifier.Report verify(List<String> lines, List<NoteKey> keys) {
        try {
            return new AuditExportVerifier(keys, _ -> {})
                    .verify(new ByteArrayInputStream(
                            (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8)));
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Test
    void shouldVerifyWithoutServerOrDatabase() {
        AuditExportVerifier.Report report = verify(export());

        assertThat(report.problems()).isEmpty();
        assertThat(report.events()).isEqualTo(2 * EVENTS);
        assertThat(report.organization()).isEqualTo(organization.toString());
        assertThat(report.checkpoint())
                .isNotNull()
                .satisfies(checkpoint -> assertThat(checkpoint.size()).isGreaterThanOrEqualTo(300));
        assertThat(report.keysOfTheFile()).isFalse();
        assertThat(verify(export(), List.of()).keysOfTheFile()).isTrue();
    }

    @Test
    void shouldProveOneEvent() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        UUID id = events.get(5).id();

        audit.log().prove(organization, id, out);

        List<String> lines =
                new ArrayList<>(out.toString(StandardCharsets.UTF_8).lines().toList());
        assertThat(lines).hasSize(4);
        assertThat(lines.get(2)).contains(id.toString()).doesNotContain("ada@example");
        assertThat(verify(lines).problems()).isEmpty();
        lines.set(2, lines.get(2).replace("\"success\"", "\"denied\""));
        assertThat(verify(lines).problems()).anyMatch(problem -> problem.contains("not in its batch"));
    }

    @Test
    void shouldNotProveWhatDoesNotExistOrBelongsToAnother() {
        for (UUID other : List.of(organization, TestingDatabase.newOrganization())) {
            UUID id =
                    other.equals(organization) ? Ids.next() : events.getFirst().id();
            assertThatThrownBy(() -> audit.log().prove(other, id, new ByteArrayOutputStream()))
                    .isInstanceOfSatisfying(
                            GantryException.class,
                            error -> assertThat(error.code()).isEqualTo(ErrorCode.NOT_FOUND));
        }
    }

    @Test
    void shouldFindWhateverIsChangedInTheFile() {
        List<String> lines = export();
        int event = 2;
        for (int index = 1; index < lines.size(); index++) {
            List<String> shorter = new ArrayList<>(lines);
            shorter.remove(index);
            assertThat(verify(shorter).isSound()).as("without line " + index).isFalse();
        }
        List<String> altered = new ArrayList<>(lines);
        altered.set(event, lines.get(event).replace("\"action\":\"execute\"", "\"action\":\"exEcute\""));
        assertThat(verify(altered).problems()).anyMatch(problem -> problem.contains("altered"));
        List<String> swapped = new ArrayList<>(lines);
        java.util.Collections.swap(swapped, event, event + 1);
        assertThat(verify(swapped).isSound()).isFalse();
        List<String> cut = lines.subList(0, lines.size() - 1);
        assertThat(verify(cut).problems()).anyMatch(problem -> problem.contains("cut off"));
        assertThat(verify(List.of("no export")).isSound()).isFalse();
        assertThat(verify(List.of()).isSound()).isFalse();
    }

    @Test
    void shouldNameThePeriodAndHoldWhatWasRecordedInIt() {
        java.time.Instant now = java.time.Instant.now(java.time.Clock.systemUTC());
        ByteArrayOutputStream out = new ByteArrayOutputStream();

        audit.log().export(organization, now.minusSeconds(3600), now.plusSeconds(3600), out);

        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertThat(verify(lines).problems()).isEmpty();
        assertThat(verify(lines).events()).isEqualTo(2 * EVENTS);
        assertThat(lines.getFirst()).contains("\"from\":\"" + now.minusSeconds(3600) + "\"");
    }

    @Test
    void shouldNotTrustAnExportOfAnotherKey() {
        assertThat(verify(export(), List.of(NoteSigner.generate("other").key())).problems())
                .anyMatch(problem -> problem.contains("None of the trusted keys"));
    }
}
