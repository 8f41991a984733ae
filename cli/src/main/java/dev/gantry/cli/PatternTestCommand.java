package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry patterns test}. */
@Command(name = "test", description = "Try a pattern with its tests; fails if one of them does")
final class PatternTestCommand extends GantryCommand {
    /** Models take their time, and there may be hundreds of answers. */
    private static final Duration PATIENCE = Duration.ofMinutes(60);

    private final AssetKind kind;

    @Parameters(paramLabel = "NAME", description = "The pattern, with @version or @label if not the newest is meant")
    private String name = "";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            description = "A model to try it with; several are compared side by side")
    private List<String> models = List.of();

    @Option(names = "--compare", paramLabel = "VERSION", description = "Another version to try beside it")
    private List<String> compare = List.of();

    @Option(names = "--tests", paramLabel = "FILE", description = "Set these tests (tests.yaml) first")
    private String file = "";

    @Option(names = "--json", description = "Print JSON")
    private boolean json;

    PatternTestCommand(Context context, AssetKind kind) {
        super(context);
        this.kind = kind;
    }

    @Override
    public Integer call() {
        ApiClient client = platform().clientStarted();
        if (!file.isEmpty()) {
            String content = new RunInput(context()).read(List.of(file));
            client.send(ApiClient.Call.of(
                    "PUT", kind.path(name) + "/tests", Json.object().put("content", content)));
        }
        ObjectNode body = Json.object();
        Fields.put(body, "models", models);
        Fields.put(body, "compare", compare);
        JsonNode trial;
        try (Spinner spinner = Spinner.start(terminal(), "Trying " + name)) {
            spinner.say("Trying " + name);
            trial = client.send(ApiClient.Call.of("POST", kind.path(name) + "/test-runs", body)
                    .within(PATIENCE));
        }
        if (json) {
            terminal().print(trial.toPrettyString());
        } else {
            print(trial);
        }
        return trial.path("passed").asBoolean() ? ExitCode.DONE : ExitCode.FAILED;
    }

    private void print(JsonNode trial) {
        List<Table.Column> columns = new ArrayList<>(List.of(Table.Column.text("test")));
        List<JsonNode> rows = new ArrayList<>();
        JsonNode runs = trial.path("runs");
        for (int column = 0; column < runs.size(); column++) {
            JsonNode run = runs.get(column);
            columns.add(Table.Column.text("run" + column)
                    .titled("@" + run.path("version").asText() + " "
                            + run.path("model").asText()));
        }
        for (int index = 0; index < runs.path(0).path("results").size(); index++) {
            ObjectNode row = Json.object()
                    .put(
                            "test",
                            runs.get(0).path("results").get(index).path("test").asText());
            for (int column = 0; column < runs.size(); column++) {
                JsonNode result = runs.get(column).path("results").path(index);
                row.put("run" + column, result.path("passed").asBoolean() ? "passed" : "FAILED");
            }
            rows.add(row);
        }
        new Table(columns).print(terminal(), rows);
        for (JsonNode run : runs) {
            String label =
                    "@" + run.path("version").asText() + " " + run.path("model").asText();
            for (JsonNode result : run.path("results")) {
                if (!result.path("passed").asBoolean()) {
                    terminal().print(label + ", " + result.path("test").asText() + ": " + reasons(result));
                }
            }
            terminal()
                    .note(label + ": " + run.path("passed").asText() + " passed, "
                            + run.path("failed").asText() + " failed, "
                            + run.path("cost_micro_usd").asText() + " micro-dollars");
        }
    }

    private static String reasons(JsonNode result) {
        if (result.has("error")) {
            return result.path("error").asText();
        }
        List<String> reasons = new ArrayList<>();
        for (JsonNode assertion : result.path("assertions")) {
            if (!assertion.path("passed").asBoolean()) {
                reasons.add(assertion.path("kind").asText() + ": "
                        + assertion.path("detail").asText());
            }
        }
        return String.join("; ", reasons);
    }
}
