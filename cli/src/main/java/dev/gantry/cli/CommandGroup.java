package dev.gantry.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A command that only holds others, such as {@code gantry keys}. */
@Command
final class CommandGroup {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Explain the command")
    private boolean help;

    private CommandGroup() {}

    /** Returns a group; the commands' own annotations name them. */
    static CommandLine of(Object... commands) {
        CommandLine group = new CommandLine(new CommandGroup());
        for (Object command : commands) {
            group.addSubcommand(command);
        }
        return group;
    }

    boolean helpWanted() {
        return help;
    }
}
