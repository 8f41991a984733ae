package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry organizations}: the tenants of the installation, for whoever runs it. */
final class OrganizationCommands {
    private static final String PATH = "/api/v1/organizations";

    private OrganizationCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new Create(context),
                new ListAll(context),
                new Show(context),
                new Suspend(context),
                new Resume(context),
                new Delete(context));
    }

    private static String one(String name) {
        return PATH + "/" + ApiClient.encode(name);
    }

    /** {@code gantry organizations create}. */
    @Command(
            name = "create",
            description = "Found an organization and print the key of its first user, who may do everything in it")
    static final class Create extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Lower case; never changes")
        private String name = "";

        @Option(
                names = "--admin",
                paramLabel = "EMAIL",
                required = true,
                description = "E-mail address of the first user")
        private String administrator = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Create(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("name", name).put("administrator", administrator);
            JsonNode reply = platform().clientStarted().send(ApiClient.Call.of("POST", PATH, request));
            if (json) {
                terminal().print(reply.toPrettyString());
                return ExitCode.DONE;
            }
            terminal().print(reply.path("key").path("key").asText());
            terminal()
                    .note(terminal()
                            .styledNote(
                                    Terminal.Style.DIM,
                                    "Organization " + reply.path("name").asText() + ", key of "
                                            + reply.path("administrator")
                                                    .path("name")
                                                    .asText() + ": keep it now, it is not shown again"));
            return ExitCode.DONE;
        }
    }

    /** {@code gantry organizations list}. */
    @Command(name = "list", description = "List them, the suspended and the closed ones included")
    static final class ListAll extends ListCommand {
        ListAll(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("status"),
                    Table.Column.time("status_since").titled("since"),
                    Table.Column.time("created_at"),
                    Table.Column.text("id"));
        }

        @Override
        String nothing() {
            return "There are none";
        }
    }

    /** {@code gantry organizations show}. */
    @Command(name = "show", description = "Show one")
    static final class Show extends GantryCommand {
        private static final List<String> FIELDS = List.of("name", "id", "status", "status_since", "created_at");

        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Show(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode organization = platform().clientStarted().send(ApiClient.Call.get(one(name), Map.of()));
            if (json) {
                terminal().print(organization.toPrettyString());
                return ExitCode.DONE;
            }
            for (String field : FIELDS) {
                terminal()
                        .print("%-13s %s"
                                .formatted(
                                        field.replace('_', ' '), Format.time(Format.cell(organization.path(field)))));
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry organizations suspend}. */
    @Command(name = "suspend", description = "Stop all its keys, everywhere within a second, until it is resumed")
    static final class Suspend extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        Suspend(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("POST", one(name) + "/suspend", null));
            terminal().print("Suspended " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry organizations resume}. */
    @Command(name = "resume", description = "Let the keys of a suspended one work again")
    static final class Resume extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        Resume(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("POST", one(name) + "/resume", null));
            terminal().print("Resumed " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry organizations delete}. */
    @Command(
            name = "delete",
            description = "Close a suspended one for good: its keys are revoked, its audit log and ledger stay")
    static final class Delete extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        Delete(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", one(name), null));
            terminal().print("Closed " + name);
            return ExitCode.DONE;
        }
    }
}
