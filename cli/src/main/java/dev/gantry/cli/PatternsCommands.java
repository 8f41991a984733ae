package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry patterns}. */
final class PatternsCommands {
    private static final AssetKind KIND = new AssetKind("pattern", "/api/v1/patterns");

    private PatternsCommands() {}

    static CommandLine create(Context context) {
        List<Object> commands = new ArrayList<>(List.of(
                new AssetCommands.ListAssets(context, KIND),
                new AssetCommands.Show(context, KIND),
                new Search(context),
                new AssetCommands.Put(context, KIND),
                new AssetCommands.Edit(context, KIND),
                new AssetCommands.Versions(context, KIND),
                new AssetCommands.Delete(context, KIND),
                new RegistryCommands.Publish(context, KIND),
                new ImportCommand(context)));
        commands.add(new PatternTestCommand(context, KIND));
        commands.addAll(RegistryCommands.of(context, KIND));
        return CommandGroup.of(commands.toArray());
    }

    /** {@code gantry patterns search}. */
    @Command(name = "search", description = "Search patterns by words")
    static final class Search extends ListCommand {
        @Parameters(paramLabel = "WORD", arity = "1..*", description = "Words, or a part of a name")
        private List<String> words = List.of();

        @Option(names = "--tag", paramLabel = "TAG", description = "Only with this tag")
        private String tag = "";

        @Option(
                names = "--visibility",
                paramLabel = "WHO",
                description = "Only what is private, or seen by a team or the organization")
        private String visibility = "";

        Search(Context context) {
            super(context);
        }

        @Override
        String path() {
            return KIND.path();
        }

        @Override
        Map<String, String> query() {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("q", String.join(" ", words));
            query.put("tag", tag);
            query.put("visibility", visibility);
            return query;
        }

        @Override
        List<Table.Column> columns() {
            return AssetCommands.COLUMNS;
        }

        @Override
        String nothing() {
            return "No pattern matches";
        }
    }

    /** {@code gantry patterns import}. */
    @Command(name = "import", description = "Take over a Fabric library: patterns, contexts, strategies, sessions")
    static final class ImportCommand extends GantryCommand {
        private static final long REQUEST_CHARS_MAX = 4 * 1024 * 1024;

        @Parameters(paramLabel = "DIR", description = "Folder with patterns/NAME/system.md, such as ~/.config/fabric")
        private java.nio.file.Path folder = java.nio.file.Path.of("");

        @Option(names = "--namespace", paramLabel = "NAME", description = "Where to put them (default: your own)")
        private String namespace = "";

        @Option(names = "--dry-run", description = "Show what would be imported, and send nothing")
        private boolean dryRun;

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        ImportCommand(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            FabricLibrary library = FabricLibrary.read(folder);
            library.skipped().forEach(line -> terminal().note("Left out: " + line));
            if (dryRun) {
                library.files().forEach(file -> terminal().print(file.path()));
                return ExitCode.DONE;
            }
            ApiClient client = platform().clientStarted();
            ImportReport report = new ImportReport();
            try (Spinner spinner =
                    Spinner.start(terminal(), "Importing " + library.files().size() + " files")) {
                for (List<FabricLibrary.LibraryFile> part : library.parts(REQUEST_CHARS_MAX)) {
                    report.add(client.send(ApiClient.Call.of("POST", "/api/v1/imports", request(part))));
                    spinner.say("Importing " + library.files().size() + " files, " + report.done() + " done");
                }
            }
            report.print(terminal(), json);
            return report.rejected() == 0 ? ExitCode.DONE : ExitCode.FAILED;
        }

        private JsonNode request(List<FabricLibrary.LibraryFile> part) {
            ObjectNode request = Json.object();
            Fields.put(request, "namespace", namespace);
            var files = request.putArray("files");
            part.forEach(file -> files.addObject().put("path", file.path()).put("content", file.content()));
            return request;
        }
    }
}
