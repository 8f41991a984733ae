package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.crypto.DataKey;
import dev.gantry.kernel.GantryException;
import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SpillTest {
    private static final UUID ADA = TestingDatabase.newOrganization();

    @TempDir
    private Path folder;

    private final DataKey key = DataKey.generate();

    private SpillFile open(long sizeMax) throws IOException {
        return SpillFile.open(folder.resolve("spill.log"), key, sizeMax);
    }

    @Test
    void shouldGiveEventsBackInTheirOrderAfterACrash() throws IOException {
        AuditEvent first = TestingEvents.complete(ADA);
        AuditEvent second = TestingEvents.at(ADA, TestingEvents.START);
        try (SpillFile file = open(1 << 20)) {
            file.append(first);
            file.append(second);
        }
        Files.write(folder.resolve("spill.log"), new byte[] {0, 0, 1, 0, 7}, StandardOpenOption.APPEND);

        try (SpillFile file = open(1 << 20)) {
            assertThat(file.waiting()).isEqualTo(2);
            assertThat(file.next(10)).containsExactly(first, second);
            assertThat(file.next(10)).isEmpty();
            file.rewind();
            assertThat(file.next(1)).containsExactly(first);
            assertThat(file.next(1)).containsExactly(second);
            file.release();
            assertThat(file.waiting()).isZero();
            assertThat(Files.size(folder.resolve("spill.log"))).isZero();
        }
    }

    @Test
    void shouldPassOverARecordThatWasDamagedAndKeepTheFileAside() throws IOException {
        AuditEvent first = TestingEvents.at(ADA, TestingEvents.START);
        AuditEvent last = TestingEvents.at(ADA, TestingEvents.START.plusSeconds(2));
        Path path = folder.resolve("spill.log");
        long second;
        try (SpillFile file = open(1 << 20)) {
            file.append(first);
            second = Files.size(path);
            file.append(TestingEvents.at(ADA, TestingEvents.START.plusSeconds(1)));
            file.append(last);
        }
        byte[] bytes = Files.readAllBytes(path);
        bytes[(int) second + 20] ^= 1;
        Files.write(path, bytes);

        try (SpillFile file = open(1 << 20)) {
            assertThat(file.next(10)).containsExactly(first, last);
            file.release();
        }

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.filter(kept -> kept.getFileName().toString().startsWith("spill.log.damaged-")))
                    .singleElement()
                    .satisfies(kept -> assertThat(Files.readAllBytes(kept)).isEqualTo(bytes));
        }
    }

    @Test
    void shouldRefuseWhatDoesNotFitAndKeepNothingReadable() throws IOException {
        try (SpillFile file = open(2_000)) {
            file.append(TestingEvents.complete(ADA));
            assertThatThrownBy(() -> {
                        file.append(TestingEvents.complete(ADA));
                        file.append(TestingEvents.complete(ADA));
                    })
                    .isInstanceOf(GantryException.class)
                    .hasMessageContaining("full");
        }
        assertThat(new String(
                        Files.readAllBytes(folder.resolve("spill.log")), java.nio.charset.StandardCharsets.ISO_8859_1))
                .doesNotContain("ada@example.com");
    }

    @Test
    void shouldBringSpilledEventsIntoTheDatabaseOnce() {
        try (TestingAudit audit = TestingAudit.open()) {
            AuditEvent written = TestingEvents.at(ADA, TestingEvents.START);
            AuditEvent spilled = TestingEvents.at(ADA, TestingEvents.START.plusSeconds(1));
            audit.write(written);

            audit.log().spill(List.of(written, spilled));

            Eventually.holds("nothing is spilled any more", () -> audit.log().spilledEvents() == 0);
            assertThat(audit.log().query(ADA, AuditQuery.all()).events()).containsExactly(spilled, written);
            assertThat(audit.log().verify(null, null, null, _ -> {}).findings()).isEmpty();
        }
    }
}
