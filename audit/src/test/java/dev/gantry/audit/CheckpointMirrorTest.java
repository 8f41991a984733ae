package dev.gantry.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.CanonicalJson;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.NoteSigner;
import dev.gantry.proof.TreeHash;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointMirrorTest {
    private static final Instant START = Instant.parse("2026-11-01T00:00:30Z");
    private static final NoteSigner SIGNER = NoteSigner.generate("log.example.com");

    @TempDir
    private Path folder;

    private CheckpointMirror mirror() throws IOException {
        return new CheckpointMirror(List.of(folder), () -> List.of(SIGNER.key()));
    }

    private static Checkpoint checkpoint(int size) {
        return new Checkpoint(
                SIGNER.key().name(), size, new byte[TreeHash.LENGTH], START.plus(Duration.ofMinutes(15L * size)));
    }

    private static void add(CheckpointMirror mirror, int size) throws IOException {
        Checkpoint checkpoint = checkpoint(size);
        mirror.add(SIGNER.sign(checkpoint.text()), checkpoint);
    }

    private Path file(int day) {
        return folder.resolve("checkpoints-2026-11-0" + day + ".ndjson");
    }

    /** So many that a file of them is worth thinning. */
    private void crowd(Path file) throws IOException {
        String line = Files.readAllLines(file).getLast() + "\n";
        Files.writeString(file, line.repeat(100), StandardOpenOption.APPEND);
    }

    @Test
    void shouldKeepOneCheckpointOfEachHourOfDaysGoneByAndTheirLast() throws IOException {
        CheckpointMirror mirror = mirror();
        for (int size = 0; size < 96; size++) {
            add(mirror, size);
        }
        crowd(file(1));
        long before = Files.size(file(1));
        add(mirror, 96);
        assertThat(Files.size(file(1))).as("yesterday's stays whole").isEqualTo(before);

        add(mirror, 192);

        assertThat(Files.readAllLines(file(1))).hasSize(25);
        assertThat(mirror.checkpoints().keySet())
                .contains(0L, 4L, 92L, 95L, 96L, 192L)
                .doesNotContain(1L, 94L);
        assertThat(mirror.latest())
                .isNotNull()
                .satisfies(last -> assertThat(last.size()).isEqualTo(192));
    }

    @Test
    void shouldNotLetWhatSomebodyElseWroteTakeThePlaceOfWhatWeSigned() throws IOException {
        Checkpoint forged = new Checkpoint(SIGNER.key().name(), 7, new byte[TreeHash.LENGTH], START);
        String note = NoteSigner.generate(SIGNER.key().name()).sign(forged.text());
        String line = new CanonicalJson().put("note", note).finish() + "\n";
        Files.writeString(file(1), line.repeat(200));
        CheckpointMirror mirror = mirror();
        add(mirror, 1);
        Files.writeString(file(1), line + "no checkpoint\n{}\n" + line, StandardOpenOption.APPEND);

        add(mirror, 300);

        assertThat(Files.readAllLines(file(1))).singleElement().asString().contains("time 2026-11-01T00:15:30Z");
        assertThat(mirror.checkpoints().keySet()).containsExactly(1L, 300L);
    }

    @Test
    void shouldEndALineThatAPowerCutLeftUnfinished() throws IOException {
        CheckpointMirror mirror = mirror();
        add(mirror, 1);
        byte[] whole = Files.readAllBytes(file(1));
        Files.write(file(1), java.util.Arrays.copyOf(whole, whole.length / 2), StandardOpenOption.APPEND);

        add(mirror, 2);

        assertThat(Files.readAllLines(file(1))).hasSize(3);
        assertThat(Files.readString(file(1), StandardCharsets.UTF_8)).endsWith("\n");
        assertThat(mirror.checkpoints().keySet()).containsExactly(1L, 2L);
    }
}
