package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry master-key}: the key that wraps all other keys, and how it is replaced. */
final class MasterKeyCommands {
    private static final String PATH = "/api/v1/platform/master-keys";

    private MasterKeyCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(new Status(context), new Rotate(context), new Retire(context));
    }

    /** What the three commands share: each shows how things stand afterwards. */
    abstract static class Showing extends GantryCommand {
        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Showing(Context context) {
            super(context);
        }

        abstract ApiClient.Call request();

        @Override
        public final Integer call() {
            JsonNode status = platform().clientStarted().send(request());
            if (json) {
                terminal().print(status.toPrettyString());
                return ExitCode.DONE;
            }
            show(status);
            advise(status.path("state").asText());
            return ExitCode.DONE;
        }

        private void show(JsonNode status) {
            List<JsonNode> keys = new ArrayList<>();
            status.path("keys").forEach(keys::add);
            new Table(List.of(
                            Table.Column.of(
                                    "MASTER KEY", false, row -> row.path("id").asText()),
                            Table.Column.of(
                                    "CURRENT", false, row -> row.path("current").asBoolean() ? "yes" : "no"),
                            Table.Column.number("data_keys").titled("wraps"),
                            Table.Column.time("created_at"),
                            Table.Column.of(
                                    "NODES",
                                    true,
                                    row -> nodes(status, row.path("id").asText()))))
                    .print(terminal(), keys);
        }

        /** Returns how many of the nodes that run have a key. */
        private static String nodes(JsonNode status, String id) {
            int have = 0;
            for (JsonNode node : status.path("nodes")) {
                for (JsonNode known : node.path("known")) {
                    have += known.asText().equals(id) ? 1 : 0;
                }
            }
            return have + " of " + status.path("nodes").size();
        }

        private void advise(String state) {
            switch (state) {
                case "spreading" ->
                    terminal().note("The new key is on its way to every node; gantry master-key status tells how far");
                case "rewrapping" -> terminal().note("Data keys are being wrapped by the new key");
                case "rewrapped" ->
                    terminal()
                            .note("Nothing is wrapped by the old key any more. Back up the new master.key, then end"
                                    + " the rotation: gantry master-key retire");
                default -> {
                    // Nothing to do.
                }
            }
        }
    }

    /** {@code gantry master-key status}. */
    @Command(name = "status", description = "Show the master keys by fingerprint, and what each wraps")
    static final class Status extends Showing {
        Status(Context context) {
            super(context);
        }

        @Override
        ApiClient.Call request() {
            return ApiClient.Call.get(PATH, Map.of());
        }
    }

    /** {@code gantry master-key rotate}. */
    @Command(name = "rotate", description = "Replace the master key while everything runs; the old one stays for now")
    static final class Rotate extends Showing {
        Rotate(Context context) {
            super(context);
        }

        @Override
        ApiClient.Call request() {
            return ApiClient.Call.of("POST", PATH + "/rotate", null);
        }
    }

    /** {@code gantry master-key retire}. */
    @Command(name = "retire", description = "Remove the old master key, when nothing is wrapped by it any more")
    static final class Retire extends Showing {
        Retire(Context context) {
            super(context);
        }

        @Override
        ApiClient.Call request() {
            return ApiClient.Call.of("POST", PATH + "/retire", null);
        }
    }
}
