package dev.gantry.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.gantry.kernel.GantryException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkflowCommandsTest {
    private static final String TOOLS = """
            tools:
              mcp:
                docs: {url: "https://docs.example.com/mcp", tools: [search], organizations: [acme]}
            """;

    @TempDir
    Path folder;

    private Path config;

    @BeforeEach
    void makeFolder() throws IOException {
        config = Files.createDirectory(folder.resolve("config"));
    }

    private record Said(int code, String text) {}

    private Said validate(String workflow) {
        InputStream in = new ByteArrayInputStream(workflow.getBytes(StandardCharsets.UTF_8));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int code = WorkflowCommands.validate(
                Options.parse(new String[] {
                    "workflow", "validate", "-", "--config", config.toString(), "--data-dir", folder.toString()
                }),
                in,
                new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Said(code, out.toString(StandardCharsets.UTF_8));
    }

    private static String calling(String tool) {
        return """
                name: Look up
                steps:
                  - id: look
                    type: tool
                    params: {tool: %s, arguments: {query: tea}}
                """.formatted(tool);
    }

    @Test
    void shouldSayWithTheLineWhichToolsTheConfigurationDoesNotAllow() throws Exception {
        Files.writeString(config.resolve("gantry.yaml"), TOOLS);

        assertThat(validate(calling("dosc/search")).text())
                .contains("standard input:3", "no MCP server 'dosc'", "docs", "[not_allowed]", "1 error.");
        assertThat(validate(calling("docs/delete")).text())
                .contains("standard input:3", "does not allow the tool 'delete' of 'docs'");
        assertThat(validate(calling("docs/search"))).isEqualTo(new Said(0, "standard input is valid.\n"));
        assertThat(validate(calling("docs/delete")).code()).isOne();
    }

    @Test
    void shouldCheckTheFileThoughTheConfigurationCannotBeUsed() throws Exception {
        Files.writeString(config.resolve("gantry.yaml"), "tolls: {}\n");

        Said said = validate(calling("docs/search"));

        assertThat(said.code()).isZero();
        assertThat(said.text()).contains("The tools were not looked up", "tolls", "standard input is valid.");
    }

    @Test
    void shouldRefuseAFolderThatIsNotThere() throws Exception {
        Files.delete(config);

        assertThatThrownBy(() -> validate(calling("docs/search")))
                .isInstanceOf(GantryException.class)
                .hasMessageContaining("There is no folder '" + config + "'");
    }
}
