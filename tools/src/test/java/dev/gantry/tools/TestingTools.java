package dev.gantry.tools;

import dev.gantry.config.DataSize;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings for tests, with bounds small enough to be reached. */
final class TestingTools {
    static final Duration LONG = Duration.ofSeconds(20);
    static final DataSize SIZE = new DataSize(10_000);

    private TestingTools() {}

    static ToolSettings settings(
            List<String> allowed,
            List<String> privateHosts,
            Map<String, ToolSettings.SecretUse> secrets,
            Map<String, ToolSettings.McpServer> mcp,
            Map<String, ToolSettings.Command> commands) {
        return new ToolSettings(new ToolSettings.Http(allowed, privateHosts, LONG, SIZE, 3), secrets, mcp, commands, 2);
    }

    static ToolSettings.SecretUse secret(String value, String... hosts) {
        return new ToolSettings.SecretUse(Secret.of(value), Optional.of("Bearer "), List.of(hosts), List.of("acme"));
    }

    static ToolSettings.McpServer program(String... command) {
        return new ToolSettings.McpServer(
                Optional.empty(),
                List.of(command),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of("*"),
                List.of(),
                Duration.ofSeconds(10),
                SIZE);
    }

    static ToolSettings.McpServer address(URI url, String... tools) {
        return new ToolSettings.McpServer(
                Optional.of(url),
                List.of(),
                Optional.of(Secret.of("token-of-the-server")),
                Map.of(),
                Map.of(),
                List.of(tools),
                List.of(),
                Duration.ofSeconds(10),
                SIZE);
    }

    static ToolSettings.Command command(
            List<String> argv, Map<String, String> parameters, Map<String, String> environment) {
        return new ToolSettings.Command(
                argv,
                parameters,
                environment,
                Map.of("HIDDEN", Secret.of("very-secret")),
                Duration.ofSeconds(20),
                SIZE,
                List.of(0, 3),
                List.of(),
                Optional.empty());
    }
}
