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
    private static final String EXPORTS = "/api/v1/git/exports";

    private GitCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new ListSources(context),
                new Show(context),
                new Sync(context),
                new Exports(context),
                new Export(context));
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

    /** Asks for a look, and waits until there was one. */
    abstract static class Look extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Its name")
        private String name = "";

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                defaultValue = "150",
                description = "How long to wait (default: ${DEFAULT-VALUE})")
        private int timeoutSeconds;

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Look(Context context) {
            super(context);
        }

        /** Returns the path of what is looked at. */
        abstract String path(String name);

        /** Returns what the path has for asking. */
        abstract String verb();

        /** Returns what to do when nobody looked in time. */
        String hint(String name) {
            return "gantry git list shows its state";
        }

        abstract int print(JsonNode after, boolean asJson);

        @Override
        public final Integer call() throws InterruptedException {
            ApiClient client = platform().clientStarted();
            JsonNode before = client.send(ApiClient.Call.of("POST", path(name) + verb(), null));
            return print(awaitLook(client, before.path("tried_at")), json);
        }

        /** Waits until somebody looked who began after it was asked for: a look that was under way is not the one. */
        private JsonNode awaitLook(ApiClient client, JsonNode before) throws InterruptedException {
            long deadline =
                    System.nanoTime() + Duration.ofSeconds(timeoutSeconds).toNanos();
            try (Spinner spinner = Spinner.start(terminal(), "Looking at " + name)) {
                while (System.nanoTime() < deadline) {
                    JsonNode now = client.send(ApiClient.Call.get(path(name), Map.of()));
                    if (!now.path("tried_at").equals(before)
                            && !now.path("pending").asBoolean()) {
                        return now;
                    }
                    spinner.say("Looking at " + name);
                    Thread.sleep(Duration.ofMillis(200));
                }
            }
            throw new CommandFailure("Nobody looked at " + name + " within " + timeoutSeconds + " s", hint(name));
        }
    }

    /** {@code gantry git sync}. */
    @Command(name = "sync", description = "Look at a repository now, and wait for what comes of it")
    static final class Sync extends Look {
        Sync(Context context) {
            super(context);
        }

        @Override
        String path(String name) {
            return GitCommands.path(name);
        }

        @Override
        String verb() {
            return "/sync";
        }

        @Override
        int print(JsonNode after, boolean asJson) {
            return GitCommands.print(terminal(), after, asJson);
        }
    }

    /** {@code gantry git exports}. */
    @Command(name = "exports", description = "Repositories that the registry is exported to")
    static final class Exports extends ListCommand {
        Exports(Context context) {
            super(context);
        }

        @Override
        String path() {
            return EXPORTS;
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
                    Table.Column.of("COMMIT", false, export -> commit(export, "commit")),
                    Table.Column.of(
                            "ASSETS", true, export -> export.path("assets").asText()),
                    Table.Column.time("exported_at"),
                    Table.Column.text("repository"),
                    Table.Column.text("problem"));
        }

        @Override
        String nothing() {
            return "There are none; docs/git.md tells how to configure one";
        }
    }

    /** {@code gantry git export}. */
    @Command(name = "export", description = "Export what has changed now, and wait for what comes of it")
    static final class Export extends Look {
        Export(Context context) {
            super(context);
        }

        @Override
        String path(String name) {
            return EXPORTS + "/" + ApiClient.encode(name);
        }

        @Override
        String verb() {
            return "/run";
        }

        @Override
        String hint(String name) {
            return "gantry git exports shows its state";
        }

        @Override
        int print(JsonNode export, boolean asJson) {
            if (asJson) {
                terminal().print(export.toPrettyString());
            } else {
                terminal()
                        .print(export.path("name").asText() + ": "
                                + export.path("state").asText() + ", "
                                + export.path("assets").asInt() + " assets"
                                + (commit(export, "commit").isEmpty() ? "" : " in commit " + commit(export, "commit")));
                if (!export.path("problem").asText("").isEmpty()) {
                    terminal().print(export.path("problem").asText());
                }
            }
            return export.path("state").asText().equals("exported") ? ExitCode.DONE : ExitCode.FAILED;
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
