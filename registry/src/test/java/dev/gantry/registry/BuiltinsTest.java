package dev.gantry.registry;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BuiltinsTest {
    @TempDir
    private Path directory;

    @Test
    void shouldReadThemFromDirectoriesAndArchivesAlike() throws IOException {
        Path root = Files.createDirectories(directory.resolve("root/patterns/analysis/deep"));
        Files.writeString(root.resolve("system.md"), "---\nversion: 4\n---\nLook deeper.");
        Files.createDirectories(directory.resolve("root/strategies"));
        Files.writeString(directory.resolve("root/strategies/cot.json"), "{\"prompt\": \"Think.\"}");
        Path archive = directory.resolve("product.jar");
        try (OutputStream file = Files.newOutputStream(archive);
                ZipOutputStream zip = new ZipOutputStream(file)) {
            write(zip, "patterns/analysis/deep/system.md", "---\nversion: 4\n---\nLook deeper.");
            write(zip, "strategies/cot.json", "{\"prompt\": \"Think.\"}");
        }

        Builtins fromDirectory = Builtins.read(directory.resolve("root"), TestingRegistry::describe);
        Builtins fromArchive = Builtins.read(archive, TestingRegistry::describe);
        assertThat(fromArchive.list(AssetKind.PATTERN))
                .containsExactlyElementsOf(fromDirectory.list(AssetKind.PATTERN));
        assertThat(fromArchive.list(AssetKind.STRATEGY))
                .containsExactlyElementsOf(fromDirectory.list(AssetKind.STRATEGY));
        assertThat(fromDirectory.find(AssetKind.PATTERN, "analysis/deep"))
                .hasValueSatisfying(pattern -> assertThat(pattern.version()).isEqualTo(4));
        assertThat(fromDirectory.find(AssetKind.STRATEGY, "cot")).isPresent();
        assertThat(fromDirectory.find(AssetKind.CONTEXT, "cot")).isEmpty();
    }

    private static void write(ZipOutputStream zip, String name, String content) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        zip.write(content.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
