package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry mirrors}. */
final class MirrorCommands {
    private static final String MIRRORS = "/api/v1/mirrors";

    private MirrorCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(new ListMirrors(context), new Status(context), new Sync(context), new Release(context));
    }

    /** {@code gantry mirrors list}. */
    @Command(name = "list", description = "Registries of other Gantrys that are mirrored here")
    static final class ListMirrors extends ListCommand {
        ListMirrors(Context context) {
            super(context);
        }

        @Override
        String path() {
            return MIRRORS;
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
                    Table.Column.of(
                            "ASSETS", true, mirror -> mirror.path("assets").asText()),
                    Table.Column.time("synced_at"),
                    Table.Column.time("failing_since"),
                    Table.Column.text("url"));
        }

        @Override
        String nothing() {
            return "There are none; docs/mirrors.md tells how to configure one";
        }
    }

    /** {@code gantry mirrors status}. */
    @Command(name = "status", description = "How one mirror is, and what cannot be taken over")
    static final class Status extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name of the mirror")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Status(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode mirror = platform().clientStarted().send(ApiClient.Call.get(path(name), Map.of()));
            return print(terminal(), mirror, json);
        }
    }

    /** {@code gantry mirrors sync}. */
    @Command(name = "sync", description = "Look at the other registry now, and wait for what comes of it")
    static final class Sync extends GitCommands.Look {
        Sync(Context context) {
            super(context);
        }

        @Override
        String path(String name) {
            return MirrorCommands.path(name);
        }

        @Override
        String verb() {
            return "/sync";
        }

        @Override
        String hint(String name) {
            return "gantry mirrors status " + name
                    + " shows how it is; the first look at a large registry takes its time, for which --timeout waits";
        }

        @Override
        int print(JsonNode after, boolean asJson) {
            return MirrorCommands.print(terminal(), after, asJson);
        }
    }

    /** {@code gantry mirrors release}. */
    @Command(name = "release", description = "Let the assets of a mirror that is no longer configured be changed here")
    static final class Release extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name that the mirror had")
        private String name = "";

        Release(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode done = platform().clientStarted().send(ApiClient.Call.of("POST", path(name) + "/release", null));
            terminal().print(done.path("released").asInt() + " assets can be changed here from now on");
            return ExitCode.DONE;
        }
    }

    private static String path(String name) {
        return MIRRORS + "/" + ApiClient.encode(name);
    }

    private static int print(Terminal terminal, JsonNode mirror, boolean json) {
        boolean good = mirror.path("state").asText().equals("synced");
        if (json) {
            terminal.print(mirror.toPrettyString());
            return good ? ExitCode.DONE : ExitCode.FAILED;
        }
        terminal.print(mirror.path("name").asText() + ": "
                + mirror.path("state").asText() + ", " + mirror.path("assets").asInt() + " assets of "
                + mirror.path("url").asText());
        if (!mirror.path("synced_at").isNull()) {
            terminal.print("in step at " + mirror.path("synced_at").asText());
        }
        if (!mirror.path("failing_since").isNull()) {
            terminal.print("not in step since " + mirror.path("failing_since").asText());
        }
        String problem = mirror.path("problem").asText("");
        if (!problem.isEmpty()) {
            terminal.print(problem);
        }
        for (JsonNode finding : mirror.path("findings")) {
            terminal.print(finding.path("severity").asText() + ": "
                    + finding.path("asset").asText() + ": "
                    + finding.path("message").asText());
        }
        int more =
                mirror.path("finding_count").asInt() - mirror.path("findings").size();
        if (more > 0) {
            terminal.print("… and " + more + " more");
        }
        return good ? ExitCode.DONE : ExitCode.FAILED;
    }
}
