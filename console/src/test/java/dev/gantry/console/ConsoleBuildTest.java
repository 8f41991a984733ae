package dev.gantry.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the build made, where there was Node to make it. */
class ConsoleBuildTest {
    private static final Path BUILT = Path.of("target", "classes", "dev", "gantry", "console");
    private static final Path FILES = BUILT.resolve("files");
    private static final long FIRST_LOAD_BYTES_MAX = 300_000;

    private final ObjectMapper json = new ObjectMapper();

    @BeforeEach
    void needsNode() {
        assumeTrue(
                Files.exists(BUILT.resolve("files.json")),
                "THE CONSOLE WAS NOT BUILT AND IS NOT TESTED: Node 20.19 or newer was not found");
    }

    /** The page, its scripts and styles, and those of the overview, which is what is shown first. */
    @Test
    void shouldLoadLittleAtFirst() throws IOException {
        JsonNode manifest = json.readTree(BUILT.resolve("build-manifest.json").toFile());
        Set<String> needed = new LinkedHashSet<>(List.of("index.html"));
        follow(manifest, "index.html", needed);
        follow(manifest, "pages/Overview.tsx", needed);

        long bytes = 0;
        for (String file : needed) {
            Path compressed = FILES.resolve(file + ".gz");
            bytes += Files.size(Files.exists(compressed) ? compressed : FILES.resolve(file));
        }

        assertThat(needed).hasSizeGreaterThan(3);
        assertThat(bytes).as("bytes of %s with gzip", needed).isLessThan(FIRST_LOAD_BYTES_MAX);
    }

    private static void follow(JsonNode manifest, String entry, Set<String> needed) {
        JsonNode chunk = manifest.path(entry);
        assertThat(chunk.has("file")).as("%s in the manifest", entry).isTrue();
        boolean known = !needed.add(chunk.path("file").asText());
        chunk.path("css").forEach(sheet -> needed.add(sheet.asText()));
        if (!known) {
            chunk.path("imports").forEach(imported -> follow(manifest, imported.asText(), needed));
        }
    }

    @Test
    void shouldHaveNothingInlineAndNothingFromElsewhere() throws IOException {
        String page = Files.readString(FILES.resolve("index.html"));

        assertThat(page).doesNotContain("<style").doesNotContain("http:").doesNotContain("https:");
        assertThat(page).doesNotContainPattern("<script(?![^>]*src=)").doesNotContainPattern("\\son\\w+=");
        for (Path sheet : built(".css")) {
            assertThat(Files.readString(sheet))
                    .as("%s", sheet)
                    .doesNotContainPattern("url\\([\"']?(https?:)?//")
                    .doesNotContainPattern("url\\([\"']?data:")
                    .doesNotContain("@font-face");
        }
        assertThat(built(".map")).isEmpty();
    }

    @Test
    void shouldNameFilesByTheirContentAndCompressThem() throws IOException {
        JsonNode files = json.readTree(BUILT.resolve("files.json").toFile()).path("files");

        assertThat(files.size()).isGreaterThan(20);
        for (JsonNode file : files) {
            String path = file.path("path").asText();
            if (file.path("immutable").asBoolean()) {
                assertThat(path).matches("assets/[\\w.-]+-[\\w-]{8}\\.\\w+");
            }
            for (JsonNode encoding : file.path("encodings")) {
                String suffix = encoding.asText().equals("br") ? ".br" : ".gz";
                assertThat(Files.size(FILES.resolve(path + suffix))).isLessThan(Files.size(FILES.resolve(path)));
            }
        }
    }

    private static List<Path> built(String ending) throws IOException {
        try (Stream<Path> files = Files.walk(FILES)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }
}
