package dev.gantry.benchmarks;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.TypeConversionException;

/** The command {@code ./gantry bench}: one subcommand for each benchmark, which prints a table or JSON. */
@Command(
        name = "gantry bench",
        description = "Measures Gantry on this machine, beside other programs where there are some to compare it with.",
        synopsisSubcommandLabel = "BENCHMARK")
public final class Main {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Explain the command.")
    @SuppressWarnings("UnusedVariable") // picocli looks at the option itself
    private boolean help;

    /** What is measured with an empty place of its own. */
    @FunctionalInterface
    interface Benchmark {
        void run(Workplace workplace, Figures figures) throws Exception;
    }

    /** Programs that stand beside each other before the same upstream. */
    enum Gateways {
        NGINX,
        GANTRY,
        PORTKEY
    }

    /** Parts of the benchmark of runs. */
    enum RunParts {
        SPEED,
        WAITING,
        START,
        LIST
    }

    /** Parts of the benchmark of signing in. */
    enum SignInParts {
        PARTS,
        LOGINS
    }

    private Main() {}

    /** Runs one benchmark, prints its figures and ends the process. */
    public static void main(String[] arguments) {
        CommandLine line = new CommandLine(new Main()).setCaseInsensitiveEnumValuesAllowed(true);
        System.exit(line.execute(arguments)); // The upstream's threads would go on for ever.
    }

    /** A number of rounds or runs. */
    private static final class Count implements ITypeConverter<Integer> {
        private static final int MAX = 100_000;

        @Override
        public Integer convert(String text) {
            try {
                int count = Integer.parseInt(text);
                if (count >= 1 && count <= MAX) {
                    return count;
                }
            } catch (NumberFormatException notANumber) {
                // Told below.
            }
            throw new TypeConversionException("'" + text + "' is not a number from 1 to " + MAX);
        }
    }

    /** Options of every benchmark that has figures, and how these are printed. */
    static final class Printing {
        @Option(names = "--json", description = "Print every value of every round, for programs.")
        private boolean json;

        int figuresOf(Benchmark benchmark) {
            Figures figures = new Figures();
            try {
                benchmark.run(new Workplace(), figures);
                print(figures);
                return CommandLine.ExitCode.OK;
            } catch (Exception failure) {
                print(figures);
                System.err.println("gantry bench: stopped half-way, with the figures above: " + failure.getMessage());
                return CommandLine.ExitCode.SOFTWARE;
            }
        }

        private void print(Figures figures) {
            System.out.println(json ? figures.json() : figures.table());
        }
    }

    /** How often a benchmark is repeated. */
    static final class Rounds {
        @Option(
                names = "--rounds",
                paramLabel = "N",
                defaultValue = "3",
                converter = Count.class,
                description = "How many rounds; ${DEFAULT-VALUE} unless told.")
        private int number;
    }

    @Command(description = "Gantry beside nginx and Portkey's gateway before the same upstream, a processor each.")
    int gateway(
            @Option(
                            names = "--full",
                            description = "A 2 KB prompt and a 1 KB answer, with limits, budgets and all detectors on.")
                    boolean full,
            @Option(names = "--short", description = "One short round, with more noise.") boolean brief,
            @Option(
                            names = "--rounds",
                            paramLabel = "N",
                            converter = Count.class,
                            description = "How many rounds; 3 unless told, 1 with --short.")
                    @Nullable
                    Integer rounds,
            @Option(
                            names = "--only",
                            split = ",",
                            paramLabel = "NAME",
                            description = "Some of ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    List<Gateways> only,
            @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> new GatewayBenchmark(
                        workplace,
                        figures,
                        new GatewayBenchmark.Options(
                                full, brief, rounds != null ? rounds : brief ? 1 : 3, names(only, Gateways.values())))
                .run());
    }

    @Command(description = "Time to readiness, idle memory and the time of gantry --help.")
    int startup(@Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> new StartupBenchmark(workplace, figures).run());
    }

    @Command(description = "From opening the console in a browser until it can be used.")
    int console(
            @Option(names = "--loads", paramLabel = "N", defaultValue = "15", converter = Count.class) int loads,
            @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> new ConsoleBenchmark(workplace, figures, loads).run());
    }

    @Command(description = "Looking at text with every detector, beside java.util.regex.")
    int guard(@Mixin Rounds rounds, @Mixin Printing printing) {
        return printing.figuresOf((_, figures) -> {
            GuardBenchmark guard = new GuardBenchmark(figures, rounds.number * 5);
            guard.run();
            guard.runHostile();
        });
    }

    @Command(description = "How much the guard finds in labelled texts, and how much of it is right, by kind.")
    int quality() {
        System.out.println(new QualityBenchmark().run());
        return CommandLine.ExitCode.OK;
    }

    @Command(description = "Tokens, sessions and decisions among many roles; many who sign in by password at once.")
    int signin(
            @Mixin Rounds rounds,
            @Option(
                            names = "--only",
                            split = ",",
                            paramLabel = "PART",
                            description = "Some of ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    List<SignInParts> only,
            @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> {
            if (only == null || only.contains(SignInParts.PARTS)) {
                new SignInBenchmark(workplace, figures, rounds.number).run();
            }
            if (only == null || only.contains(SignInParts.LOGINS)) {
                new LoginBenchmark(workplace, figures, rounds.number).run();
            }
        });
    }

    @Command(description = "Audit events made durable and verified in a second, on all processors.")
    int audit(@Mixin Rounds rounds, @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> new AuditBenchmark(workplace, figures, rounds.number).run());
    }

    @Command(description = "Searches of a member of three teams in a large registry.")
    int registry(
            @Option(names = "--assets", paramLabel = "N", defaultValue = "100000", converter = Count.class) int assets,
            @Option(
                            names = "--data",
                            paramLabel = "DIRECTORY",
                            description = "Keep the database here, and fill it only the first time.")
                    @Nullable
                    Path data,
            @Mixin Printing printing) {
        return printing.figuresOf(
                (workplace, figures) -> new RegistryBenchmark(workplace, figures, assets, data).run());
    }

    @Command(description = "What users see while PostgreSQL, Redis and Gantry are killed, and what is lost.")
    int faults(@Mixin Rounds rounds, @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) -> new FaultBenchmark(workplace, figures).run(rounds.number));
    }

    @Command(description = "Durable runs beside bare db-scheduler tasks and DBOS Transact; runs that wait; long lists.")
    int workflow(
            @Mixin Rounds rounds,
            @Option(
                            names = "--only",
                            split = ",",
                            paramLabel = "PART",
                            description = "Some of ${COMPLETION-CANDIDATES}.")
                    @Nullable
                    List<RunParts> only,
            @Mixin Printing printing) {
        return printing.figuresOf((workplace, figures) ->
                new WorkflowBenchmark(workplace, figures, rounds.number, names(only, RunParts.values())).run());
    }

    @Command(
            name = "workflow-faults",
            description = "Random workflows on three nodes that are killed and frozen, and every law of runs.")
    int workflowFaults(
            @Option(names = "--runs", paramLabel = "N", defaultValue = "300", converter = Count.class) int runs,
            @Option(names = "--seed", paramLabel = "N", description = "The same again; random unless told.") @Nullable
                    Long seed,
            @Mixin Printing printing) {
        long chosen = seed != null ? seed : ThreadLocalRandom.current().nextLong(1_000_000);
        return printing.figuresOf((workplace, figures) -> workflowFaults(workplace, figures, runs, chosen));
    }

    private static void workflowFaults(Workplace workplace, Figures figures, int runs, long seed) throws Exception {
        Workplace.say(runs + " runs of random workflows, seed " + seed);
        WorkflowFaults.Report report = WorkflowFaults.run(new WorkflowFaults.Options(
                workplace.folder(),
                runs,
                Math.max(4, runs / 12),
                Duration.ofSeconds(1),
                seed,
                workplace.folder(),
                Map.of()));
        report.counts().forEach((what, count) -> figures.add(what, "gantry", count));
        figures.add("laws broken", "gantry", report.broken().size());
        if (!report.broken().isEmpty()) {
            throw new IllegalStateException(String.join("\n", report.broken()));
        }
    }

    /** Those that are named, or all. */
    private static <E extends Enum<E>> List<String> names(@Nullable List<E> named, E[] all) {
        return (named == null ? List.of(all) : named)
                .stream().map(name -> name.name().toLowerCase(Locale.ROOT)).toList();
    }
}
