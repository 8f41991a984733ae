package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry patterns import}. */
@Command(name = "import", description = "Take over a library: patterns, contexts, strategies, workflows, sessions")
final class ImportCommand extends GantryCommand {
    private static final long REQUEST_CHARS_MAX = 4 * 1024 * 1024;

    /** How a library is laid out. */
    enum Layout {
        FABRIC,
        NAMESPACES
    }

    /** What becomes of what is there already. */
    enum OnConflict {
        NEW_VERSION("new_version"),
        SKIP("skip"),
        FAIL("fail");

        private final String id;

        OnConflict(String id) {
            this.id = id;
        }

        /** Returns the word as it is written on a command line. */
        @Override
        public String toString() {
            return id.replace('_', '-');
        }
    }

    @Parameters(paramLabel = "DIR", description = "Folder with patterns/NAME/system.md, such as ~/.config/fabric")
    private Path folder = Path.of("");

    @Option(names = "--namespace", paramLabel = "NAME", description = "Where to put them (default: your own)")
    private String namespace = "";

    @Option(
            names = "--map",
            paramLabel = "FROM=TO",
            description = {
                "Put what is called FROM (* for any characters) into the namespace TO; the first that fits counts.",
                "FROM names assets, or with --layout namespaces the directories of namespaces"
            })
    private List<String> map = List.of();

    @Option(
            names = "--layout",
            paramLabel = "HOW",
            defaultValue = "fabric",
            description = "fabric, or namespaces: a directory for each namespace, as an export has it")
    private Layout layout = Layout.FABRIC;

    @Option(
            names = "--on-conflict",
            paramLabel = "WHAT",
            defaultValue = "new-version",
            description = "What becomes of an asset that is there with another text: new-version, skip, or fail, which"
                    + " writes nothing at all (default: new-version)")
    private String onConflict = "";

    @Option(names = "--dry-run", description = "Show what would become of each file, and change nothing")
    private boolean dryRun;

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    ImportCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        OnConflict choice = choice();
        List<ObjectNode> rules = rules();
        LibraryFiles library =
                layout == Layout.NAMESPACES ? LibraryFiles.readNamespaces(folder) : LibraryFiles.readFabric(folder);
        library.skipped().forEach(line -> terminal().note("Left out: " + line));
        ApiClient client = platform().clientStarted();
        List<List<LibraryFiles.LibraryFile>> parts = library.parts(REQUEST_CHARS_MAX);
        ImportReport report = new ImportReport();
        try (Spinner spinner =
                Spinner.start(terminal(), "Importing " + library.files().size() + " files")) {
            // Of several requests none may write when another one would meet a conflict.
            boolean look = dryRun || (choice == OnConflict.FAIL && parts.size() > 1);
            if (look) {
                send(client, parts, rules, choice, true, report, spinner);
            }
            if (!dryRun && report.conflicts() == 0) {
                report = look ? new ImportReport() : report;
                send(client, parts, rules, choice, false, report, spinner);
            }
        }
        report.print(terminal(), json);
        if (!json && !report.written()) {
            terminal().note("Nothing was written");
        }
        return report.rejected() + report.conflicts() == 0 ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void send(
            ApiClient client,
            List<List<LibraryFiles.LibraryFile>> parts,
            List<ObjectNode> rules,
            OnConflict choice,
            boolean dry,
            ImportReport report,
            Spinner spinner) {
        for (List<LibraryFiles.LibraryFile> part : parts) {
            report.add(client.send(ApiClient.Call.of("POST", "/api/v1/imports", request(part, rules, choice, dry))));
            spinner.say((dry ? "Looking at files, " : "Importing files, ") + report.done() + " done");
        }
    }

    private OnConflict choice() {
        for (OnConflict known : OnConflict.values()) {
            if (known.toString().equals(onConflict)) {
                return known;
            }
        }
        throw CommandFailure.usage("'" + onConflict + "' is no way to treat conflicts", "new-version, skip or fail");
    }

    private List<ObjectNode> rules() {
        List<ObjectNode> rules = new ArrayList<>();
        for (String rule : map) {
            int end = rule.indexOf('=');
            if (end <= 0 || end == rule.length() - 1) {
                throw CommandFailure.usage("'" + rule + "' maps nothing", "Write --map 'team-a=research'");
            }
            rules.add(Json.object().put("from", rule.substring(0, end)).put("to", rule.substring(end + 1)));
        }
        return rules;
    }

    private JsonNode request(
            List<LibraryFiles.LibraryFile> part, List<ObjectNode> rules, OnConflict choice, boolean dry) {
        ObjectNode request = Json.object();
        Fields.put(request, "namespace", namespace);
        request.put("layout", layout == Layout.NAMESPACES ? "namespaces" : "fabric");
        request.put("on_conflict", choice.id);
        if (!rules.isEmpty()) {
            ArrayNode list = request.putArray("map");
            rules.forEach(list::add);
        }
        if (dry) {
            request.put("dry_run", true);
        }
        ArrayNode files = request.putArray("files");
        part.forEach(file -> files.addObject().put("path", file.path()).put("content", file.content()));
        return request;
    }
}
