package dev.gantry.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** A file that somebody else sends: whatever is in it, the verifier says what is wrong, and never takes it for sound. */
class AuditExportVerifierTest {
    private static final UUID ORGANIZATION = UUID.fromString("01930000-0000-7000-8000-000000000001");
    private static final Instant TIME = Instant.parse("2026-11-21T06:00:00.123456Z");
    private static final NoteSigner SIGNER = NoteSigner.generate("log.example.com");
    private static final byte[] SOUND = export();

    /** Where the last line begins, which signs all before it. */
    private static final int END = new String(SOUND, StandardCharsets.UTF_8).indexOf("{\"end\"");

    /** Two batches of two events each; the log holds nothing else. */
    private static byte[] export() {
        TreeHash hash = new TreeHash();
        List<List<byte[]>> events = List.of(List.of(event(1), event(2)), List.of(event(3), event(4)));
        List<BatchHeader> headers = new ArrayList<>();
        List<byte[]> entries = new ArrayList<>();
        byte[] previous = new byte[TreeHash.LENGTH];
        for (List<byte[]> batch : events) {
            byte[] root = MerkleProof.root(batch.stream().map(hash::leaf).toList());
            int number = headers.size() + 1;
            headers.add(
                    new BatchHeader(ORGANIZATION, 0, number, number, 1, TIME, batch.size(), root, previous.clone()));
            previous = headers.getLast().hash(hash);
            entries.add(previous);
        }
        Checkpoint checkpoint =
                new Checkpoint(SIGNER.key().name(), entries.size(), MerkleProof.root(entries), TIME.plusSeconds(1));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            AuditExport export = new AuditExport(out);
            export.head(
                    new AuditExport.Head(ORGANIZATION, List.of(SIGNER.key()), SIGNER.sign(checkpoint.text()), null),
                    null,
                    null);
            for (int index = 0; index < headers.size(); index++) {
                export.batch(headers.get(index), index, MerkleProof.path(entries, index), false);
                for (byte[] event : events.get(index)) {
                    export.event(event);
                }
            }
            export.end(SIGNER);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return out.toByteArray();
    }

    private static byte[] event(int number) {
        return ("{\"event_type\":\"model.chat\",\"id\":" + number + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static AuditExportVerifier.Report verify(InputStream in) {
        try {
            return new AuditExportVerifier(List.of(SIGNER.key()), _ -> {}).verify(in);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
    }

    private static AuditExportVerifier.Report verify(byte[] file) {
        return verify(new ByteArrayInputStream(file));
    }

    private static AuditExportVerifier.Report verify(List<String> lines) {
        return verify((String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8));
    }

    private static List<String> lines() {
        return new ArrayList<>(new String(SOUND, StandardCharsets.UTF_8).lines().toList());
    }

    private static List<String> withLine(int index, String line) {
        List<String> lines = lines();
        lines.set(index, line);
        return lines;
    }

    @Test
    void shouldVerifyWhatAnExportHolds() {
        AuditExportVerifier.Report report = verify(SOUND);

        assertThat(report.problems()).isEmpty();
        assertThat(report.isSound()).isTrue();
        assertThat(report.events()).isEqualTo(4);
        assertThat(report.batches()).isEqualTo(2);
    }

    @Property(tries = 500)
    void shouldNotTakeAFileForSoundOfWhichAByteWasChanged(@ForAll int place, @ForAll byte with) {
        byte[] altered = SOUND.clone();
        int at = Math.floorMod(place, END);
        altered[at] ^= with == 0 ? 1 : with;

        assertThat(verify(altered).isSound())
                .as("byte %d is 0x%02x instead of 0x%02x", at, altered[at], SOUND[at])
                .isFalse();
    }

    @Property(tries = 300)
    void shouldBearWhateverIsCutOutOrPutIn(@ForAll long seed) {
        Random random = new Random(seed);
        int from = random.nextInt(END);
        int to = from + random.nextInt(SOUND.length - from);
        byte[] put = new byte[random.nextInt(200)];
        random.nextBytes(put);
        ByteArrayOutputStream altered = new ByteArrayOutputStream();
        altered.write(SOUND, 0, from);
        altered.writeBytes(put);
        altered.write(SOUND, to, SOUND.length - to);

        AuditExportVerifier.Report report = verify(altered.toByteArray());

        if (!Arrays.equals(altered.toByteArray(), SOUND)) {
            assertThat(report.isSound()).isFalse();
        }
    }

    @Test
    void shouldSayThatAFileIsNoExportAndReadNoFurther() {
        for (String text :
                List.of("root:x:0:0:root:/root:/bin/bash\nmore", "{}\n{}", "[1]", "{\"format\":7}", "\u0000", "\n")) {
            assertThat(verify(text.getBytes(StandardCharsets.UTF_8)).problems())
                    .singleElement()
                    .asString()
                    .isEqualTo("Line 1 is not the head of an export of an audit log (gantry-audit-export/1)");
        }
        assertThat(verify(new byte[0]).problems()).containsExactly("There is nothing in it");
    }

    @Test
    void shouldSayWhichLineHasAnotherShape() {
        for (String line : List.of(
                "{\"batch\":5}",
                "{\"batch\":null}",
                "{\"batch\":[]}",
                "{\"batch\":{}}",
                "{\"batch\":{\"organization\":\"me\"}}",
                "{\"end\":{}}",
                "{\"event\":",
                "}",
                "[]",
                "{\"batch\":" + "[".repeat(100_000),
                lines().get(1).replace("\"recorded_at\":\"2026", "\"recorded_at\":\"never"),
                lines().get(1).replace("\"count\":2", "\"count\":1e9"),
                lines().get(1).replace("\"log_path\":[", "\"log_path\":[5,"),
                lines().get(1).replace("\"log_path\":[", "\"log_path\":[{},"),
                lines().get(1).replace("\"log_position\":0", "\"log_position\":-1"))) {
            assertThat(verify(withLine(1, line)).problems())
                    .as(line.substring(0, Math.min(line.length(), 200)))
                    .anyMatch(problem -> problem.startsWith("Line 2 "));
        }
    }

    @Test
    void shouldSayWhichPartOfTheHeadIsWrong() {
        String head = lines().getFirst();

        assertThat(verify(withLine(0, head.replace(ORGANIZATION.toString(), "\\u001b[2J")))
                        .problems())
                .anyMatch(problem -> problem.startsWith("Line 1 is malformed: Invalid UUID"));
        assertThat(verify(withLine(0, head.replace("log.example.com\\n2\\n", "log.example.com\\n3\\n")))
                        .problems())
                .anyMatch(problem -> problem.startsWith("Line 1 The signature of log.example.com is not valid"));
    }

    @Test
    void shouldSayThatTheEndIsNotThatOfTheseLines() {
        String end = lines().getLast();

        for (String other : List.of(
                end.replace("events 4", "events 5"),
                end.replace("/export", "/exp0rt"),
                end.replace("sha256 ", "sha256 0"),
                "{\"end\":\"" + SIGNER.sign("log.example.com/export\n").replace("\n", "\\n") + "\"}")) {
            assertThat(verify(withLine(7, other)).problems())
                    .as(other)
                    .singleElement()
                    .asString()
                    .startsWith("Line 8 ");
        }
        List<String> longer = lines();
        longer.add(end);
        assertThat(verify(longer).problems()).containsExactly("Line 9 comes after the end");
    }

    @Test
    void shouldNotLetAProofOfOneEventStandForAWholeBatch() {
        TreeHash hash = new TreeHash();
        List<byte[]> leaves = List.of(hash.leaf(event(1)), hash.leaf(event(2)));
        String proven = new String(event(1), StandardCharsets.UTF_8);
        String sibling = java.util.Base64.getEncoder().encodeToString(leaves.get(1));

        assertThat(verify(withLine(2, "{\"leaf\":0,\"path\":[\"" + sibling + "\"],\"event\":" + proven + "}"))
                        .problems())
                .anyMatch(problem -> problem.startsWith("Line 4 is an event without a proof in a batch"));
    }

    @Test
    void shouldTakeNoMoreOfALineThanAnExportHas() {
        InputStream endless = new SequenceInputStream(new ByteArrayInputStream(SOUND), new InputStream() {
            @Override
            public int read() {
                return 'x';
            }

            @Override
            public int read(byte[] target, int offset, int length) {
                Arrays.fill(target, offset, offset + length, (byte) 'x');
                return length;
            }
        });

        assertThatThrownBy(() -> new AuditExportVerifier(List.of(), _ -> {}).verify(endless))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("A line is longer than 4194304 bytes: this is no export");
    }
}
