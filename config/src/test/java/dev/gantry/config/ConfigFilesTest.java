package dev.gantry.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files as they should not be, through the loader. */
class ConfigFilesTest {
    private static final ConfigSchema SCHEMA = TestingSettings.guides().build();

    @TempDir
    Path temporary;

    private TestingDirectory directory;

    @BeforeEach
    void open() {
        directory = new TestingDirectory(temporary);
    }

    private int port() {
        return directory
                .load(SCHEMA)
                .get("server", TestingSettings.Server.class)
                .port();
    }

    @Test
    void shouldReadTheFileOfALibraryOfFabricAndNothingElseThatIsHidden() throws IOException {
        Files.createDirectories(temporary.resolve(".fabric"));
        Files.createDirectories(temporary.resolve("more"));
        directory
                .file(".fabric/config.yaml", "server:\n  port: 81\n")
                .file(".fabric/other.yaml", "server:\n  port: 82\n")
                .file("more/gantry.yaml", "server:\n  port: 83\n")
                .file(".gantry.yaml", "server:\n  port: 84\n");

        assertThat(port()).isEqualTo(81);
    }

    @Test
    void shouldReadFilesOfWindows() {
        directory.bytes("gantry.yaml", "\uFEFFserver:\r\n  port: 81\r\n".getBytes(StandardCharsets.UTF_8));

        assertThat(port()).isEqualTo(81);
    }

    @Test
    void shouldNameTheLineOfInvalidUtf8() {
        byte[] text = "server:\n  host: x\n  note: x\n".getBytes(StandardCharsets.ISO_8859_1);
        text[text.length - 2] = (byte) 0xE9;

        assertThat(directory.bytes("gantry.yaml", text).onlyProblem(SCHEMA))
                .isEqualTo("gantry.yaml:3: is not valid UTF-8; save the file as UTF-8");
    }

    @Test
    void shouldRefuseACharacterThatIsCutOffAtTheEnd() {
        assertThat(directory
                        .bytes("gantry.yaml", new byte[] {'a', ':', ' ', (byte) 0xE2, (byte) 0x82})
                        .onlyProblem(SCHEMA))
                .contains("is not valid UTF-8");
    }

    @Test
    void shouldRefuseUtf16() {
        for (var charset : new java.nio.charset.Charset[] {StandardCharsets.UTF_16LE, StandardCharsets.UTF_16BE}) {
            directory.bytes("gantry.yaml", "\uFEFFserver: {}".getBytes(charset));

            assertThat(directory.onlyProblem(SCHEMA)).isEqualTo("gantry.yaml:1: is UTF-16; save it as UTF-8");
        }
    }

    @Test
    void shouldRefuseAHugeFile() {
        directory.bytes("gantry.yaml", new byte[ConfigFiles.BYTES_MAX + 1]);

        assertThat(directory.onlyProblem(SCHEMA)).isEqualTo("gantry.yaml: is larger than 1Mi");
    }

    @Test
    void shouldRefuseADirectoryWhereAFileShouldBe() throws IOException {
        Files.createDirectory(temporary.resolve("gantry.yaml"));

        assertThat(directory.onlyProblem(SCHEMA)).isEqualTo("gantry.yaml: is a directory where a file should be");
    }

    @Test
    void shouldRefuseAFileWhereTheDirectoryShouldBe() {
        directory.file("gantry.yaml", "");

        assertThat(ConfigLoader.check(temporary.resolve("gantry.yaml"), false, Map.of(), SCHEMA))
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.text()).isEqualTo("is a file; name the directory that contains it"));
    }

    @Test
    void shouldRefuseLinksThatLeadNowhereOrInACircle() throws IOException {
        Files.createSymbolicLink(temporary.resolve("a.yaml"), Path.of("b.yaml"));
        Files.createSymbolicLink(temporary.resolve("b.yaml"), Path.of("a.yaml"));
        Files.createSymbolicLink(temporary.resolve("c.yaml"), Path.of("missing"));

        assertThat(directory.check(SCHEMA))
                .satisfiesExactly(
                        loop -> assertThat(loop).startsWith("a.yaml: cannot be read: "),
                        loop -> assertThat(loop).startsWith("b.yaml: cannot be read: "),
                        dangling -> assertThat(dangling).isEqualTo("c.yaml: cannot be read: it does not exist"));
    }

    @Test
    void shouldNotWaitForAPipe() throws IOException, InterruptedException {
        Process made =
                new ProcessBuilder("mkfifo", temporary.resolve("gantry.yaml").toString()).start();
        assertThat(made.waitFor()).isZero();

        assertThat(directory.onlyProblem(SCHEMA)).isEqualTo("gantry.yaml: is not a regular file");
    }

    @Test
    void shouldReportEveryUnreadableFileTogetherWithTheOtherMistakes() {
        directory
                .file("a.yaml", "server: {port: x}")
                .file("b.yaml", "a: [")
                .file("c.yaml", "- list")
                .file("d.yaml", "text");

        assertThat(directory.check(SCHEMA))
                .satisfiesExactly(
                        a -> assertThat(a).startsWith("a.yaml:1: server.port: must be"),
                        b -> assertThat(b).startsWith("b.yaml:1: the file ends within a bracket"),
                        c -> assertThat(c).startsWith("c.yaml:1: a configuration file consists of sections"),
                        d -> assertThat(d).startsWith("d.yaml:1: a configuration file consists of sections"));
    }

    @Test
    void shouldRefuseTooManyFiles() {
        for (int index = 0; index <= 100; index++) {
            directory.file(index + ".yaml", "");
        }

        assertThat(directory.onlyProblem(SCHEMA)).isEqualTo("DIR: holds more than 100 YAML files");
    }
}
