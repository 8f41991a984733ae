package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry roles}. */
final class RoleCommands {
    static final String ASSIGNMENTS = "/api/v1/role-assignments";

    private static final String ROLES = "/api/v1/roles";

    private RoleCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new ListRoles(context),
                new Create(context),
                new Delete(context),
                new ListAssignments(context),
                new Assign(context),
                new Unassign(context));
    }

    /** {@code gantry roles list}. */
    @Command(name = "list", description = "List roles: built in, of the configuration, made here")
    static final class ListRoles extends ListCommand {
        ListRoles(Context context) {
            super(context);
        }

        @Override
        String path() {
            return ROLES;
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("origin").titled("from"),
                    Table.Column.text("permissions"),
                    Table.Column.text("description"));
        }

        @Override
        String nothing() {
            return "There are no roles";
        }
    }

    /** {@code gantry roles create}. */
    @Command(name = "create", description = "Make a role")
    static final class Create extends GantryCommand {
        @Parameters(index = "0", paramLabel = "NAME")
        private String name = "";

        @Parameters(
                index = "1..*",
                arity = "1..*",
                paramLabel = "PERMISSION",
                description = "Such as patterns:execute:analysis/*")
        private List<String> permissions = new ArrayList<>();

        @Option(names = "--description", paramLabel = "TEXT", description = "What it is for")
        private String description = "";

        Create(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("name", name);
            Fields.put(request, "description", description);
            Fields.put(request, "permissions", permissions);
            platform().clientStarted().send(ApiClient.Call.of("POST", ROLES, request));
            terminal().print("Created role " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry roles delete}. */
    @Command(name = "delete", description = "Delete a role; who has it loses what it grants")
    static final class Delete extends GantryCommand {
        @Parameters(paramLabel = "NAME")
        private String name = "";

        Delete(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", ROLES + "/" + ApiClient.encode(name), null));
            terminal().print("Deleted role " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry roles assignments}. */
    @Command(name = "assignments", description = "List who has which role")
    static final class ListAssignments extends ListCommand {
        ListAssignments(Context context) {
            super(context);
        }

        @Override
        String path() {
            return ASSIGNMENTS;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("role"),
                    Table.Column.text("user"),
                    Table.Column.text("group"),
                    Table.Column.time("created_at"),
                    Table.Column.text("id"));
        }

        @Override
        String nothing() {
            return "Nobody has a role";
        }
    }

    /** {@code gantry roles assign}. */
    @Command(name = "assign", description = "Give a role to a user, a service account or a group")
    static final class Assign extends GantryCommand {
        @Parameters(index = "0", paramLabel = "ROLE")
        private String role = "";

        @Parameters(index = "1", paramLabel = "NAME", description = "User or service account; a group with --group")
        private String name = "";

        @Option(names = "--group", description = "NAME is a group")
        private boolean group;

        Assign(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("role", role).put(group ? "group" : "user", name);
            platform().clientStarted().send(ApiClient.Call.of("POST", ASSIGNMENTS, request));
            terminal().print((group ? "group " : "") + name + " is " + role);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry roles unassign}. */
    @Command(name = "unassign", description = "Take a role back")
    static final class Unassign extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Id of the assignment; gantry roles assignments shows it")
        private String id = "";

        Unassign(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform()
                    .clientStarted()
                    .send(ApiClient.Call.of("DELETE", ASSIGNMENTS + "/" + ApiClient.encode(id), null));
            terminal().print("Taken back");
            return ExitCode.DONE;
        }
    }
}
