package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry guard}. */
final class GuardCommands {
    private GuardCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(new Scan(context));
    }

    /** {@code gantry guard scan}. */
    @Command(name = "scan", description = "Show what the guard makes of a text, and what it finds in it")
    static final class Scan extends GantryCommand {
        @Parameters(
                index = "0..*",
                paramLabel = "SOURCE",
                description = "File, http(s) address, or - for standard input, which is read when no source is given")
        private List<String> sources = new ArrayList<>();

        @Option(names = "--answer", description = "By the rules for models' answers instead of those for prompts")
        private boolean answer;

        @Option(names = "--document", description = "As text of others than the caller, such as a tool's result")
        private boolean document;

        @Option(names = "--team", paramLabel = "NAME", description = "By the rules of this team instead of your own")
        private String team = "";

        @Option(names = "--json", description = "Print the whole reply as JSON")
        private boolean json;

        Scan(Context context) {
            super(context);
        }

        /** Returns 1 when the text would be refused, so that scripts can ask. */
        @Override
        public Integer call() {
            ObjectNode request = Json.object()
                    .put("text", new RunInput(context()).read(sources))
                    .put("direction", answer ? "answer" : "prompt");
            if (document) {
                request.put("document", true);
            }
            if (!team.isEmpty()) {
                request.put("team", team);
            }
            JsonNode reply =
                    platform().clientStarted().send(ApiClient.Call.of("POST", "/api/v1/guard/inspect", request));
            boolean blocked = reply.path("blocked").asBoolean();
            if (json) {
                terminal().print(reply.toPrettyString());
            } else {
                show(reply, blocked);
            }
            return blocked ? ExitCode.FAILED : ExitCode.DONE;
        }

        private void show(JsonNode reply, boolean blocked) {
            if (!blocked) {
                terminal().print(reply.path("text").asText());
            }
            if (!reply.path("inspected").asBoolean()) {
                terminal().note("The guard is off: nothing was looked at (data_governance.pii_detection.enabled)");
            } else if (reply.path("findings").isEmpty()) {
                terminal().note("Nothing was found");
            }
            for (JsonNode finding : reply.path("findings")) {
                terminal()
                        .note(finding.path("kind").asText() + ": "
                                + finding.path("count").asInt() + " ("
                                + finding.path("action").asText() + ")");
            }
            if (blocked) {
                terminal().note(reply.path("reason").asText());
            }
        }
    }
}
