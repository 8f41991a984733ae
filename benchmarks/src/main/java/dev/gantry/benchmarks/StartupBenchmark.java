package dev.gantry.benchmarks;

import java.util.List;

/** How long a user waits, and what an idle platform holds. */
final class StartupBenchmark {
    private static final int ROUNDS = 5;
    private static final long SETTLE_MS = 3_000;

    private final Workplace workplace;
    private final Figures figures;

    StartupBenchmark(Workplace workplace, Figures figures) {
        this.workplace = workplace;
        this.figures = figures;
    }

    void run() throws Exception {
        String launcher = workplace.root().resolve("gantry").toString();
        for (int round = 0; round < ROUNDS; round++) {
            long begin = System.nanoTime();
            workplace.run(List.of("taskset", "-a", "-c", "0-" + last(), launcher, "--help"), workplace.root());
            figures.add("gantry --help, s", "gantry", secondsSince(begin));
        }
        Gantry gantry = new Gantry(workplace);
        for (int round = 0; round <= ROUNDS; round++) {
            long begin = System.nanoTime();
            gantry.start(List.of("taskset", "-c", "0-" + last()));
            figures.add(round == 0 ? "first start, s" : "later starts, s", "gantry", secondsSince(begin));
            Thread.sleep(SETTLE_MS);
            figures.add("idle memory, MB", "gantry", gantry.processes().residentMegabytes());
            figures.add(
                    "idle memory of PostgreSQL, MB",
                    "gantry",
                    gantry.processes().postgresMegabytes());
            gantry.stop();
            if (round == 0) {
                Gantry.awaitStartupCache();
            }
        }
    }

    private static String last() {
        return System.getProperty("gantry.lastProcessor", "0");
    }

    private static double secondsSince(long begin) {
        return (System.nanoTime() - begin) / 1e9;
    }
}
