package dev.gantry.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What all commands have in common. */
abstract class GantryCommand implements Callable<Integer> {
    private final Context context;

    @Option(names = "--data-dir", paramLabel = "DIR", description = "Folder of the local platform (GANTRY_DATA_DIR)")
    private @Nullable Path dataDir;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explain the command")
    private boolean help;

    GantryCommand(Context context) {
        this.context = context;
    }

    final Context context() {
        return context;
    }

    final Terminal terminal() {
        return context.terminal();
    }

    final Platform platform() {
        return context.platform(dataDir);
    }

    /** Returns the platform of an address, or that of {@link #platform()} when it is null. */
    final Platform platform(@Nullable String url) {
        return (url == null ? context : context.with("GANTRY_URL", url)).platform(dataDir);
    }

    final boolean helpWanted() {
        return help;
    }
}
