package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code gantry users password}, and what else an administrator does when somebody cannot sign in. */
final class PasswordCommands {
    private PasswordCommands() {}

    static CommandLine password(Context context) {
        return CommandGroup.of(new SetPassword(context), new Reset(context), new Remove(context));
    }

    private static String user(String name, String rest) {
        return "/api/v1/users/" + ApiClient.encode(name) + rest;
    }

    /** {@code set}. */
    @Command(name = "set", description = "Set a password, read from standard input, never from the command line")
    static final class SetPassword extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address or id")
        private String name = "";

        @Option(names = "--keep", description = "It need not be changed at the next sign-in")
        private boolean keep;

        SetPassword(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            String password =
                    terminal().askSecret("Password for " + name + ": ").orElse("");
            ObjectNode request = Json.object().put("password", password).put("must_change", !keep);
            platform().clientStarted().send(ApiClient.Call.of("PUT", user(name, "/password"), request));
            terminal().print("The password of " + name + " is set" + (keep ? "" : "; it has to be changed at sign-in"));
            return ExitCode.DONE;
        }
    }

    /** {@code reset}. */
    @Command(name = "reset", description = "Make a token with which somebody chooses a password, once")
    static final class Reset extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address or id")
        private String name = "";

        Reset(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            JsonNode reset =
                    platform().clientStarted().send(ApiClient.Call.of("POST", user(name, "/password/reset"), null));
            terminal().print(reset.path("token").asText());
            terminal()
                    .note("Hand it to " + name + " by a way that only they can read; it is good until "
                            + reset.path("expires_at").asText());
            return ExitCode.DONE;
        }
    }

    /** {@code remove}. */
    @Command(name = "remove", description = "Take a password away; every session of it ends")
    static final class Remove extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address or id")
        private String name = "";

        Remove(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", user(name, "/password"), null));
            terminal().print(name + " has no password any more");
            return ExitCode.DONE;
        }
    }

    /** {@code unlock}. */
    @Command(name = "unlock", description = "End the lock of an account after wrong attempts")
    static final class Unlock extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address or id")
        private String name = "";

        Unlock(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", user(name, "/lockout"), null));
            terminal().print(name + " may try again");
            return ExitCode.DONE;
        }
    }

    /** {@code remove-factors}. */
    @Command(name = "remove-factors", description = "Take all second factors away from somebody who lost them")
    static final class RemoveFactors extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address or id")
        private String name = "";

        RemoveFactors(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            platform().clientStarted().send(ApiClient.Call.of("DELETE", user(name, "/factors"), null));
            terminal().print(name + " has no second factor any more");
            return ExitCode.DONE;
        }
    }

    /** {@code sessions}. */
    @Command(name = "sessions", description = "List where somebody is signed in")
    static final class Sessions extends ListCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address, name of a service account, or id")
        private String name = "";

        Sessions(Context context) {
            super(context);
        }

        @Override
        String path() {
            return user(name, "/sessions");
        }

        @Override
        boolean paged() {
            return false;
        }

        @Override
        List<Table.Column> columns() {
            return List.of(
                    Table.Column.text("provider").titled("by"),
                    Table.Column.text("address").titled("from"),
                    Table.Column.time("created_at").titled("since"),
                    Table.Column.time("seen_at").titled("last used"),
                    Table.Column.text("user_agent").titled("with"),
                    Table.Column.text("id").asExtra());
        }

        @Override
        String nothing() {
            return name + " is not signed in anywhere";
        }
    }

    /** {@code sign-out}. */
    @Command(name = "sign-out", description = "End every session of somebody, on every node within a second")
    static final class SignOut extends GantryCommand {
        @Parameters(paramLabel = "NAME", description = "E-mail address, name of a service account, or id")
        private String name = "";

        SignOut(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            int ended = platform()
                    .clientStarted()
                    .send(ApiClient.Call.of("DELETE", user(name, "/sessions"), null))
                    .path("ended")
                    .asInt();
            terminal()
                    .print(
                            ended == 0
                                    ? name + " was not signed in anywhere"
                                    : "Ended " + ended + (ended == 1 ? " session" : " sessions") + " of " + name);
            if (ended > 0) {
                terminal().note("Their keys and password go on; gantry users deactivate stops these too");
            }
            return ExitCode.DONE;
        }
    }
}
