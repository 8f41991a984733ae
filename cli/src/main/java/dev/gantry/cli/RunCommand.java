package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.client.EventStream;
import dev.gantry.kernel.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry run}: the main job, a pattern over a text. */
@Command(name = "run", sortOptions = false)
final class RunCommand extends GantryCommand {
    private static final Duration PATIENCE = Duration.ofMinutes(30);

    @Parameters(index = "0", paramLabel = "PATTERN", description = "Such as summarize; gantry patterns list shows all")
    private String pattern = "";

    @Parameters(
            index = "1..*",
            paramLabel = "SOURCE",
            description = "File, http(s) address, or - for standard input, which is read when no source is given")
    private List<String> sources = new ArrayList<>();

    @Option(
            names = {"-v", "--variable"},
            paramLabel = "NAME=VALUE",
            description = "Variable of the pattern; also written #NAME:VALUE")
    private List<String> variables = new ArrayList<>();

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "Model instead of the pattern's own")
    private @Nullable String model;

    @Option(
            names = {"-s", "--stream"},
            description = "Print the answer as it comes")
    private boolean stream;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "Write the answer to a file, whole or not at all")
    private @Nullable Path output;

    @Option(
            names = {"-C", "--context"},
            paramLabel = "NAME",
            description = "Context to give along")
    private @Nullable String contextName;

    @Option(names = "--strategy", paramLabel = "NAME", description = "Strategy to follow")
    private @Nullable String strategy;

    @Option(names = "--session", paramLabel = "NAME", description = "Conversation to continue or begin")
    private @Nullable String session;

    @Option(
            names = {"-g", "--language"},
            paramLabel = "LANGUAGE",
            description = "Language to answer in, such as de or German")
    private @Nullable String language;

    @Option(
            names = {"-t", "--temperature"},
            paramLabel = "NUMBER",
            description = "Sampling temperature")
    private @Nullable Double temperature;

    @Option(names = "--dry-run", description = "Show what would be sent, what it would cost and which policy applies")
    private boolean dryRun;

    @Option(names = "--json", description = "Print the whole reply as JSON; with --stream, one event a line")
    private boolean json;

    RunCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        if (output != null) {
            AtomicFile.requireWritable(output);
        }
        ObjectNode request = Json.object().put("pattern", pattern);
        request.put("input", new RunInput(context()).read(sources));
        addOptions(request);
        ApiClient client = platform().clientStarted();
        RunOutput result = new RunOutput(terminal(), output, json);
        if (dryRun) {
            result.printDryRun(execute(client, request.put("dry_run", true), "Assembling"));
        } else if (stream) {
            request.put("stream", true);
            try (EventStream events = client.stream(call(request))) {
                result.follow(events);
            } catch (java.io.IOException broken) {
                throw new CommandFailure("The answer broke off: " + broken.getMessage());
            }
        } else {
            result.print(execute(client, request, "Running " + pattern));
        }
        return ExitCode.DONE;
    }

    private JsonNode execute(ApiClient client, ObjectNode request, String waiting) {
        try (Spinner spinner = Spinner.start(terminal(), waiting)) {
            JsonNode reply = client.send(call(request));
            spinner.say("Done");
            return reply;
        }
    }

    private static ApiClient.Call call(ObjectNode request) {
        return ApiClient.Call.of("POST", "/api/v1/execute", request).within(PATIENCE);
    }

    private void addOptions(ObjectNode request) {
        putIfGiven(request, "model", model);
        putIfGiven(request, "context", contextName);
        putIfGiven(request, "strategy", strategy);
        putIfGiven(request, "session", session);
        putIfGiven(request, "language", language);
        if (temperature != null) {
            request.put("temperature", temperature);
        }
        Map<String, String> values = variables(variables);
        if (!values.isEmpty()) {
            ObjectNode object = request.putObject("variables");
            values.forEach(object::put);
        }
    }

    private static void putIfGiven(ObjectNode request, String field, @Nullable String value) {
        if (value != null) {
            request.put(field, value);
        }
    }

    /** Reads {@code name=value} and Fabric's {@code #name:value}. */
    static Map<String, String> variables(List<String> written) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String text : written) {
            boolean fabric = text.startsWith("#");
            int end = text.indexOf(fabric ? ':' : '=');
            String name = end < 0 ? "" : text.substring(fabric ? 1 : 0, end).strip();
            if (name.isEmpty()) {
                throw CommandFailure.usage("'" + text + "' is no variable", "Write -v name=value or -v '#name:value'");
            }
            if (values.put(name, text.substring(end + 1)) != null) {
                throw CommandFailure.usage("The variable '" + name + "' is given twice");
            }
        }
        return values;
    }
}
