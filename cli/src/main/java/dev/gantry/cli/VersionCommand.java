package dev.gantry.cli;

import picocli.CommandLine.Command;

/** {@code gantry version}. */
@Command(name = "version")
final class VersionCommand extends GantryCommand {
    VersionCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        String build = context().build().isEmpty() ? "" : " (build " + context().build() + ")";
        terminal()
                .print("gantry " + Context.version() + build + ", Java " + Runtime.version() + ", "
                        + System.getProperty("os.name") + " " + System.getProperty("os.arch"));
        return ExitCode.DONE;
    }
}
