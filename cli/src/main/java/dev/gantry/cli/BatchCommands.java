package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry batches}. */
final class BatchCommands {
    private static final String PATH = "/api/v1/batches";
    private static final Duration TIMEOUT = Duration.ofMinutes(5);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private BatchCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new Submit(context),
                new ListAll(context),
                new Show(context),
                new Wait(context),
                new Results(context),
                new Cancel(context),
                new Delete(context));
    }

    private static final List<Table.Column> COLUMNS = List.of(
            Table.Column.text("id"),
            Table.Column.text("name"),
            Table.Column.text("status"),
            Table.Column.number("requests.total").titled("total"),
            Table.Column.number("requests.open").titled("open"),
            Table.Column.number("requests.succeeded").titled("succeeded"),
            Table.Column.number("requests.failed").titled("failed"),
            Table.Column.time("created_at").titled("created"));

    private static String place(String id) {
        return PATH + "/" + ApiClient.encode(id);
    }

    /** Looks every second until every request is over. */
    private static JsonNode await(GantryCommand command, ApiClient client, String id) {
        try (Spinner spinner = Spinner.start(command.terminal(), "Waiting")) {
            while (true) {
                JsonNode batch = client.send(ApiClient.Call.get(place(id), Map.of()));
                if (batch.path("status").asText().equals("finished")) {
                    return batch;
                }
                JsonNode requests = batch.path("requests");
                spinner.say("Waiting: " + Format.count(requests.path("open").asLong()) + " of "
                        + Format.count(requests.path("total").asLong()) + " requests are open");
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure(
                    "Cancelled", "The batch goes on; gantry batches show " + id + " tells how it stands");
        }
    }

    private static int tell(GantryCommand command, JsonNode batch) {
        new Table(COLUMNS).print(command.terminal(), List.of(batch));
        JsonNode requests = batch.path("requests");
        return requests.path("succeeded").asLong() == requests.path("total").asLong() ? ExitCode.DONE : ExitCode.FAILED;
    }

    /** {@code gantry batches submit}. */
    @Command(
            name = "submit",
            description =
                    "Hand in many requests at once: a file of JSON lines with custom_id, url and body, as OpenAI's "
                            + "batches have them, or a pattern and the files to run it over")
    static final class Submit extends GantryCommand {
        @Parameters(
                arity = "1..*",
                paramLabel = "FILE",
                description = "A file of JSON lines (- for standard input); with --pattern, files to run it over")
        private List<Path> files = List.of();

        @Option(names = "--pattern", paramLabel = "NAME", description = "Run this pattern over each file")
        private String pattern = "";

        @Option(
                names = {"-m", "--model"},
                paramLabel = "NAME",
                description = "Model for the pattern")
        private String model = "";

        @Option(
                names = "--endpoint",
                paramLabel = "PATH",
                defaultValue = "/v1/chat/completions",
                description = "Where lines without a url go (default: ${DEFAULT-VALUE})")
        private String endpoint = "";

        @Option(names = "--name", paramLabel = "TEXT", description = "What to call the batch")
        private String name = "";

        @Option(names = "--wait", description = "Wait until every request is over")
        private boolean wait;

        Submit(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object();
            Fields.put(request, "name", name);
            request.put("endpoint", pattern.isEmpty() ? endpoint : "/api/v1/execute");
            ArrayNode requests = request.putArray("requests");
            if (!pattern.isEmpty()) {
                files.forEach(file -> addRun(requests, file));
            } else if (files.size() == 1) {
                addLines(requests, files.getFirst());
            } else {
                throw CommandFailure.usage(
                        "Several files, and no pattern to run over them",
                        "Add --pattern NAME, or name one file of lines");
            }
            ApiClient client = platform().clientStarted();
            JsonNode batch =
                    client.send(ApiClient.Call.of("POST", PATH, request).within(TIMEOUT));
            String id = batch.path("id").asText();
            if (wait) {
                return tell(this, await(this, client, id));
            }
            terminal().print(id);
            terminal()
                    .note("Accepted: " + Format.count(requests.size()) + " requests. gantry batches wait " + id
                            + " waits for them");
            return ExitCode.DONE;
        }

        private void addRun(ArrayNode requests, Path file) {
            ObjectNode body = Json.object().put("pattern", pattern).put("input", read(file));
            Fields.put(body, "model", model);
            requests.addObject().put("custom_id", file.toString()).set("body", body);
        }

        private void addLines(ArrayNode requests, Path file) {
            String[] lines = read(file).split("\\R", -1);
            for (int index = 0; index < lines.length; index++) {
                if (lines[index].isBlank()) {
                    continue;
                }
                try {
                    requests.add(Json.readObject(lines[index].getBytes(StandardCharsets.UTF_8)));
                } catch (GantryException malformed) {
                    throw new CommandFailure(
                            "Line " + (index + 1) + " of " + file + " is no JSON object",
                            "Each line is like {\"custom_id\": \"1\", \"body\": {\"model\": …, \"messages\": […]}}");
                }
            }
        }

        private String read(Path file) {
            try {
                if (file.toString().equals("-")) {
                    return new String(terminal().in().readAllBytes(), StandardCharsets.UTF_8);
                }
                return Files.readString(file);
            } catch (NoSuchFileException absent) {
                throw new CommandFailure(
                        "There is no file " + file, "Looked from " + Path.of("").toAbsolutePath());
            } catch (CharacterCodingException binary) {
                throw new CommandFailure(file + " is not text in UTF-8");
            } catch (IOException failed) {
                throw new CommandFailure(file + " cannot be read: " + failed.getMessage());
            }
        }
    }

    /** {@code gantry batches list}. */
    @Command(name = "list", description = "List batches, the newest first")
    static final class ListAll extends ListCommand {
        @Option(names = "--everybody", description = "Those of others as well")
        private boolean everybody;

        ListAll(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        Map<String, String> query() {
            return Map.of("all", everybody ? "true" : "");
        }

        @Override
        List<Table.Column> columns() {
            return COLUMNS;
        }

        @Override
        String nothing() {
            return "There are no batches; hand one in with gantry batches submit";
        }
    }

    /** {@code gantry batches show}. */
    @Command(name = "show", description = "Tell how a batch stands")
    static final class Show extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the batch")
        private String id = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Show(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode batch = platform().clientStarted().send(ApiClient.Call.get(place(id), Map.of()));
            if (json) {
                terminal().print(batch.toPrettyString());
            } else {
                new Table(COLUMNS).print(terminal(), List.of(batch));
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry batches wait}. */
    @Command(name = "wait", description = "Wait until every request is over (exit code 1 if one did not succeed)")
    static final class Wait extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the batch")
        private String id = "";

        Wait(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return tell(this, await(this, platform().clientStarted(), id));
        }
    }

    /** {@code gantry batches results}. */
    @Command(name = "results", description = "Print the replies so far, one JSON object a line")
    static final class Results extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the batch")
        private String id = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Write them into a file")
        private @Nullable Path output;

        Results(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            try (InputStream lines = client.lines(
                    ApiClient.Call.get(place(id) + "/results", Map.of()).within(TIMEOUT))) {
                if (output != null) {
                    try (OutputStream file = Files.newOutputStream(output)) {
                        lines.transferTo(file);
                    }
                    return ExitCode.DONE;
                }
                BufferedReader reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8));
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    terminal().print(line);
                }
                return ExitCode.DONE;
            } catch (IOException broken) {
                throw new CommandFailure("The results broke off: " + broken.getMessage(), "Ask for them again");
            }
        }
    }

    /** {@code gantry batches cancel}. */
    @Command(name = "cancel", description = "Make no more requests of a batch; those under way come to their end")
    static final class Cancel extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the batch")
        private String id = "";

        Cancel(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode batch = platform().clientStarted().send(ApiClient.Call.of("POST", place(id) + "/cancel", null));
            new Table(COLUMNS).print(terminal(), List.of(batch));
            return ExitCode.DONE;
        }
    }

    /** {@code gantry batches delete}. */
    @Command(name = "delete", description = "Delete a finished batch with its results")
    static final class Delete extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Of the batch")
        private String id = "";

        Delete(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", place(id), null));
            terminal().note("Deleted");
            return ExitCode.DONE;
        }
    }
}
