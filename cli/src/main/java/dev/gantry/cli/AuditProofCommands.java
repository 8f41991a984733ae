package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import dev.gantry.proof.AuditExportVerifier;
import dev.gantry.proof.Checkpoint;
import dev.gantry.proof.NoteKey;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The commands of {@code gantry audit} that prove something. */
final class AuditProofCommands {
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private AuditProofCommands() {}

    /** What commands over a period have in common. */
    abstract static class OverPeriod extends GantryCommand {
        @Option(
                names = "--since",
                paramLabel = "TIME",
                description = "Recorded from then on, such as 2026-11-01 or 24h")
        private String since = "";

        @Option(names = "--until", paramLabel = "TIME", description = "Recorded before, such as 2026-12-01")
        private String until = "";

        OverPeriod(Context context) {
            super(context);
        }

        final ApiClient.Call call(String path) {
            Map<String, String> query = new LinkedHashMap<>();
            query.put("from", TimeArgument.instant("--since", since, context().clock()));
            query.put("to", TimeArgument.instant("--until", until, context().clock()));
            return ApiClient.Call.get(path, query).within(PATIENCE);
        }
    }

    /** {@code gantry audit verify}. */
    @Command(
            name = "verify",
            description = "Verify that no event was altered, removed, added or moved (exit code 1 if one was)")
    static final class Verify extends OverPeriod {
        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Verify(Context context) {
            super(context);
        }

        @Override
        public Integer call() throws IOException {
            ApiClient client = platform().clientStarted();
            JsonNode report = null;
            try (Spinner spinner = Spinner.start(terminal(), "Verifying");
                    InputStream lines = client.lines(call("/api/v1/audit/verification"));
                    BufferedReader reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
                for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                    ObjectNode object = Json.readObject(line.getBytes(StandardCharsets.UTF_8));
                    JsonNode progress = object.get("progress");
                    if (progress != null) {
                        spinner.say("Verifying: "
                                + Format.count(progress.path("events").asLong()) + " events");
                    }
                    report = object.has("report") ? object.get("report") : report;
                }
            }
            if (report == null) {
                throw new CommandFailure(
                        "The verification broke off before its end", "The server's log says why; then try again");
            }
            if (json) {
                terminal().print(report.toPrettyString());
            } else {
                print(report);
            }
            return report.path("sound").asBoolean() ? ExitCode.DONE : ExitCode.FAILED;
        }

        private void print(JsonNode report) {
            boolean sound = report.path("sound").asBoolean();
            terminal()
                    .print((sound ? "Sound: " : "NOT SOUND: ")
                            + Format.count(report.path("events").asLong()) + " events in "
                            + Format.count(report.path("batches").asLong()) + " batches");
            JsonNode checkpoint = report.path("checkpoint");
            if (!checkpoint.isMissingNode()) {
                terminal()
                        .print("Signed log: "
                                + Format.count(checkpoint.path("size").asLong()) + " batches, root "
                                + checkpoint.path("root").asText() + ", "
                                + checkpoint.path("time").asText());
            }
            terminal()
                    .print("Compared with "
                            + Format.count(report.path("mirrored_checkpoints").asLong())
                            + " checkpoints outside of the database");
            if (report.path("removed_batches").asLong() > 0) {
                terminal()
                        .print("Retention removed the events of "
                                + Format.count(report.path("removed_batches").asLong()) + " batches");
            }
            if (report.path("pending_batches").asLong() > 0) {
                terminal()
                        .print("Not yet in a checkpoint: "
                                + Format.count(report.path("pending_batches").asLong()) + " batches");
            }
            for (JsonNode finding : report.path("findings")) {
                terminal()
                        .print("  " + finding.path("kind").asText() + ": "
                                + finding.path("message").asText());
            }
            long more = report.path("findings_total").asLong()
                    - report.path("findings").size();
            if (more > 0) {
                terminal().print("  and " + Format.count(more) + " more");
            }
        }
    }

    /** {@code gantry audit prove}. */
    @Command(
            name = "prove",
            description = "Give the proof that an event is in the signed log, as gantry audit verify-export reads it")
    static final class Prove extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Id of the event, which gantry audit list --json shows")
        private String id = "";

        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Write to a file")
        private @Nullable Path output;

        Prove(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String path = "/api/v1/audit/events/" + uuid() + "/proof";
            return save(this, platform().clientStarted(), ApiClient.Call.get(path, Map.of()), output);
        }

        private UUID uuid() {
            try {
                return UUID.fromString(id);
            } catch (IllegalArgumentException malformed) {
                throw CommandFailure.usage(
                        "'" + id + "' is no id of an event", "gantry audit list --json shows the ids of events");
            }
        }
    }

    /** {@code gantry audit export}. */
    @Command(name = "export", description = "Export events with proofs and public keys, to be verified anywhere")
    static final class Export extends OverPeriod {
        @Option(
                names = {"-o", "--output"},
                paramLabel = "FILE",
                description = "Write to a file")
        private @Nullable Path output;

        Export(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            return save(this, platform().clientStarted(), call("/api/v1/audit/export"), output);
        }
    }

    /** Writes what comes to a file, which appears when it is complete, or to the standard output. */
    private static int save(GantryCommand command, ApiClient client, ApiClient.Call call, @Nullable Path output) {
        if (output == null) {
            return print(command.terminal(), client, call);
        }
        Path part =
                output.toAbsolutePath().resolveSibling("." + output.getFileName() + "." + UUID.randomUUID() + ".part");
        try {
            if (Files.isDirectory(output)) {
                throw new CommandFailure(output + " is a folder", "Name a file: -o " + output.resolve("audit.ndjson"));
            }
            // Before the server is asked: what cannot be kept need not be made.
            Files.createFile(part);
            try {
                copy(command, client, call, part);
                Files.move(part, output, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException unwritable) {
            throw new CommandFailure("The file cannot be written: " + unwritable, output.toString());
        }
        command.terminal().note("Written to " + output);
        return ExitCode.DONE;
    }

    private static void copy(GantryCommand command, ApiClient client, ApiClient.Call call, Path file)
            throws IOException {
        try (InputStream lines = client.lines(call);
                OutputStream out = Files.newOutputStream(file);
                Spinner spinner = Spinner.start(command.terminal(), "Exporting")) {
            byte[] buffer = new byte[64 * 1_024];
            long total = 0;
            for (int count = read(lines, buffer); count >= 0; count = read(lines, buffer)) {
                out.write(buffer, 0, count);
                total += count;
                spinner.say("Exporting: " + Format.bytes(total));
            }
        }
    }

    private static int read(InputStream lines, byte[] buffer) {
        try {
            return lines.read(buffer);
        } catch (IOException broken) {
            throw brokeOff(broken, "No file was made; try again");
        }
    }

    private static int print(Terminal terminal, ApiClient client, ApiClient.Call call) {
        try (InputStream lines = client.lines(call);
                BufferedReader reader = new BufferedReader(new InputStreamReader(lines, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                terminal.print(line);
            }
            return ExitCode.DONE;
        } catch (IOException broken) {
            throw brokeOff(broken, "What was printed is not complete, and gantry audit verify-export says so");
        }
    }

    private static CommandFailure brokeOff(IOException broken, String then) {
        return new CommandFailure("The export broke off: " + broken.getMessage(), then, "The server's log says why");
    }

    /** {@code gantry audit verify-export}. */
    @Command(
            name = "verify-export",
            description = "Verify an export or a proof, without server or database (exit code 1 if it is not sound)")
    static final class VerifyExport extends GantryCommand {
        @Parameters(paramLabel = "FILE", description = "What gantry audit export or prove wrote")
        private Path file = Path.of("");

        @Option(
                names = "--key",
                paramLabel = "KEY",
                description = "Public key to trust, as gantry audit keys shows it; may be given again")
        private List<String> keys = List.of();

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        VerifyExport(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            List<NoteKey> trusted = new ArrayList<>();
            for (String key : keys) {
                try {
                    trusted.add(NoteKey.parse(key));
                } catch (IllegalArgumentException malformed) {
                    throw CommandFailure.usage("--key: " + malformed.getMessage(), "gantry audit keys shows keys");
                }
            }
            AuditExportVerifier.Report report;
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
                    Spinner spinner = Spinner.start(terminal(), "Verifying")) {
                report = new AuditExportVerifier(
                                trusted, events -> spinner.say("Verifying: " + Format.count(events) + " events"))
                        .verify(in);
            } catch (IOException unreadable) {
                throw new CommandFailure(file + " cannot be read: " + unreadable.getMessage());
            }
            if (json) {
                terminal().print(view(report).toPrettyString());
            } else {
                print(report);
            }
            return report.isSound() ? ExitCode.DONE : ExitCode.FAILED;
        }

        private void print(AuditExportVerifier.Report report) {
            terminal()
                    .print((report.isSound() ? "Sound: " : "NOT SOUND: ") + Format.count(report.events())
                            + " events in " + Format.count(report.batches()) + " batches"
                            + (report.organization().isEmpty() ? "" : " of organization " + report.organization()));
            Checkpoint checkpoint = report.checkpoint();
            if (checkpoint != null) {
                terminal()
                        .print("In the log " + Format.printable(checkpoint.origin()) + " of "
                                + Format.count(checkpoint.size()) + " batches, signed at " + checkpoint.time());
            }
            if (report.removedBatches() > 0) {
                terminal()
                        .print("Retention removed the events of " + Format.count(report.removedBatches()) + " batches");
            }
            report.problems().forEach(problem -> terminal().print("  " + Format.printable(problem)));
            long more = report.problemsTotal() - report.problems().size();
            if (more > 0) {
                terminal().print("  and " + Format.count(more) + " more");
            }
            if (report.keysOfTheFile() && !report.keys().isEmpty()) {
                terminal().print("The keys are those that the file itself names. Compare them, or give them by --key:");
                report.keys().forEach(key -> terminal().print("  " + key.text()));
            }
        }

        private static ObjectNode view(AuditExportVerifier.Report report) {
            ObjectNode view = Json.object()
                    .put("sound", report.isSound())
                    .put("organization", report.organization())
                    .put("events", report.events())
                    .put("batches", report.batches())
                    .put("keys_of_the_file", report.keysOfTheFile());
            ArrayNode names = view.putArray("keys");
            report.keys().forEach(key -> names.add(key.text()));
            Checkpoint checkpoint = report.checkpoint();
            if (checkpoint != null) {
                view.putObject("checkpoint")
                        .put("origin", checkpoint.origin())
                        .put("size", checkpoint.size())
                        .put("time", checkpoint.time().toString());
            }
            ArrayNode problems = view.putArray("problems");
            report.problems().forEach(problems::add);
            return view.put("problems_total", report.problemsTotal());
        }
    }

    /** {@code gantry audit keys}. */
    @Command(name = "keys", description = "Show the public keys that verify the log, and the state of the log")
    static final class Keys extends GantryCommand {
        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Keys(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode state = platform().clientStarted().send(ApiClient.Call.get("/api/v1/audit", Map.of()));
            if (json) {
                terminal().print(state.toPrettyString());
                return ExitCode.DONE;
            }
            state.path("keys").forEach(key -> terminal().print(key.asText()));
            String problem = state.path("problem").asText("");
            if (!problem.isEmpty() && !state.path("problem").isNull()) {
                terminal().note("The log has a problem: " + problem);
                return ExitCode.FAILED;
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry audit rotate-key}. */
    @Command(
            name = "rotate-key",
            description = "Make a new key that signs the log; the keys before it still verify what they signed")
    static final class RotateKey extends GantryCommand {
        RotateKey(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode done =
                    platform().clientStarted().send(ApiClient.Call.of("POST", "/api/v1/audit/key", Json.object()));
            done.path("keys").forEach(key -> terminal().print(key.asText()));
            terminal()
                    .note(
                            "The first one signs from now on. Give it to whoever verifies, and back up audit/signing.key");
            return ExitCode.DONE;
        }
    }

    /** {@code gantry audit erase}. */
    @Command(name = "erase", description = "Destroy the key under which the log names a person; cannot be undone")
    static final class Erase extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address of a user or name of a service account")
        private String name = "";

        @Option(names = "--yes", description = "Do not ask for this option")
        private boolean sure;

        Erase(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            if (!sure) {
                throw CommandFailure.usage(
                        "This destroys the name of " + name + " in the whole audit log, for ever",
                        "Say --yes if that is meant");
            }
            JsonNode done = platform()
                    .clientStarted()
                    .send(ApiClient.Call.of(
                            "POST", "/api/v1/audit/erasures", Json.object().put("name", name)));
            terminal()
                    .print("Erased; events know this person as "
                            + done.path("subject").asText());
            return ExitCode.DONE;
        }
    }
}
