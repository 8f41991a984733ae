package dev.gantry.cli;

import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry down}: lets the local platform finish what it is doing, then ends it. */
@Command(name = "down")
final class DownCommand extends GantryCommand {
    @Option(names = "--force", description = "End it at once if it does not stop in time; nothing acknowledged is lost")
    private boolean force;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "45",
            description = "How long to wait for it (default: ${DEFAULT-VALUE})")
    private int timeoutSeconds;

    DownCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        Platform platform = platform();
        Optional<LocalServer.Running> running = platform.server().find();
        if (running.isEmpty()) {
            terminal().note("No platform runs here");
            return ExitCode.DONE;
        }
        boolean stopped;
        try (Spinner spinner = Spinner.start(terminal(), "Stopping Gantry")) {
            stopped = platform.server().stop(running.get(), Duration.ofSeconds(timeoutSeconds), force);
            spinner.say("Stopped");
        }
        if (!stopped) {
            throw new CommandFailure(
                    "Gantry has not stopped within " + timeoutSeconds + " s (pid "
                            + running.get().process().pid() + ")",
                    "It may be finishing long requests: wait and look with gantry status",
                    "gantry down --force ends it at once");
        }
        terminal().print("Gantry is down");
        return ExitCode.DONE;
    }
}
