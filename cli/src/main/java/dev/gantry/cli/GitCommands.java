package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry git}. */
final class GitCommands {
    private static final String SOURCES = "/api/v1/git/sources";

    private GitCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(new ListSources(context), new Show(context), new Sync(context));
    }

    /** {@code gantry git list}. */
    @Command(name = "list", description = "Repositories that patterns and workflows are taken from")
    static final class ListSources extends ListCommand {
        ListSources(Context context) {
            super(context);
        }

        @Override
        String path() {
            return SOURCES;
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("state"),
                    Table.Column.text("branch"),
                    Table.Column.of("COMMIT", false, source -> commit(source, "commit")),
                    Table.Column.of(
                            "ASSETS", true, source -> source.path("assets").asText()),
                    Table.Column.time("synced_at"),
                    Table.Column.text("repository"));
        }

        @Override
        String nothing() {
            return "There are none; docs/git.md tells how to configure one";
        }
    }

    /** {@code gantry git show}. */
    @Command(name = "show", description = "How one repository is, and what is wrong with its files")
    static final class Show extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name of the source")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Show(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode source = platform().clientStarted().send(ApiClient.Call.get(path(name), Map.of()));
            return print(terminal(), source, json);
        }
    }

    /** {@code gantry git sync}. */
    @Command(name = "sync", description = "Look at a repository now, and wait for what comes of it")
    static final class Sync extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name of the source")
        private String name = "";

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "150",
                description = "How long to wait (default: ${DEFAULT-VALUE})")
        private int timeoutSeconds;

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Sync(Context context) {
            super(context);
        }

        @Override
        public Integer call() throws InterruptedException {
            ApiClient client = platform().clientStarted();
            JsonNode before = client.send(ApiClient.Call.of("POST", path(name) + "/sync", null));
            return print(terminal(), awaitLook(client, before.path("tried_at")), json);
        }

        /** Waits until somebody looked at the repository after the time given. */
        private JsonNode awaitLook(ApiClient client, JsonNode before) throws InterruptedException {
            long deadline =
                    System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
            try (Spinner spinner = Spinner.start(terminal(), "Looking at " + name)) {
                while (System.nanoTime() < deadline) {
                    JsonNode now = client.send(ApiClient.Call.get(path(name), Map.of()));
                    if (!now.path("tried_at").equals(before)) {
                        return now;
                    }
                    spinner.say("Looking at " + name);
                    Thread.sleep(Duration.ofMillis(200));
                }
            }
            throw new CommandFailure(
                    "Nobody looked at " + name + " within " + timeoutSeconds + " s", "gantry git show " + name);
        }
    }

    private static String path(String name) {
        return SOURCES + "/" + ApiClient.encode(name);
    }

    private static String commit(JsonNode source, String field) {
        String id = source.path(field).asText("");
        return id.length() > 12 ? id.substring(0, 12) : id;
    }

    private static int print(Terminal terminal, JsonNode source, boolean json) {
        boolean good = source.path("state").asText().equals("synced");
        if (json) {
            terminal.print(source.toPrettyString());
            return good ? ExitCode.DONE : ExitCode.FAILED;
        }
        terminal.print(
                source.path("name").asText() + ": " + source.path("state").asText() + ", "
                        + source.path("assets").asInt() + " assets"
                        + (commit(source, "commit").isEmpty() ? "" : " of commit " + commit(source, "commit")));
        String problem = source.path("problem").asText("");
        if (!problem.isEmpty()) {
            terminal.print(problem);
        }
        for (JsonNode finding : source.path("findings")) {
            String line =
                    finding.path("line").isInt() ? ":" + finding.path("line").asInt() : "";
            terminal.print(finding.path("severity").asText() + ": "
                    + finding.path("path").asText() + line + ": "
                    + finding.path("message").asText());
        }
        int more =
                source.path("finding_count").asInt() - source.path("findings").size();
        if (more > 0) {
            terminal.print("… and " + more + " more");
        }
        return good ? ExitCode.DONE : ExitCode.FAILED;
    }
}
