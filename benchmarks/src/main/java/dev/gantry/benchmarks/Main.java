package dev.gantry.benchmarks;

import java.util.List;

/** The command {@code ./gantry bench}: {@code gateway [--short] [--json] [--only NAME,…]} or {@code startup [--json]}. */
public final class Main {
    private static final String USAGE = """
            Usage: gantry bench gateway [--short] [--json] [--only nginx,gantry,portkey]
                   gantry bench startup [--json]

              gateway   Gantry beside nginx and Portkey's gateway before the same upstream, a processor each
              startup   time to readiness, idle memory and the time of gantry --help
              --short   one round of a minute, with more noise
              --json    figures for programs""";

    private Main() {}

    /** Runs one benchmark and prints its figures. */
    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        String only = "nginx,gantry,portkey";
        int given = words.indexOf("--only");
        if (given >= 0 && given + 1 < words.size()) {
            only = words.get(given + 1);
        }
        Figures figures = new Figures();
        try {
            Workplace workplace = new Workplace();
            switch (words.isEmpty() ? "" : words.getFirst()) {
                case "gateway" ->
                    new GatewayBenchmark(workplace, figures, words.contains("--short"), List.of(only.split(","))).run();
                case "startup" -> new StartupBenchmark(workplace, figures).run();
                default -> {
                    System.err.println(USAGE);
                    System.exit(2);
                }
            }
        } catch (Exception failure) {
            System.err.println("gantry bench: " + failure.getMessage());
            System.exit(1); // The upstream's threads would go on for ever.
        }
        System.out.println(words.contains("--json") ? figures.json() : figures.table());
        System.exit(0);
    }
}
