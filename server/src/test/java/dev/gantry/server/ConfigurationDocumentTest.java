package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigurationDocumentTest {
    @Test
    void shouldListEverySettingAsTheCodeHasIt() throws IOException {
        assertThat(Files.readString(Path.of("../docs/configuration.md")))
                .endsWith(ConfigSections.schema().toMarkdown());
    }
}
