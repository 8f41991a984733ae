package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry workflow}: what workflows there are, and what is wrong with one. */
final class WorkflowCommands {
    private static final AssetKind KIND = new AssetKind("workflow", "/api/v1/workflows");

    private WorkflowCommands() {}

    static CommandLine create(Context context) {
        List<Object> commands = new ArrayList<>(List.of(
                new WorkflowRunCommand(context),
                new AssetCommands.ListAssets(context, KIND),
                new AssetCommands.Show(context, KIND),
                new Validate(context),
                new Publish(context),
                new ImportCommand(context),
                new AssetCommands.Edit(context, KIND),
                new AssetCommands.Versions(context, KIND),
                new AssetCommands.Delete(context, KIND),
                new RegistryCommands.Share(context, KIND)));
        commands.addAll(RegistryCommands.of(context, KIND));
        return CommandGroup.of(commands.toArray());
    }

    /** {@code gantry workflow validate}. */
    @Command(
            name = "validate",
            description = "Say everything that is wrong with a workflow's file, line by line; needs no platform")
    static final class Validate extends GantryCommand {
        @Parameters(paramLabel = "FILE", description = "The workflow; - for standard input")
        private String file = "";

        @Option(
                names = "--config",
                paramLabel = "DIR",
                description = "Configuration whose tools the workflow may use (GANTRY_CONFIG; default: ./config or"
                        + " DATA_DIR/config, if there is one)")
        private @Nullable Path config;

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Validate(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<String> arguments = new ArrayList<>(List.of("workflow", "validate", file));
            if (json) {
                arguments.add("--json");
            }
            Path folder = config == null ? platform().defaultConfig() : config.toAbsolutePath();
            if (folder != null) {
                arguments.addAll(List.of("--config", folder.toString()));
            }
            terminal().flush();
            return platform().server().runInForeground(arguments);
        }
    }

    /** {@code gantry workflow publish}. */
    @Command(name = "publish", description = "Store a workflow, or add a version to it")
    static final class Publish extends AssetCommands.WriteCommand {
        @Parameters(
                index = "0",
                paramLabel = "NAME",
                description = "Such as team-a/nightly; without a namespace, your own")
        private String name = "";

        @Parameters(index = "1", paramLabel = "FILE", description = "The workflow; - for standard input")
        private String file = "";

        @Option(names = "--new", description = "Only if there is none of that name")
        private boolean onlyNew;

        Publish(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String content = new RunInput(context()).read(List.of(file));
            put(platform().clientStarted(), KIND, name, content, onlyNew ? Map.of("If-None-Match", "*") : Map.of());
            return ExitCode.DONE;
        }
    }

    /** {@code gantry workflow import}. */
    @Command(
            name = "import",
            description = "Take over workflows of Gorgon (YAML, older JSON) and stitches of Fabric, with a report")
    static final class ImportCommand extends GantryCommand {
        @Parameters(paramLabel = "FILE", arity = "1..*", description = "Files to take over")
        private List<Path> files = List.of();

        @Option(names = "--namespace", paramLabel = "NAME", description = "Where to put them (default: your own)")
        private String namespace = "";

        @Option(names = "--dry-run", description = "Print what they would become, and store nothing")
        private boolean dryRun;

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        ImportCommand(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            ArrayNode all = Json.mapper().createArrayNode();
            boolean complete = true;
            for (Path file : files) {
                JsonNode reply = send(client, file);
                boolean valid = reply.path("valid").asBoolean(false);
                complete &= valid;
                if (json) {
                    all.add(reply);
                } else {
                    print(file, reply, valid);
                }
            }
            if (json) {
                terminal().print(all.toPrettyString());
            }
            return complete ? ExitCode.DONE : ExitCode.FAILED;
        }

        /** One file that is none does not keep the others out. */
        private JsonNode send(ApiClient client, Path file) {
            ObjectNode request = Json.object()
                    .put("content", new RunInput(context()).read(List.of(file.toString())))
                    .put("file", String.valueOf(file.getFileName()))
                    .put("dry_run", dryRun);
            Fields.put(request, "namespace", namespace);
            try {
                return client.send(ApiClient.Call.of("POST", "/api/v1/workflow-imports", request));
            } catch (CommandFailure refused) {
                ObjectNode failure = Json.object().put("valid", false).put("file", file.toString());
                failure.putArray("findings").addObject().put("message", refused.getMessage());
                return failure;
            }
        }

        private void print(Path file, JsonNode reply, boolean valid) {
            String what = reply.path("format").asText("");
            String result = !valid
                    ? "not imported"
                    : dryRun ? "would be " + reply.path("name").asText() : outcome(reply);
            terminal().note(file + (what.isEmpty() ? "" : " (" + what + ")") + ": " + result);
            for (JsonNode note : reply.path("notes")) {
                terminal()
                        .note((note.path("lost").asBoolean() ? "  lost     " : "  changed  ")
                                + note.path("path").asText() + ": "
                                + note.path("message").asText());
            }
            for (JsonNode finding : reply.path("findings")) {
                String path = finding.path("path").asText("");
                terminal()
                        .note("  problem  " + (path.isEmpty() ? "" : path + ": ")
                                + finding.path("message").asText());
            }
            if (dryRun && valid) {
                terminal().out().print(reply.path("content").asText());
            }
        }

        private static String outcome(JsonNode reply) {
            return reply.path("outcome").asText() + " " + reply.path("name").asText() + " version "
                    + reply.path("version").asText();
        }
    }
}
