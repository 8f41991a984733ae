package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry teams} and {@code gantry groups}: both have members. */
final class MembershipCommands {
    private MembershipCommands() {}

    static CommandLine teams(Context context) {
        return commands(context, "/api/v1/teams");
    }

    static CommandLine groups(Context context) {
        return commands(context, "/api/v1/groups");
    }

    private static CommandLine commands(Context context, String path) {
        return CommandGroup.of(
                new Create(context, path),
                new ListAll(context, path),
                new Members(context, path),
                new Add(context, path),
                new Remove(context, path),
                new Delete(context, path));
    }

    /** Returns the endpoint of one membership. */
    static String member(String path, String name, String principal) {
        return members(path, name) + "/" + ApiClient.encode(principal);
    }

    private static String members(String path, String name) {
        return path + "/" + ApiClient.encode(name) + "/members";
    }

    /** {@code create}. */
    @Command(name = "create", description = "Create one; a team is also a namespace")
    static final class Create extends GantryCommand {
        private final String path;

        @Parameters(paramLabel = "NAME", description = "Lower case; never changes")
        private String name = "";

        @Option(names = "--description", paramLabel = "TEXT", description = "What it is for")
        private String description = "";

        Create(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("name", name);
            Fields.put(request, "description", description);
            platform().clientStarted().send(ApiClient.Call.of("POST", path, request));
            terminal().print("Created " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code list}. */
    @Command(name = "list", description = "List them")
    static final class ListAll extends ListCommand {
        private final String path;

        ListAll(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        String path() {
            return path;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("description"),
                    Table.Column.text("active"),
                    Table.Column.time("created_at"));
        }

        @Override
        String nothing() {
            return "There are none";
        }
    }

    /** {@code members}. */
    @Command(name = "members", description = "List who is in it")
    static final class Members extends ListCommand {
        private final String path;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Members(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        String path() {
            return members(path, name);
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("kind"),
                    Table.Column.text("display_name").titled("called"),
                    Table.Column.text("active"));
        }

        @Override
        String nothing() {
            return "Nobody is in it";
        }
    }

    /** {@code add}. */
    @Command(name = "add", description = "Put a user or service account into it")
    static final class Add extends GantryCommand {
        private final String path;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "E-mail address or name")
        private String principal = "";

        Add(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("PUT", member(path, name, principal), null));
            terminal().print(principal + " is in " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code remove}. */
    @Command(name = "remove", description = "Take a user or service account out of it")
    static final class Remove extends GantryCommand {
        private final String path;

        @Parameters(index = "0", paramLabel = "NAME")
        private String name = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "E-mail address or name")
        private String principal = "";

        Remove(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", member(path, name, principal), null));
            terminal().print(principal + " is not in " + name + " any more");
            return ExitCode.DONE;
        }
    }

    /** {@code delete}. */
    @Command(name = "delete", description = "Delete a group; deactivate a team, whose history stays")
    static final class Delete extends GantryCommand {
        private final String path;

        @Parameters(paramLabel = "NAME")
        private String name = "";

        Delete(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", path + "/" + ApiClient.encode(name), null));
            terminal().print("Deleted " + name);
            return ExitCode.DONE;
        }
    }
}
