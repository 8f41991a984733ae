package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

/**
 * A Chromium: that of {@code GANTRY_CHROMIUM}, one of the machine's, or else the one that an npm package carries.
 *
 * @param program the path of the executable
 * @param libraries a folder of libraries that it needs and the machine may lack; empty for none
 */
record Browser(String program, String libraries) {
    private static final List<String> NAMES =
            List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable");
    private static final Path PACKAGE =
            Path.of("..", "console", "src", "test", "browser").toAbsolutePath().normalize();
    private static final Path INSTALLED = Path.of("target", "browser").toAbsolutePath();

    static Browser find(Path scratch) throws IOException, InterruptedException {
        String chosen = System.getenv("GANTRY_CHROMIUM");
        if (chosen != null && !chosen.isEmpty()) {
            return new Browser(chosen, "");
        }
        for (String folder : System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)) {
            for (String name : NAMES) {
                Path candidate = Path.of(folder, name);
                if (!folder.isEmpty() && Files.isExecutable(candidate)) {
                    return new Browser(candidate.toString(), "");
                }
            }
        }
        return install(scratch);
    }

    private static Browser install(Path scratch) throws IOException, InterruptedException {
        Files.createDirectories(INSTALLED);
        for (String name : List.of("package.json", "package-lock.json", ".npmrc", "where.mjs")) {
            Files.copy(PACKAGE.resolve(name), INSTALLED.resolve(name), StandardCopyOption.REPLACE_EXISTING);
        }
        Path log = scratch.resolve("npm.log");
        if (!Files.isDirectory(INSTALLED.resolve("node_modules"))) {
            int status = Programs.run(new ProcessBuilder("npm", "ci", "--ignore-scripts")
                    .directory(INSTALLED.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile()));
            assertThat(status).as(Files.readString(log)).isZero();
        }
        Path found = scratch.resolve("browser.json");
        int status = Programs.run(new ProcessBuilder("node", "where.mjs")
                .directory(INSTALLED.toFile())
                .redirectError(log.toFile())
                .redirectOutput(found.toFile()));
        assertThat(status).as(Files.readString(log)).isZero();
        JsonNode where = Json.read(Files.readAllBytes(found));
        return new Browser(
                where.path("program").asText(), where.path("libraries").asText());
    }
}
