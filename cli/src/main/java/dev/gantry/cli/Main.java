package dev.gantry.cli;

import dev.gantry.kernel.Text;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** The program {@code gantry}. */
public final class Main {
    private final Context context;

    private Main(Context context) {
        this.context = context;
    }

    /** Runs one command and ends the process with its exit code. */
    public static void main(String[] arguments) {
        Context context = Context.ofProcess();
        int code = run(context, arguments);
        context.terminal().flush();
        System.exit(code);
    }

    /** Runs one command and returns its exit code. */
    static int run(Context context, String... arguments) {
        Main main = new Main(context);
        try {
            return main.dispatch(List.of(arguments));
        } catch (CommandFailure failure) {
            return main.report(failure);
        } finally {
            context.terminal().flush();
        }
    }

    private int dispatch(List<String> arguments) {
        if (arguments.isEmpty() || List.of("help", "-h", "--help").contains(arguments.getFirst())) {
            return help(arguments);
        }
        String name = arguments.getFirst();
        if (name.equals("--version") || name.equals("-V")) {
            name = "version";
        }
        Optional<Commands.Entry> entry = find(name);
        if (entry.isEmpty()) {
            return usage(
                    name.startsWith("-")
                            ? "Unknown option '" + name + "'; options come after the command"
                            : "Unknown command '" + name + "'" + Text.didYouMean(name, names()),
                    "gantry --help lists the commands");
        }
        return execute(entry.get(), arguments.subList(1, arguments.size()));
    }

    private int help(List<String> arguments) {
        if (arguments.size() > 1 && !arguments.get(1).startsWith("-")) {
            List<String> asked = new ArrayList<>(arguments.subList(1, arguments.size()));
            asked.add("--help");
            return dispatch(asked);
        }
        Help.print(context.terminal());
        return ExitCode.DONE;
    }

    private static Optional<Commands.Entry> find(String name) {
        return Commands.GROUPS.stream()
                .flatMap(group -> group.entries().stream())
                .filter(entry -> entry.name().equals(name))
                .findFirst();
    }

    private static List<String> names() {
        return Commands.GROUPS.stream()
                .flatMap(group -> group.entries().stream())
                .map(Commands.Entry::name)
                .toList();
    }

    private int execute(Commands.Entry entry, List<String> arguments) {
        CommandLine command = entry.factory().apply(context);
        Terminal terminal = context.terminal();
        command.setCommandName("gantry " + entry.name())
                .setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8))
                .setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8))
                .setUsageHelpWidth(Math.clamp(terminal.columns() == 0 ? 100 : terminal.columns(), 60, 120))
                .setColorScheme(CommandLine.Help.defaultColorScheme(
                        terminal.outIsTerminal() && terminal.colors()
                                ? CommandLine.Help.Ansi.ON
                                : CommandLine.Help.Ansi.OFF))
                .setParameterExceptionHandler((problem, _) -> usage(problem))
                .setExecutionExceptionHandler((failure, _, _) -> failed(failure))
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false);
        command.getCommandSpec().usageMessage().description(entry.description());
        return command.execute(arguments.toArray(String[]::new));
    }

    private int failed(Exception failure) throws Exception {
        return switch (failure) {
            case CommandFailure known -> report(known);
            case ApiProblem refused -> report(refused.asFailure());
            case ApiClient.Unreachable unreachable ->
                report(unreachable.asFailure("gantry status tells whether the platform is up"));
            default -> throw failure;
        };
    }

    private int report(CommandFailure failure) {
        Terminal terminal = context.terminal();
        terminal.note(terminal.styledNote(Terminal.Style.RED, failure.what()));
        failure.details().forEach(line -> terminal.note("  " + line));
        return failure.exitCode();
    }

    private int usage(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        if (problem instanceof CommandLine.UnmatchedArgumentException unmatched
                && !command.getSubcommands().isEmpty()
                && !unmatched.getUnmatched().isEmpty()) {
            String written = unmatched.getUnmatched().getFirst();
            return usage(
                    "Unknown command '" + name + " " + written + "'"
                            + Text.didYouMean(written, command.getSubcommands().keySet()),
                    name + " --help lists the commands");
        }
        return usage(String.valueOf(problem.getMessage()), name + " --help explains the command");
    }

    private int usage(String what, String... details) {
        Terminal terminal = context.terminal();
        terminal.note(terminal.styledNote(Terminal.Style.RED, what));
        Arrays.stream(details).forEach(line -> terminal.note("  " + line));
        return ExitCode.USAGE;
    }
}
