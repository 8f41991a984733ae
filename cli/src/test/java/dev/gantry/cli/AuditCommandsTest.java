package dev.gantry.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.proof.AuditExport;
import dev.gantry.proof.BatchHeader;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.MerkleProof;
import dev.gantry.proof.NoteSigner;
import dev.gantry.proof.TreeHash;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditCommandsTest {
    private static final NoteSigner SIGNER = NoteSigner.generate("log.example.com");
    private static final String KEY = SIGNER.key().text();
    private static final String EXPORT = export();

    @TempDir
    private Path folder;

    private TestingPlatform platform;
    private TestingConsole console;

    @BeforeEach
    void start() throws IOException {
        platform = new TestingPlatform();
        console = TestingConsole.of(platform);
    }

    @AfterEach
    void stop() {
        platform.close();
    }

    /** One event in one batch, which is all that the log holds. */
    private static String export() {
        UUID organization = UUID.fromString("01930000-0000-7000-8000-000000000001");
        byte[] event = "{\"event_type\":\"key.create\"}".getBytes(StandardCharsets.UTF_8);
        TreeHash hash = new TreeHash();
        byte[] root = MerkleProof.root(List.of(hash.leaf(event)));
        BatchHeader header =
                new BatchHeader(organization, 0, 1, 1, 1, TestingConsole.NOW, 1, root, new byte[TreeHash.LENGTH]);
        Checkpoint checkpoint = new Checkpoint(
                SIGNER.key().name(), 1, MerkleProof.root(List.of(header.hash(hash))), TestingConsole.NOW);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try {
            AuditExport export = new AuditExport(out);
            export.head(
                    new AuditExport.Head(organization, List.of(SIGNER.key()), SIGNER.sign(checkpoint.text()), null),
                    null,
                    null);
            export.batch(header, 0, List.of(), false);
            export.event(event);
            export.end(SIGNER);
        } catch (IOException impossible) {
            throw new AssertionError(impossible);
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private static TestingPlatform.Answer lines(String text) {
        return new TestingPlatform.Answer(200, "application/x-ndjson", text, Map.of());
    }

    private Path file(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text);
    }

    private List<String> filesLeft() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    @Nested
    class Verify {
        @Test
        void shouldSayWhatWasVerified() {
            platform.answer("GET /api/v1/audit/verification", lines("""
                    {"progress":{"events":50000,"batches":100,"log_entries":100}}
                    {"report":{"sound":true,"events":1234567,"batches":4321,"removed_batches":7,"pending_batches":2,
                     "log_size":4321,"mirrored_checkpoints":99,"checkpoint":{"origin":"o","size":4321,"root":"cm9vdA==",
                     "time":"2026-11-21T11:59:59Z"},"findings":[],"findings_total":0}}""".replace(",\n ", ",")));

            assertThat(console.run("audit", "verify", "--since", "2026-11-01")).isEqualTo(ExitCode.DONE);

            assertThat(console.out()).isEqualTo("""
                    Sound: 1,234,567 events in 4,321 batches
                    Signed log: 4,321 batches, root cm9vdA==, 2026-11-21T11:59:59Z
                    Compared with 99 checkpoints outside of the database
                    Retention removed the events of 7 batches
                    Not yet in a checkpoint: 2 batches
                    """);
            assertThat(platform.lastRequest().target()).endsWith("?from=2026-11-01T00%3A00%3A00Z");
        }

        @Test
        void shouldSayWhatIsWrongAndEndWithOne() {
            platform.answer("GET /api/v1/audit/verification", lines("""
                    {"report":{"sound":false,"events":1,"batches":1,"log_size":1,"mirrored_checkpoints":1,"findings":[
                    {"kind":"event_altered","message":"Batch 7 of shard 0: one was altered"}],"findings_total":105}}\
                    """.replace("\n{\"kind", "{\"kind")));

            assertThat(console.run("audit", "verify")).isEqualTo(ExitCode.FAILED);

            assertThat(console.out())
                    .startsWith("NOT SOUND: 1 events in 1 batches\n")
                    .contains("  event_altered: Batch 7 of shard 0: one was altered\n", "  and 104 more\n");
        }

        @Test
        void shouldNotTakeAnAnswerThatBreaksOffForSound() {
            platform.answer("GET /api/v1/audit/verification", lines("{\"progress\":{\"events\":5}}\n"));

            assertThat(console.run("audit", "verify")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("The verification broke off before its end");
        }
    }

    @Nested
    class Export {
        @Test
        void shouldWriteAFileInOneStep() throws IOException {
            platform.answer("GET /api/v1/audit/export", lines(EXPORT));
            Path file = file("november.ndjson", "an earlier one");

            assertThat(console.run("audit", "export", "-o", file.toString())).isEqualTo(ExitCode.DONE);

            assertThat(file).hasContent(EXPORT.stripTrailing());
            assertThat(filesLeft()).containsExactly("november.ndjson");
            assertThat(console.err()).contains("Written to " + file);
        }

        @Test
        void shouldPrintWhereNoFileIsNamed() {
            platform.answer("GET /api/v1/audit/export", lines(EXPORT));

            assertThat(console.run("audit", "export")).isEqualTo(ExitCode.DONE);

            assertThat(console.out()).isEqualTo(EXPORT);
        }

        @Test
        void shouldRefuseAFolderAndWhatCannotBeWrittenBeforeItAsks() {
            assertThat(console.run("audit", "export", "-o", folder.toString())).isEqualTo(ExitCode.FAILED);
            assertThat(console.err()).contains(folder + " is a folder");
            assertThat(console.run(
                            "audit",
                            "export",
                            "-o",
                            folder.resolve("no/such/file").toString()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(console.err()).contains("The file cannot be written: java.nio.file.NoSuchFileException");

            assertThat(platform.requests()).isEmpty();
        }

        @Test
        void shouldLeaveTheFileAsItWasWhenTheServerRefuses() throws IOException {
            platform.refuse(
                    "GET /api/v1/audit/export", 403, "{\"title\":\"No permission\",\"code\":\"permission_denied\"}");
            Path file = file("november.ndjson", "an earlier one");

            assertThat(console.run("audit", "export", "-o", file.toString())).isEqualTo(ExitCode.FAILED);

            assertThat(file).hasContent("an earlier one");
            assertThat(filesLeft()).containsExactly("november.ndjson");
        }
    }

    @Nested
    class Prove {
        @Test
        void shouldAskForNothingThatIsNoId() {
            for (String id : List.of("nonsense", "../../keys", "1-1-1-1-1x", "")) {
                assertThat(console.run("audit", "prove", id)).isEqualTo(ExitCode.USAGE);
            }
            assertThat(console.err())
                    .contains("'../../keys' is no id of an event")
                    .contains("gantry audit list --json");

            assertThat(platform.requests()).isEmpty();
        }

        @Test
        void shouldPrintAProof() {
            String id = "01930000-0000-7000-8000-00000000000a";
            platform.answer("GET /api/v1/audit/events/" + id + "/proof", lines(EXPORT));

            assertThat(console.run("audit", "prove", id)).isEqualTo(ExitCode.DONE);

            assertThat(console.out()).isEqualTo(EXPORT);
        }
    }

    @Nested
    class VerifyExport {
        @Test
        void shouldNeedNoServer() throws IOException {
            Path file = file("export", EXPORT);

            assertThat(console.run("audit", "verify-export", file.toString(), "--key", KEY))
                    .isEqualTo(ExitCode.DONE);

            assertThat(console.out())
                    .startsWith("Sound: 1 events in 1 batches of organization 01930000-")
                    .contains("In the log log.example.com of 1 batches, signed at 2026-11-21T12:00:00Z")
                    .doesNotContain("Compare them");
            assertThat(platform.requests()).isEmpty();
        }

        @Test
        void shouldSayThatAFileVouchesForItself() throws IOException {
            assertThat(console.run(
                            "audit", "verify-export", file("export", EXPORT).toString()))
                    .isEqualTo(ExitCode.DONE);

            assertThat(console.out()).contains("The keys are those that the file itself names", KEY);
        }

        @Test
        void shouldSayWhatIsWrongWithBrokenFiles() throws IOException {
            Map<String, String> problems = Map.of(
                    "",
                    "There is nothing in it",
                    "root:x:0:0",
                    "Line 1 is not the head of an export of an audit log",
                    EXPORT.substring(0, EXPORT.length() / 2),
                    "the export is cut off, its end is missing",
                    EXPORT.replace("key.create", "key.delete"),
                    "of which an event was altered or moved",
                    EXPORT.replace("{\"batch\":{", "{\"batch\":7,\"x\":{"),
                    "Line 2 has no header of a batch");
            for (Map.Entry<String, String> problem : problems.entrySet()) {
                Path file = file("broken", problem.getKey());

                assertThat(console.run("audit", "verify-export", file.toString()))
                        .isEqualTo(ExitCode.FAILED);

                assertThat(console.out()).contains("NOT SOUND: ").contains(problem.getValue());
            }
        }

        @Test
        void shouldNotTrustAnotherKeyNorTakeWhatIsNone() throws IOException {
            String file = file("export", EXPORT).toString();
            String other = NoteSigner.generate("log.example.com").key().text();

            assertThat(console.run("audit", "verify-export", file, "--key", other))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(console.out()).contains("None of the trusted keys signed it");
            assertThat(console.run("audit", "verify-export", file, "--key", "x"))
                    .isEqualTo(ExitCode.USAGE);
            assertThat(console.err()).contains("A key reads name+hash+base64, not 'x'");
        }

        @Test
        void shouldReadNeitherFoldersNorEndlessLines() throws IOException {
            assertThat(console.run("audit", "verify-export", folder.toString())).isEqualTo(ExitCode.FAILED);
            assertThat(console.run(
                            "audit", "verify-export", folder.resolve("absent").toString()))
                    .isEqualTo(ExitCode.FAILED);
            assertThat(console.run("audit", "verify-export", "/dev/zero")).isEqualTo(ExitCode.FAILED);

            assertThat(console.err()).contains("/dev/zero cannot be read: A line is longer than 4194304 bytes");
        }

        @Test
        void shouldNotLetAFileSteerTheTerminal() throws IOException {
            Path file = file("hostile", EXPORT.replace("log.example.com+", "\\u001b[2J\\u0007+"));

            assertThat(console.run("audit", "verify-export", file.toString())).isEqualTo(ExitCode.FAILED);

            assertThat(console.out()).contains("[2J").doesNotContain("\u001b", "\u0007");
        }
    }

    @Test
    void shouldEraseOnlyWhenThatIsMeant() {
        platform.answer("POST /api/v1/audit/erasures", "{\"subject\":\"01930000-0000-7000-8000-00000000000b\"}");

        assertThat(console.run("audit", "erase", "ada@example.com")).isEqualTo(ExitCode.USAGE);
        assertThat(console.err()).contains("for ever").contains("--yes");
        assertThat(platform.requests()).isEmpty();
        assertThat(console.run("audit", "erase", "ada@example.com", "--yes")).isEqualTo(ExitCode.DONE);

        assertThat(platform.lastRequest().json().path("name").asText()).isEqualTo("ada@example.com");
        assertThat(console.out()).contains("events know this person as 01930000-0000-7000-8000-00000000000b");
    }

    @Test
    void shouldPrintTheNewKeyFirst() {
        platform.answer("POST /api/v1/audit/key", "{\"keys\":[\"new+1+x\",\"old+2+y\"]}");

        assertThat(console.run("audit", "rotate-key")).isEqualTo(ExitCode.DONE);

        assertThat(console.out()).isEqualTo("new+1+x\nold+2+y\n");
        assertThat(console.err()).contains("The first one signs from now on");
    }

    @Test
    void shouldSayWhatIsWrongWithTheLog() {
        platform.answer(
                "GET /api/v1/audit", "{\"keys\":[\"" + KEY + "\"],\"problem\":\"It was cut off\",\"log_size\":1}");

        assertThat(console.run("audit", "keys")).isEqualTo(ExitCode.FAILED);

        assertThat(console.out()).isEqualTo(KEY + "\n");
        assertThat(console.err()).contains("The log has a problem: It was cut off");
    }
}
