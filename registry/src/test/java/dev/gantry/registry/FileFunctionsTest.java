package dev.gantry.registry;

import static dev.gantry.registry.TestingErrors.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.config.DataSize;
import dev.gantry.kernel.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FileFunctionsTest {
    @TempDir
    private Path directory;

    private Path allowed;
    private Path secret;
    private FileFunctions functions;

    @BeforeEach
    void layOut() throws IOException {
        allowed = directory.resolve("allowed");
        Files.createDirectories(allowed.resolve("deep"));
        secret = Files.writeString(directory.resolve("secret.txt"), "secret");
        Files.writeString(allowed.resolve("style.md"), "one\ntwo\nthree\n");
        Files.createSymbolicLink(allowed.resolve("out"), directory);
        Files.createSymbolicLink(allowed.resolve("out.txt"), secret);
        Files.createSymbolicLink(allowed.resolve("inside"), allowed.resolve("style.md"));
        functions = new FileFunctions(settings(List.of(allowed), 100));
    }

    private static TemplateSettings settings(List<Path> paths, long bytesMax) {
        return new TemplateSettings(
                paths, List.of(), false, true, List.of(), Duration.ofSeconds(1), 0, new DataSize(bytesMax));
    }

    @Nested
    class Allowed {
        @Test
        void shouldRead() {
            assertThat(functions.call("read", allowed + "/style.md")).isEqualTo("one\ntwo\nthree\n");
            assertThat(functions.call("read", allowed + "/inside")).isEqualTo("one\ntwo\nthree\n");
            assertThat(functions.call("read", allowed + "/deep/../style.md")).startsWith("one");
        }

        @Test
        void shouldReadTheLastLines() {
            assertThat(functions.call("tail", allowed + "/style.md|2")).isEqualTo("two\nthree");
            assertThat(functions.call("tail", allowed + "/style.md|9")).isEqualTo("one\ntwo\nthree");
        }

        @Test
        void shouldDescribe() throws IOException {
            Files.setLastModifiedTime(
                    allowed.resolve("style.md"), FileTime.from(Instant.parse("2026-01-02T03:04:05.6Z")));

            assertThat(functions.call("size", allowed + "/style.md")).isEqualTo("14");
            assertThat(functions.call("exists", allowed + "/style.md")).isEqualTo("true");
            assertThat(functions.call("exists", allowed + "/none.md")).isEqualTo("false");
            assertThat(functions.call("modified", allowed + "/style.md")).isEqualTo("2026-01-02T03:04:05Z");
        }

        @Test
        void shouldSayThatAFileIsNotThere() {
            assertRefused(
                    ErrorCode.TEMPLATE_FAILED, () -> functions.call("read", allowed + "/none.md"), "there is no file");
        }

        @Test
        void shouldRefuseDirectoriesAndLargeFiles() throws IOException {
            Files.writeString(allowed.resolve("large"), "x".repeat(101));

            assertRefused(ErrorCode.TEMPLATE_FAILED, () -> functions.call("read", allowed + "/deep"), "not a file");
            assertRefused(ErrorCode.TEMPLATE_FAILED, () -> functions.call("read", allowed + "/large"), "100 bytes");
        }
    }

    @Nested
    class Denied {
        @ParameterizedTest
        @ValueSource(
                strings = {
                    "/etc/passwd",
                    "%s/secret.txt",
                    "%s/allowed/../secret.txt",
                    "%s/allowed/out/secret.txt",
                    "%s/allowed/out.txt",
                    "%s/allowed/out/no-such-file",
                    "%s/no-such-file",
                    "%s/allowed-not/file",
                    "/proc/self/environ"
                })
        void shouldGiveTheSameAnswerWhetherThePathExistsOrNot(String path) {
            String outside = path.formatted(directory);

            for (String operation : List.of("read", "exists", "size", "modified")) {
                assertRefused(
                        ErrorCode.TEMPLATE_ACCESS_DENIED,
                        () -> functions.call(operation, outside),
                        "templates.allowed_paths");
            }
            assertRefused(ErrorCode.TEMPLATE_ACCESS_DENIED, () -> functions.call("tail", outside + "|1"));
        }

        @Test
        void shouldBeEverythingByDefault() {
            FileFunctions closed = new FileFunctions(TemplateSettings.defaults());

            assertRefused(ErrorCode.TEMPLATE_ACCESS_DENIED, () -> closed.call("read", secret.toString()));
            assertRefused(ErrorCode.TEMPLATE_ACCESS_DENIED, () -> closed.call("exists", "/no/such/file"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "relative.txt", "../x", "~/x", "/a\0b"})
    void shouldInsistOnAbsolutePaths(String path) {
        assertRefused(ErrorCode.INVALID_VARIABLE, () -> functions.call("read", path), "plugin:file:read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/x", "/x|", "/x|0", "/x|-1", "/x|many", "|3"})
    void shouldInsistOnANumberOfLines(String argument) {
        assertRefused(ErrorCode.INVALID_VARIABLE, () -> functions.call("tail", argument), "plugin:file:tail");
    }
}
