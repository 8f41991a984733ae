package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The npm packages {@code openai} and {@code @anthropic-ai/sdk}; what they are to see is in {@code conformance.mjs}. */
@ExtendWith(SharedWorld.class)
class NodeSdkTest {
    private static final Path SOURCES = Path.of("sdk-node").toAbsolutePath();
    private static final int CASES_LEAST = 50;

    @TempDir
    Path directory;

    @TestFactory
    Stream<DynamicTest> shouldServeTheSdksAsTheirProvidersDo(World world) throws Exception {
        assumeTrue(NodePackages.isNodePresent(), "Node is not installed");
        Path installed = NodePackages.install("sdk-node");
        Files.copy(
                SOURCES.resolve("conformance.mjs"),
                installed.resolve("conformance.mjs"),
                StandardCopyOption.REPLACE_EXISTING);
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        ProcessBuilder builder = new ProcessBuilder("node", "conformance.mjs")
                .directory(installed.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        builder.environment().put("GANTRY_URL", world.server().url().toString());
        builder.environment().put("GANTRY_API_KEY", world.server().key());
        int status = Programs.run(builder);
        List<JsonNode> results =
                Files.readAllLines(out).stream().map(Json::read).toList();
        assertThat(status).as(Files.readString(err)).isZero();
        assertThat(results).hasSizeGreaterThan(CASES_LEAST);
        return results.stream()
                .map(result -> dynamicTest(
                        result.path("name").textValue(),
                        () -> assertThat(result.path("problem").textValue()).isNull()));
    }
}
