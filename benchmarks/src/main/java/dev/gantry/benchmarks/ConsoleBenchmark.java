package dev.gantry.benchmarks;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How long the console takes from being opened until it can be used, in a browser on this machine. */
final class ConsoleBenchmark {
    private final Workplace workplace;
    private final Figures figures;
    private final int loads;

    ConsoleBenchmark(Workplace workplace, Figures figures, int loads) {
        this.workplace = workplace;
        this.figures = figures;
        this.loads = loads;
    }

    void run() throws Exception {
        Path console = workplace.root().resolve("console");
        if (!Files.isDirectory(console.resolve("node_modules/@playwright/test"))) {
            throw new IllegalStateException("This benchmark needs Node and the console's own libraries:"
                    + " run 'npm ci --ignore-scripts' in the folder console.");
        }
        String chosen = System.getenv("GANTRY_CHROMIUM");
        String browser = chosen == null || chosen.isEmpty() ? workplace.programPath("chromium") : chosen;
        Gantry gantry = new Gantry(workplace);
        gantry.start(List.of("taskset", "-c", "0-" + System.getProperty("gantry.lastProcessor", "0")));
        try {
            Gantry.awaitStartupCache();
            List<String> command = new ArrayList<>(gantry.asAdministrator());
            command.addAll(List.of(
                    "GANTRY_CHROMIUM=" + browser, "node", "src/test/bench/interactive.mjs", Integer.toString(loads)));
            for (String line : workplace.run(command, console).split("\n", -1)) {
                String[] figure = line.split("\t", -1);
                if (figure.length == 3) {
                    figures.add(figure[1], figure[0], Double.parseDouble(figure[2]));
                }
            }
        } finally {
            gantry.stop();
        }
    }
}
