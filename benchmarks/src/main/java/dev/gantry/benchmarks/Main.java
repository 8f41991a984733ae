package dev.gantry.benchmarks;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The command {@code ./gantry bench}: {@code gateway [--full] [--short] [--rounds N] [--json] [--only NAME,…]}, {@code startup
 * [--json]}, {@code guard [--json]}, {@code quality}, {@code audit [--rounds N] [--json]}, {@code faults [--rounds N] [--json]}, {@code workflow [--rounds N] [--only …]} or {@code workflow-faults [--runs N] [--seed N]}.
 */
public final class Main {
    private static final String USAGE = """
            Usage: gantry bench gateway [--full] [--short] [--rounds N] [--json] [--only nginx,gantry,portkey]
                   gantry bench startup [--json]
                   gantry bench guard [--rounds N] [--json]
                   gantry bench quality
                   gantry bench audit [--rounds N] [--json]
                   gantry bench faults [--rounds N] [--json]
                   gantry bench workflow [--rounds N] [--json] [--only speed,waiting,start,list]
                   gantry bench workflow-faults [--runs N] [--seed N] [--json]

              gateway   Gantry beside nginx and Portkey's gateway before the same upstream, a processor each
              startup   time to readiness, idle memory and the time of gantry --help
              audit     events made durable and verified in a second, on all processors
              faults    what users see while PostgreSQL, Redis and Gantry are killed, and what is lost
              workflow  durable runs beside bare db-scheduler tasks and DBOS Transact; runs that wait; long lists
              workflow-faults  random workflows on three nodes that are killed and frozen, and every law of runs
              guard     looking at text, beside java.util.regex
              quality   how much the guard finds, and how much of it is right, by kind
              --full    a 2 KB prompt and a 1 KB answer, with limits, budgets and all detectors on
              --short   one short round, with more noise
              --json    figures for programs""";

    private Main() {}

    /** Runs one benchmark and prints its figures. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        boolean brief = words.contains("--short");
        List<String> only =
                List.of(option(words, "--only", "nginx,gantry,portkey").split(","));
        int rounds = Integer.parseInt(option(words, "--rounds", brief ? "1" : "3"));
        Figures figures = new Figures();
        try {
            Workplace workplace = new Workplace();
            switch (words.isEmpty() ? "" : words.getFirst()) {
                case "gateway" ->
                    new GatewayBenchmark(
                                    workplace,
                                    figures,
                                    new GatewayBenchmark.Options(words.contains("--full"), brief, rounds, only))
                            .run();
                case "startup" -> new StartupBenchmark(workplace, figures).run();
                case "guard" -> {
                    GuardBenchmark guard = new GuardBenchmark(figures, rounds * 5);
                    guard.run();
                    guard.runHostile();
                }
                case "quality" -> System.out.println(new QualityBenchmark().run());
                case "faults" -> new FaultBenchmark(workplace, figures).run(rounds);
                case "workflow" ->
                    new WorkflowBenchmark(
                                    workplace,
                                    figures,
                                    rounds,
                                    List.of(option(words, "--only", "speed,waiting,start,list")
                                            .split(",")))
                            .run();
                case "workflow-faults" -> {
                    int runs = Integer.parseInt(option(words, "--runs", "300"));
                    long seed = Long.parseLong(option(words, "--seed", Long.toString(System.currentTimeMillis())));
                    workflowFaults(workplace, figures, runs, seed);
                }
                case "audit" -> new AuditBenchmark(workplace, figures, rounds).run();
                default -> {
                    System.err.println(USAGE);
                    System.exit(2);
                }
            }
        } catch (Exception failure) {
            System.out.println(words.contains("--json") ? figures.json() : figures.table());
            System.err.println("gantry bench: stopped half-way, with the figures above: " + failure.getMessage());
            System.exit(1); // The upstream's threads would go on for ever.
        }
        System.out.println(words.contains("--json") ? figures.json() : figures.table());
        System.exit(0);
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
            System.out.println(figures.table());
            throw new IllegalStateException(String.join("\n", report.broken()));
        }
    }

    private static String option(List<String> words, String name, String otherwise) {
        int given = words.indexOf(name);
        return given >= 0 && given + 1 < words.size() ? words.get(given + 1) : otherwise;
    }
}
