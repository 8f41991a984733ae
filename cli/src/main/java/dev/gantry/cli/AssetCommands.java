package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.client.Transport;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What can be done with every kind of named text: patterns, contexts, strategies, sessions. */
final class AssetCommands {
    static final List<Table.Column> COLUMNS = List.of(
            Table.Column.text("name"),
            Table.Column.number("version"),
            Table.Column.text("description"),
            Table.Column.text("tags").asExtra(),
            Table.Column.number("messages"),
            Table.Column.time("updated_at").asExtra());

    private AssetCommands() {}

    static CommandLine contexts(Context context) {
        return editable(context, new AssetKind("context", "/api/v1/contexts"));
    }

    static CommandLine strategies(Context context) {
        return editable(context, new AssetKind("strategy", "/api/v1/strategies"));
    }

    static CommandLine sessions(Context context) {
        AssetKind kind = new AssetKind("session", "/api/v1/sessions");
        return CommandGroup.of(new ListAssets(context, kind), new Show(context, kind), new Delete(context, kind));
    }

    private static CommandLine editable(Context context, AssetKind kind) {
        return CommandGroup.of(
                new ListAssets(context, kind),
                new Show(context, kind),
                new Put(context, kind),
                new Edit(context, kind),
                new Delete(context, kind));
    }

    /** {@code list}. */
    @Command(name = "list", description = "List what you may see")
    static final class ListAssets extends ListCommand {
        private final AssetKind kind;

        @Option(names = "--namespace", paramLabel = "NAME", description = "shared, a team, or ~USER")
        private String namespace = "";

        @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag")
        private String tag = "";

        ListAssets(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        String path() {
            return kind.path();
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("namespace", namespace);
            query.put("tag", tag);
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return COLUMNS;
        }

        @Override
        String nothing() {
            return "There is none that you may see";
        }
    }

    /** {@code show}. */
    @Command(name = "show", description = "Print one")
    static final class Show extends GantryCommand {
        private final AssetKind kind;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        @Option(names = "--version", paramLabel = "N", description = "An earlier version")
        private String version = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Show(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            String path =
                    version.isEmpty() ? kind.path(name) : kind.path(name) + "/versions/" + ApiClient.encode(version);
            JsonNode asset = platform().clientStarted().send(ApiClient.Call.get(path, Map.of()));
            if (json) {
                terminal().print(asset.toPrettyString());
                return ExitCode.DONE;
            }
            for (JsonNode message : asset.path("messages")) {
                terminal().print("--- " + message.path("role").asText() + " ---");
                terminal().print(Format.cell(message.path("content")));
            }
            String content = asset.path("content").asText("");
            terminal().out().print(content.isEmpty() || content.endsWith("\n") ? content : content + "\n");
            terminal().note(terminal().styledNote(Terminal.Style.DIM, facts(asset)));
            return ExitCode.DONE;
        }

        private static String facts(JsonNode asset) {
            List<String> facts = new ArrayList<>();
            facts.add(asset.path("name").asText());
            if (asset.has("version")) {
                facts.add("version " + asset.path("version").asText());
            }
            facts.add(Format.cell(asset.path("author")));
            facts.add(Format.time(Format.cell(asset.path("created_at"))));
            facts.removeIf(String::isEmpty);
            return String.join(" · ", facts);
        }
    }

    /** {@code versions}. */
    @Command(name = "versions", description = "List the versions of one, newest first")
    static final class Versions extends ListCommand {
        private final AssetKind kind;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Versions(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        String path() {
            return kind.path(name) + "/versions";
        }

        @Override
        String cursorParameter() {
            return "before";
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.number("version"),
                    Table.Column.time("created_at"),
                    Table.Column.text("author"),
                    Table.Column.text("description"),
                    Table.Column.text("hash"));
        }

        @Override
        String nothing() {
            return "It has no versions";
        }
    }

    /** What writes a version. */
    abstract static class WriteCommand extends GantryCommand {
        WriteCommand(Context context) {
            super(context);
        }

        final void put(ApiClient client, AssetKind kind, String name, String content, Map<String, String> headers) {
            ObjectNode request = Json.object().put("content", content);
            JsonNode saved = client.reply(ApiClient.Call.of("PUT", kind.path(name), request), headers)
                    .body();
            saved.path("warnings").forEach(warning -> terminal().note("Note: " + warning.asText()));
            boolean unchanged = saved.path("outcome").asText("").equals("unchanged");
            terminal()
                    .print((unchanged ? "Unchanged: " : "Saved ")
                            + saved.path("name").asText(name) + " version "
                            + saved.path("version").asText());
        }
    }

    /** {@code put}. */
    @Command(name = "put", description = "Create one, or add a version to it")
    static final class Put extends WriteCommand {
        private final AssetKind kind;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "Its text; - for standard input")
        private String file = "";

        @Option(names = "--if-match", paramLabel = "HASH", description = "Only if the current version has this hash")
        private String hash = "";

        @Option(names = "--new", description = "Only if there is none of that name")
        private boolean onlyNew;

        Put(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            String content = new RunInput(context()).read(List.of(file));
            Map<String, String> headers = onlyNew
                    ? Map.of("If-None-Match", "*")
                    : hash.isEmpty() ? Map.of() : Map.of("If-Match", quoted(hash));
            put(platform().clientStarted(), kind, name, content, headers);
            return ExitCode.DONE;
        }

        private static String quoted(String hash) {
            return hash.startsWith("\"") ? hash : "\"" + hash + "\"";
        }
    }

    /** {@code edit}. */
    @Command(name = "edit", description = "Change one in your editor (VISUAL, EDITOR)")
    static final class Edit extends WriteCommand {
        private final AssetKind kind;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Edit(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            Transport.Reply current = client.reply(ApiClient.Call.get(kind.path(name), Map.of()), Map.of());
            String before = current.body().path("content").asText("");
            String after = new Editor(context()).edit(name, before);
            if (after == null) {
                terminal().note("Nothing was changed");
                return ExitCode.DONE;
            }
            Map<String, String> headers = current.etag().isEmpty() ? Map.of() : Map.of("If-Match", current.etag());
            put(client, kind, name, after, headers);
            return ExitCode.DONE;
        }
    }

    /** {@code delete}. */
    @Command(name = "delete", description = "Delete one")
    static final class Delete extends GantryCommand {
        private final AssetKind kind;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Delete(Context context, AssetKind kind) {
            super(context);
            this.kind = kind;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", kind.path(name), null));
            terminal().print("Deleted " + kind.word() + " " + name);
            return ExitCode.DONE;
        }
    }
}
