package dev.gantry.cli;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry config}: the server's own checks, without starting it. */
final class ConfigCommands {
    private ConfigCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(new Check(context), new Explain(context));
    }

    /** What both commands do: run the server's main class over a configuration. */
    abstract static class ServerCommand extends GantryCommand {
        @Option(
                names = "--config",
                paramLabel = "DIR",
                description = "Configuration (GANTRY_CONFIG; default: ./config or DATA_DIR/config, if there is one)")
        private @Nullable Path config;

        ServerCommand(Context context) {
            super(context);
        }

        final int runServer(String... arguments) {
            Platform platform = platform();
            Path folder = config == null ? platform.defaultConfig() : config.toAbsolutePath();
            List<String> all = new ArrayList<>(List.of("config"));
            all.addAll(List.of(arguments));
            if (folder != null) {
                all.addAll(List.of("--config", folder.toString()));
            }
            terminal().flush();
            return platform.server().runInForeground(all);
        }
    }

    /** {@code gantry config check}. */
    @Command(name = "check", description = "Say what is wrong with the configuration: file, line, key")
    static final class Check extends ServerCommand {
        Check(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return runServer("check");
        }
    }

    /** {@code gantry config explain}. */
    @Command(name = "explain", description = "Say what a setting means, its default and where its value comes from")
    static final class Explain extends ServerCommand {
        @Parameters(paramLabel = "KEY", arity = "0..1", description = "Such as server.port; without it, all settings")
        private @Nullable String key;

        Explain(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return key == null ? runServer("explain") : runServer("explain", key);
        }
    }
}
