package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry keys}. A key's text is shown once, by the command that makes it, and can never be read again. */
final class KeysCommands {
    private static final String PATH = "/api/v1/keys";

    private KeysCommands() {}

    static CommandLine create(Context context) {
        return CommandGroup.of(
                new Create(context),
                new ListKeys(context),
                new Rotate(context),
                new Retire(context),
                new Revoke(context));
    }

    /** Returns the id of the key that this command presents. */
    private static String ownKey(ApiClient client) {
        return client.send(ApiClient.Call.get("/api/v1/whoami", Map.of()))
                .path("key_id")
                .asText("");
    }

    private static void showOnce(Terminal terminal, boolean json, JsonNode reply) {
        if (json) {
            terminal.print(reply.toPrettyString());
            return;
        }
        terminal.print(reply.path("key").asText());
        terminal.note(terminal.styledNote(
                Terminal.Style.DIM,
                "Key " + reply.path("prefix").asText() + " (id "
                        + reply.path("id").asText() + "): keep it now, it is not shown again"));
    }

    /** {@code gantry keys create}. */
    @Command(name = "create", description = "Make a key and print it, once")
    static final class Create extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "What to call it")
        private String name = "";

        @Option(
                names = "--for",
                paramLabel = "PRINCIPAL",
                description = "E-mail of a user or name of a service account (default: yourself)")
        private String principal = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Team that pays")
        private String team = "";

        @Option(names = "--project", paramLabel = "TAG", description = "Tag for cost allocation")
        private String project = "";

        @Option(
                names = "--permission",
                paramLabel = "PERMISSION",
                description = "Restrict the key, such as patterns:execute:analysis/*; repeatable")
        private List<String> permissions = new ArrayList<>();

        @Option(names = "--expires", paramLabel = "LENGTH", description = "Such as 90d (default: never)")
        private String expires = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Create(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object().put("name", name);
            Fields.put(request, "principal", principal);
            Fields.put(request, "team", team);
            Fields.put(request, "project", project);
            if (!permissions.isEmpty()) {
                ArrayNode array = request.putArray("permissions");
                permissions.forEach(array::add);
            }
            if (!expires.isEmpty()) {
                request.put(
                        "expires_at",
                        context()
                                .clock()
                                .instant()
                                .plus(TimeArgument.length("--expires", expires))
                                .toString());
            }
            showOnce(terminal(), json, platform().clientStarted().send(ApiClient.Call.of("POST", PATH, request)));
            return ExitCode.DONE;
        }
    }

    /** {@code gantry keys list}. */
    @Command(name = "list", description = "List keys, the newest first, without their secrets")
    static final class ListKeys extends ListCommand {
        @Option(names = "--for", paramLabel = "PRINCIPAL", description = "Keys of one user or service account")
        private String principal = "";

        @Option(names = "--team", paramLabel = "TEAM", description = "Keys that are bound to a team")
        private String team = "";

        @Option(names = "--project", paramLabel = "TAG", description = "Keys with a tag")
        private String project = "";

        @Option(
                names = "--search",
                paramLabel = "TEXT",
                description = "What the name has in it, or the prefix begins with")
        private String search = "";

        @Option(names = "--state", paramLabel = "STATE", description = "active, expired, revoked or any")
        private String state = "";

        @Option(names = "--revoked", description = "Revoked ones too")
        private boolean revoked;

        ListKeys(Context context) {
            super(context);
        }

        @Override
        String path() {
            return PATH;
        }

        @Override
        Map<String, String> query() {
            return Map.of(
                    "principal",
                    principal,
                    "team",
                    team,
                    "project",
                    project,
                    "search",
                    search,
                    "state",
                    state,
                    "revoked",
                    revoked ? "true" : "");
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("id"),
                    Table.Column.text("prefix").asExtra(),
                    Table.Column.text("name"),
                    Table.Column.text("principal").titled("for"),
                    Table.Column.text("team").asExtra(),
                    Table.Column.text("permissions"),
                    Table.Column.time("created_at").asExtra(),
                    Table.Column.time("expires_at"),
                    Table.Column.time("revoked_at"),
                    Table.Column.time("last_used_at").asExtra());
        }

        @Override
        String nothing() {
            return "There are no keys";
        }
    }

    /** {@code gantry keys rotate}. */
    @Command(
            name = "rotate",
            description = "Give a key a second secret and print it, once; the old one works on for a while")
    static final class Rotate extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Id of the key; gantry keys list shows it")
        private String id = "";

        @Option(
                names = "--overlap",
                paramLabel = "LENGTH",
                description = "How long the old secret works on, such as 24h (default: until it is retired)")
        private String overlap = "";

        @Option(names = "--json", description = "Print JSON")
        private boolean json;

        Rotate(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ObjectNode request = Json.object();
            if (!overlap.isEmpty()) {
                request.put("overlap", TimeArgument.length("--overlap", overlap).toSeconds() + "s");
            }
            Platform platform = platform();
            ApiClient client = platform.clientStarted();
            boolean own = platform.keyIsFromCredentials() && ownKey(client).equals(id);
            String path = PATH + "/" + ApiClient.encode(id) + "/rotate";
            JsonNode rotated = client.send(ApiClient.Call.of("POST", path, request));
            showOnce(terminal(), json, rotated);
            if (own) {
                Credentials.replaceKey(platform.dataDir(), rotated.path("key").asText());
                terminal().note("The credentials of the local platform hold it from now on");
            }
            return ExitCode.DONE;
        }
    }

    /** {@code gantry keys retire}. */
    @Command(name = "retire", description = "Stop the older of a key's two secrets, after a rotation")
    static final class Retire extends GantryCommand {
        @Parameters(paramLabel = "ID", description = "Id of the key")
        private String id = "";

        Retire(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            String path = PATH + "/" + ApiClient.encode(id);
            JsonNode secrets = client.send(ApiClient.Call.get(path, Map.of())).path("secrets");
            if (secrets.size() < 2) {
                throw new CommandFailure(
                        "The key has no second secret", "gantry keys revoke " + id + " stops it altogether");
            }
            String oldest = secrets.get(secrets.size() - 1).path("id").asText();
            client.send(ApiClient.Call.of("DELETE", path + "/secrets/" + ApiClient.encode(oldest), null));
            terminal().print("Retired the older secret of " + id);
            return ExitCode.DONE;
        }
    }

    /** {@code gantry keys revoke}. */
    @Command(name = "revoke", description = "Stop a key from working, everywhere within a second")
    static final class Revoke extends GantryCommand {
        @Parameters(paramLabel = "ID", arity = "1..*", description = "Ids of the keys")
        private List<String> ids = new ArrayList<>();

        @Option(names = "--force", description = "Even the key that this command itself uses")
        private boolean force;

        Revoke(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            ApiClient client = platform().clientStarted();
            if (!force) {
                refuseOwn(client);
            }
            for (String id : ids) {
                client.send(ApiClient.Call.of("DELETE", PATH + "/" + ApiClient.encode(id), null));
                terminal().print("Revoked " + id);
            }
            return ExitCode.DONE;
        }

        /** Whoever revokes the key in use locks the door and leaves the key inside. */
        private void refuseOwn(ApiClient client) {
            String own = ownKey(client);
            if (ids.contains(own)) {
                throw new CommandFailure(
                        "The key " + own + " is the one that this command uses",
                        "gantry keys rotate gives it a new secret; --force revokes it all the same");
            }
        }
    }
}
