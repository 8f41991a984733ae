package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The npm packages {@code openai} and {@code @anthropic-ai/sdk}; what they are to see is in {@code conformance.mjs}. */
@ExtendWith(SharedWorld.class)
class NodeSdkTest {
    private static final Path SOURCES = Path.of("sdk-node").toAbsolutePath();
    private static final Path INSTALLED = Path.of("target", "sdk-node").toAbsolutePath();
    private static final int CASES_LEAST = 50;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> shouldServeTheSdksAsTheirProvidersDo(World world) throws Exception {
        assumeTrue(isNodePresent(), "Node is not installed");
        install();
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("node", "conformance.mjs")
                .directory(INSTALLED.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("GANTRY_URL", world.server().url().toString());
        builder.environment().put("GANTRY_API_KEY", world.server().key());
        int status = run(builder, 180);
        List<JsonNode> results =
                Files.readAllLines(out).stream().map(Json::read).toList();
        assertThat(status).as(Files.readString(err)).isZero();
        assertThat(results).hasSizeGreaterThan(CASES_LEAST);
        return results.stream()
                .map(result -> dynamicTest(
                        result.path("name").textValue(),
                        () -> assertThat(result.path("problem").textValue()).isNull()));
    }

    private static boolean isNodePresent() throws InterruptedException {
        try {
            return run(
                            new ProcessBuilder("npm", "--version")
                                    .redirectErrorStream(true)
                                    .redirectOutput(ProcessBuilder.Redirect.DISCARD),
                            60)
                    == 0;
        } catch (IOException absent) {
            return false;
        }
    }

    /** Installs what the lock file says, unless that was done before. */
    private void install() throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        Files.copy(
                SOURCES.resolve("conformance.mjs"),
                INSTALLED.resolve("conformance.mjs"),
                StandardCopyOption.REPLACE_EXISTING);
        Path lock = INSTALLED.resolve("package-lock.json");
        Path done = INSTALLED.resolve("node_modules", ".package-lock.json");
        if (Files.exists(done)
                && Files.exists(lock)
                && Files.mismatch(lock, SOURCES.resolve("package-lock.json")) == -1) {
            return;
        }
        for (String name : List.of("package.json", "package-lock.json")) {
            Files.copy(SOURCES.resolve(name), INSTALLED.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = directory.resolve("npm");
        int status = run(
                new ProcessBuilder("npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                        .directory(INSTALLED.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile()),
                180);
        assertThat(status).as(Files.readString(log)).isZero();
    }

    private static int run(ProcessBuilder builder, long seconds) throws IOException, InterruptedException {
        Process process = builder.start();
        if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError(builder.command() + " did not end within " + seconds + " s");
        }
        return process.exitValue();
    }
}
