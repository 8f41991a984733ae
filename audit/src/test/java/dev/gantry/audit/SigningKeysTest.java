package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The key that signs is made anew, or lost; the log goes on, and nobody can pass off another one for it. */
class SigningKeysTest {
    private static final UUID ADA = TestingDatabase.newOrganization();

    private final TestingAudit audit = TestingAudit.open();
    private final Path keyFile = audit.directory().resolve("audit/signing.key");

    @BeforeEach
    void write() {
        writeOne();
    }

    @AfterEach
    void close() {
        audit.close();
    }

    private void writeOne() {
        audit.write(TestingEvents.at(ADA, TestingEvents.START));
        audit.log().checkpoint();
    }

    private VerificationReport verify() {
        return audit.log().verify(null, null, null, _ -> {});
    }

    private List<String> problemsOfAnExport(List<String> keys) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        audit.log().export(ADA, null, null, out);
        return new AuditExportVerifier(keys.stream().map(NoteKey::parse).toList(), _ -> {})
                .verify(new ByteArrayInputStream(out.toByteArray()))
                .problems();
    }

    @Test
    void shouldSignByANewKeyAndTrustTheOneBefore() throws IOException {
        List<String> before = audit.log().publicKeys();

        List<String> after = audit.log().rotateKey();
        writeOne();

        assertThat(after).hasSize(2).endsWith(before.getFirst()).doesNotHaveDuplicates();
        assertThat(Files.getPosixFilePermissions(keyFile)).isEqualTo(PosixFilePermissions.fromString("rw-------"));
        assertThat(verify().findings()).isEmpty();
        assertThat(problemsOfAnExport(after.subList(0, 1))).isEmpty();
        assertThat(problemsOfAnExport(before)).anyMatch(problem -> problem.contains("None of the trusted keys"));
        audit.stop();
        audit.start();
        writeOne();
        assertThat(audit.log().publicKeys()).isEqualTo(after);
        assertThat(verify().findings()).isEmpty();
    }

    /** Two nodes that share a database and a folder: one rotates, the other goes on. */
    @Test
    void shouldTakeUpAKeyThatAnotherNodeMade() {
        try (AuditLog other = AuditLog.open(
                audit.database().database(),
                audit.keyRing(),
                AuditSettings.defaults(),
                audit.directory(),
                java.time.Clock.systemUTC())) {
            other.rotateKey();
            audit.write(TestingEvents.at(ADA, TestingEvents.START));
            other.checkpoint();
            audit.log().checkpoint();

            assertThat(audit.log().problem()).isEmpty();
            assertThat(audit.log().publicKeys()).isEqualTo(other.publicKeys()).hasSize(2);
        }
    }

    @Test
    void shouldNotStartWithANewKeyWhenTheLogHasCheckpoints() throws IOException {
        audit.stop();
        Files.delete(keyFile);

        assertThatThrownBy(audit::start).isInstanceOfSatisfying(GantryException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(ErrorCode.INVALID_CONFIGURATION);
            assertThat(refusal).hasMessageContaining("it is missing, though the log has checkpoints");
        });
        assertThat(keyFile).doesNotExist();
        Files.writeString(keyFile, "");
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        assertThatThrownBy(audit::start).hasMessageContaining("it has no key");
    }

    @Test
    void shouldGoOnWithANewKeyFromThePublicOneOfTheLost() throws IOException {
        String lost = audit.log().publicKeys().getFirst();
        audit.stop();
        Files.move(
                audit.directory().resolve("audit/checkpoints/signing.pub"),
                keyFile,
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);

        audit.start();
        writeOne();

        assertThat(audit.log().publicKeys()).hasSize(2).endsWith(lost);
        assertThat(verify().findings()).isEmpty();
        assertThat(verify().mirrored()).isGreaterThanOrEqualTo(2);
    }

    /** What a node signs covers all entries before: it must not vouch for entries that only the database knows of. */
    @Test
    void shouldNotGoOnFromACheckpointThatItDidNotSign() {
        audit.tamper("UPDATE audit_checkpoints SET note = replace(note, 'time 2', 'time 3')");
        audit.write(TestingEvents.at(ADA, TestingEvents.START));

        audit.log().checkpoint();

        assertThat(audit.log().problem()).get().asString().contains("cannot be trusted");
        assertThat(verify().findings())
                .extracting(VerificationReport.Finding::kind)
                .contains(Kind.CHECKPOINT_FORGED);
    }
}
