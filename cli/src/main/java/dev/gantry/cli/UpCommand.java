package dev.gantry.cli;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry up}: starts the local platform, or restarts it when it is another build than this command. */
@Command(name = "up")
final class UpCommand extends GantryCommand {
    static final Duration STOP_PATIENCE = Duration.ofSeconds(45);

    @Option(
            names = "--config",
            paramLabel = "DIR",
            description = "Configuration (GANTRY_CONFIG; default: ./config or DATA_DIR/config, if there is one)")
    private @Nullable Path config;

    @Option(names = "--host", paramLabel = "ADDRESS", description = "Address to listen on (default: 127.0.0.1)")
    private @Nullable String host;

    @Option(names = "--port", paramLabel = "N", description = "Port (default: 7420, or the next free one)")
    private @Nullable Integer port;

    @Option(names = "--foreground", description = "Stay attached to the terminal, as a service manager wants it")
    private boolean foreground;

    UpCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        Platform platform = platform();
        Path folder = config == null ? platform.defaultConfig() : config.toAbsolutePath();
        LocalServer.Launch launch = new LocalServer.Launch(folder, host, port);
        Optional<LocalServer.Running> running = platform.server().find();
        if (running.isPresent()) {
            if (!platform.isOtherBuild(running.get())) {
                return alreadyUp(platform, running.get());
            }
            terminal()
                    .note("Restarting Gantry: the running one (pid "
                            + running.get().process().pid() + ") is another build");
            if (!platform.server().stop(running.get(), STOP_PATIENCE, false)) {
                throw new CommandFailure(
                        "The running platform has not stopped within " + Format.duration(STOP_PATIENCE),
                        "gantry down --force ends it at once");
            }
        }
        if (foreground) {
            platform.server().createFolders();
            return platform.server().runInForeground(platform.server().serveArguments(launch));
        }
        platform.start(launch);
        terminal().print("Gantry is up at " + address(platform));
        return ExitCode.DONE;
    }

    private int alreadyUp(Platform platform, LocalServer.Running running) {
        terminal()
                .print("Gantry is up at " + address(platform) + " already (pid "
                        + running.process().pid() + ")");
        if (host != null || port != null || config != null || foreground) {
            throw new CommandFailure(
                    "It was not started with these options", "To apply them: gantry down, then this command again");
        }
        return ExitCode.DONE;
    }

    private static String address(Platform platform) {
        return platform.server()
                .find()
                .map(LocalServer.Running::url)
                .map(URI::toString)
                .orElse("an address it has not told yet");
    }
}
