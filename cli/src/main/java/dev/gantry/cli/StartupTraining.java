package dev.gantry.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Walks through what commands usually do, so that the JDK's start-up cache knows the classes. Run by the build. */
public final class StartupTraining {
    private static final List<List<String>> LINES = List.of(
            List.of("--help"),
            List.of("run", "--help"),
            List.of("patterns", "list", "--help"),
            List.of("version"),
            List.of("status"));

    private StartupTraining() {}

    /** Runs the walk; the arguments are not read. */
    public static void main(String[] arguments) {
        PrintStream nowhere = new PrintStream(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
        Terminal terminal =
                new Terminal(new ByteArrayInputStream(new byte[0]), nowhere, nowhere, Set.of("out", "err"), 100, true);
        // Nothing listens at port 1: enough to load the HTTP client.
        Map<String, String> environment = Map.of("GANTRY_URL", "http://127.0.0.1:1", "GANTRY_API_KEY", "none");
        Context context = new Context(terminal, environment, null, "", Clock.systemUTC());
        LINES.forEach(line -> Main.run(context, line.toArray(String[]::new)));
        Main.run(context, "run", "summarize", "-");
        Main.run(context, "models");
    }
}
