package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry workflow run}. */
@Command(name = "run", description = "Start a run of a workflow; it goes on whatever happens to this command")
final class WorkflowRunCommand extends GantryCommand {
    @Parameters(paramLabel = "NAME", description = "The workflow, such as team-a/nightly or text-digest@2")
    private String name = "";

    @Option(
            names = {"-v", "--variable"},
            paramLabel = "NAME=VALUE",
            description = "An input: name=text, name:=JSON, or name=@FILE (@- for standard input)")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--watch", description = "Stay, and show the steps until the run is over")
    private boolean watch;

    @Option(names = "--json", description = "Print the accepted run as JSON")
    private boolean json;

    WorkflowRunCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        ObjectNode request = Json.object();
        ObjectNode given = request.putObject("inputs");
        inputs.forEach(input -> put(context(), given, input));
        ApiClient client = platform().clientStarted();
        JsonNode run = client.send(
                ApiClient.Call.of("POST", "/api/v1/workflows/" + ApiClient.encodePath(name) + "/runs", request));
        String id = run.path("id").asText();
        if (json) {
            terminal().print(run.toPrettyString());
        } else if (watch) {
            terminal().note("Run " + id);
        } else {
            terminal().print(id);
            terminal().note("Watch it with gantry runs watch " + id);
        }
        terminal().flush();
        return watch ? new RunTree(context()).watch(client, id) : ExitCode.DONE;
    }

    /** Adds an input as it was written: {@code name=text}, {@code name:=JSON} or {@code name=@FILE}. */
    static void put(Context context, ObjectNode given, String written) {
        int end = written.indexOf('=');
        boolean isJson = end > 0 && written.charAt(end - 1) == ':';
        String input =
                end <= 0 ? "" : written.substring(0, isJson ? end - 1 : end).strip();
        if (input.isEmpty()) {
            throw CommandFailure.usage(
                    "'" + written + "' is no input", "Write -v name=text, -v name:=3 for JSON, or -v name=@FILE");
        }
        if (given.has(input)) {
            throw CommandFailure.usage("The input '" + input + "' is given twice");
        }
        String value = written.substring(end + 1);
        if (isJson) {
            given.set(input, parse(input, value));
        } else if (value.startsWith("@")) {
            given.put(input, new RunInput(context).read(List.of(value.substring(1))));
        } else {
            given.put(input, value);
        }
    }

    private static JsonNode parse(String input, String value) {
        try {
            return Json.read(value);
        } catch (GantryException malformed) {
            throw CommandFailure.usage(
                    "The input '" + input + "' is not JSON", "name:=VALUE takes JSON; name=VALUE takes text");
        }
    }
}
