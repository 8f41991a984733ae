package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry users} and {@code gantry service-accounts}, which differ only in where they are kept. */
final class PrincipalCommands {
    private static final String USERS = "/api/v1/users";
    private static final String SERVICE_ACCOUNTS = "/api/v1/service-accounts";

    private PrincipalCommands() {}

    static CommandLine users(Context context) {
        CommandLine users = commands(context, USERS);
        users.addSubcommand("password", PasswordCommands.password(context));
        users.addSubcommand(new PasswordCommands.Unlock(context));
        users.addSubcommand(new PasswordCommands.RemoveFactors(context));
        users.addSubcommand(new PasswordCommands.Sessions(context));
        users.addSubcommand(new PasswordCommands.SignOut(context));
        return users;
    }

    static CommandLine serviceAccounts(Context context) {
        return commands(context, SERVICE_ACCOUNTS);
    }

    private static CommandLine commands(Context context, String path) {
        return CommandGroup.of(
                new Create(context, path),
                new ListPrincipals(context, path),
                new Show(context, path),
                new Deactivate(context, path),
                new Activate(context, path));
    }

    /** {@code create}. */
    @Command(name = "create", description = "Create one")
    static final class Create extends GantryCommand {
        private final String path;

        @Parameters(paramLabel = "NAME", description = "E-mail address of a user, short name of a service account")
        private String name = "";

        @Option(names = "--display-name", paramLabel = "TEXT", description = "Name for people to read")
        private String displayName = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Team to join; repeatable")
        private List<String> teams = new ArrayList<>();

        @Option(names = "--role", paramLabel = "ROLE", description = "Role to have; repeatable")
        private List<String> roles = new ArrayList<>();

        Create(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            ObjectNode request = Json.object().put("name", name);
            Fields.put(request, "display_name", displayName);
            JsonNode created = client.send(ApiClient.Call.of("POST", path, request));
            terminal().print("Created " + name + " (id " + created.path("id").asText() + ")");
            for (String team : teams) {
                client.send(ApiClient.Call.of("PUT", MembershipCommands.member("/api/v1/teams", team, name), null));
                terminal().print(name + " is in " + team);
            }
            for (String role : roles) {
                client.send(ApiClient.Call.of(
                        "POST",
                        RoleCommands.ASSIGNMENTS,
                        Json.object().put("role", role).put("user", name)));
                terminal().print(name + " is " + role);
            }
            return ExitCode.DONE;
        }
    }

    /** {@code list}. */
    @Command(name = "list", description = "List them")
    static final class ListPrincipals extends ListCommand {
        private final String path;

        @Option(names = "--inactive", description = "Those that were deactivated")
        private boolean inactive;

        @Option(names = "--search", paramLabel = "TEXT", description = "What the name or the display name has in it")
        private String search = "";

        ListPrincipals(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        String path() {
            return path;
        }

        @Override
        Map<String, String> query() {
            return Map.of("active", inactive ? "false" : "true", "search", search);
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("name"),
                    Table.Column.text("display_name").titled("called"),
                    Table.Column.time("created_at"),
                    Table.Column.text("id").asExtra());
        }

        @Override
        String nothing() {
            return "There are none";
        }
    }

    /** {@code show}. */
    @Command(name = "show", description = "Show one with its teams, roles and permissions")
    static final class Show extends GantryCommand {
        private static final List<String> FIELDS =
                List.of("name", "display_name", "id", "active", "teams", "groups", "roles");

        private final String path;

        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Show(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            JsonNode details =
                    platform().clientStarted().send(ApiClient.Call.get(path + "/" + ApiClient.encode(name), Map.of()));
            if (json) {
                terminal().print(details.toPrettyString());
                return ExitCode.DONE;
            }
            for (String field : FIELDS) {
                String value = Format.cell(details.path(field));
                if (!value.isEmpty()) {
                    terminal().print("%-13s %s".formatted(field.replace('_', ' '), value));
                }
            }
            details.path("permissions").forEach(permission -> terminal().print("may           " + permission.asText()));
            return ExitCode.DONE;
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

    /** {@code activate}. */
    @Command(name = "activate", description = "Give access back")
    static final class Activate extends GantryCommand {
        private final String path;

        @Parameters(paramLabel = "NAME", description = "Name or id")
        private String name = "";

        Activate(Context context, String path) {
            super(context);
            this.path = path;
        }

        @Override
        public Integer call() {
            platform()
                    .clientStarted()
                    .send(ApiClient.Call.of(
                            "PUT",
                            path + "/" + ApiClient.encode(name),
                            Json.object().put("active", true)));
            terminal().print("Activated " + name);
            return ExitCode.DONE;
        }
    }
}
