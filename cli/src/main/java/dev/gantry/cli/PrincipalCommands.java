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

/** {@code gantry users}, {@code gantry service-accounts} and {@code gantry teams}. */
final class PrincipalCommands {
    private static final String USERS = "/api/v1/users";
    private static final String SERVICE_ACCOUNTS = "/api/v1/service-accounts";
    private static final String TEAMS = "/api/v1/teams";

    private PrincipalCommands() {}

    static CommandLine users(Context context) {
        return CommandGroup.of(
                new CreatePrincipal(context, USERS, "email"),
                new ListPrincipals(context, USERS),
                new Deactivate(context, USERS));
    }

    static CommandLine serviceAccounts(Context context) {
        return CommandGroup.of(
                new CreatePrincipal(context, SERVICE_ACCOUNTS, "name"),
                new ListPrincipals(context, SERVICE_ACCOUNTS),
                new Deactivate(context, SERVICE_ACCOUNTS));
    }

    static CommandLine teams(Context context) {
        return CommandGroup.of(
                new CreateTeam(context),
                new ListTeams(context),
                new Members(context),
                new AddMember(context),
                new RemoveMember(context));
    }

    /** {@code create}. */
    @Command(name = "create", description = "Create one")
    static final class CreatePrincipal extends GantryCommand {
        private final String path;
        private final String nameField;

        @Parameters(paramLabel = "NAME", description = "E-mail address of a user, short name of a service account")
        private String name = "";

        @Option(names = "--display-name", paramLabel = "TEXT", description = "Name for people to read")
        private String displayName = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Team to join; repeatable")
        private List<String> teams = new ArrayList<>();

        @Option(names = "--role", paramLabel = "ROLE", description = "Role to have; repeatable")
        private List<String> roles = new ArrayList<>();

        CreatePrincipal(Context context, String path, String nameField) {
            super(context);
            this.path = path;
            this.nameField = nameField;
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put(nameField, name);
            Fields.put(request, "display_name", displayName);
            Fields.put(request, "teams", teams);
            Fields.put(request, "roles", roles);
            JsonNode created = platform().clientStarted().send(ApiClient.Call.of("POST", path, request));
            terminal().print("Created " + name + " (id " + created.path("id").asText() + ")");
            return ExitCode.DONE;
        }
    }

    /** {@code list}. */
    @Command(name = "list", description = "List them")
    static final class ListPrincipals extends ListCommand {
        private final String path;

        ListPrincipals(Context context, String path) {
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
                    Table.Column.text("id"),
                    Table.Column.text("name"),
                    Table.Column.text("email"),
                    Table.Column.text("display_name").titled("called"),
                    Table.Column.text("teams"),
                    Table.Column.text("roles"),
                    Table.Column.text("active"),
                    Table.Column.time("created_at"));
        }

        @Override
        String nothing() {
            return "There are none";
        }
    }

    /** {@code deactivate}. */
    @Command(name = "deactivate", description = "Take all access away; the audit log goes on naming it")
    static final class Deactivate extends GantryCommand {
        private final String path;

        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        Deactivate(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", path + "/" + ApiClient.encode(name), null));
            terminal().print("Deactivated " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry teams create}. */
    @Command(name = "create", description = "Create a team, and with it a namespace")
    static final class CreateTeam extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "Lower case; never changes")
        private String name = "";

        @Option(names = "--description", paramLabel = "TEXT")
        private String description = "";

        CreateTeam(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("name", name);
            Fields.put(request, "description", description);
            platform().clientStarted().send(ApiClient.Call.of("POST", TEAMS, request));
            terminal().print("Created team " + name);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry teams list}. */
    @Command(name = "list", description = "List teams")
    static final class ListTeams extends ListCommand {
        ListTeams(Context context) {
            super(context);
        }

        @Override
        String path() {
            return TEAMS;
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
            return "There are no teams";
        }
    }

    private static String members(String team) {
        return TEAMS + "/" + ApiClient.encode(team) + "/members";
    }

    /** {@code gantry teams members}. */
    @Command(name = "members", description = "List who is in a team")
    static final class Members extends ListCommand {
        @Parameters(paramLabel = "TEAM")
        private String team = "";

        Members(Context context) {
            super(context);
        }

        @Override
        String path() {
            return members(team);
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("kind"),
                    Table.Column.text("display_name").titled("called"));
        }

        @Override
        String nothing() {
            return "The team is empty";
        }
    }

    /** {@code gantry teams add}. */
    @Command(name = "add", description = "Put a user or service account into a team")
    static final class AddMember extends GantryCommand {
        @Parameters(index = "0", paramLabel = "TEAM")
        private String team = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "E-mail address or name")
        private String principal = "";

        AddMember(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String path = members(team) + "/" + ApiClient.encode(principal);
            platform().clientStarted().send(ApiClient.Call.of("PUT", path, null));
            terminal().print(principal + " is in " + team);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry teams remove}. */
    @Command(name = "remove", description = "Take a user or service account out of a team")
    static final class RemoveMember extends GantryCommand {
        @Parameters(index = "0", paramLabel = "TEAM")
        private String team = "";

        @Parameters(index = "1", paramLabel = "PRINCIPAL", description = "E-mail address or name")
        private String principal = "";

        RemoveMember(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String path = members(team) + "/" + ApiClient.encode(principal);
            platform().clientStarted().send(ApiClient.Call.of("DELETE", path, null));
            terminal().print(principal + " is not in " + team + " any more");
            return ExitCode.DONE;
        }
    }
}
