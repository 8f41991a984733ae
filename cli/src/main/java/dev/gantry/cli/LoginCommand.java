package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code gantry login}: the user signs in at an identity provider, in any browser, or with a password on the terminal. The
 * session's token is kept for the commands that follow.
 */
@Command(name = "login")
final class LoginCommand extends GantryCommand {
    @Option(names = "--server", paramLabel = "URL", description = "Which platform, in the place of GANTRY_URL")
    private @Nullable String server;

    @Option(names = "--provider", paramLabel = "NAME", description = "Which identity provider, when there are several")
    private @Nullable String provider;

    @Option(
            names = "--user",
            paramLabel = "NAME",
            description =
                    "Log in with a password; it is asked for, or read from standard input, then a code if one is due")
    private @Nullable String user;

    @Option(names = "--organization", paramLabel = "NAME", description = "With a password: the user's organization")
    private @Nullable String organization;

    LoginCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        if (user != null && provider != null) {
            throw CommandFailure.usage("--user and --provider exclude each other", "Give one of them");
        }
        ApiClient client = platform(server).clientWithoutKey();
        JsonNode session;
        try {
            session = logIn(client);
        } catch (ApiProblem refused) {
            // The usual advice is to log in.
            throw refused.code().equals(ErrorCode.UNAUTHENTICATED.id())
                    ? new CommandFailure(String.valueOf(refused.getMessage()))
                    : refused;
        }
        new Logins(context()).keep(client.url(), Secret.of(session.path("token").asText()));
        terminal()
                .print("Logged in to " + client.url() + " as "
                        + session.path("user").path("name").asText() + ", until "
                        + session.path("expires_at").asText() + " at the latest");
        noteWhatElseCounts(client.url());
        return ExitCode.DONE;
    }

    private JsonNode logIn(ApiClient client) {
        if (user != null) {
            return new PasswordLogin(terminal(), client).logIn(user, organization);
        }
        List<String> names = providers(client);
        if (names.isEmpty() && provider == null) {
            String name = terminal()
                    .askLine("User: ")
                    .orElseThrow(() -> new CommandFailure(
                            "The platform has no identity provider to log in with",
                            "Give --user to log in with a password, or set GANTRY_API_KEY to use an API key"));
            return new PasswordLogin(terminal(), client).logIn(name, organization);
        }
        return new DeviceLogin(context(), client).logIn(chosen(names));
    }

    private static List<String> providers(ApiClient client) {
        List<String> names = new ArrayList<>();
        for (JsonNode one : client.send(ApiClient.Call.get("/api/v1/auth/providers", Map.of()))
                .path("providers")) {
            if (one.path("kind").asText().equals("oidc")) {
                names.add(one.path("id").asText());
            }
        }
        return names;
    }

    private String chosen(List<String> names) {
        if (provider == null && names.size() > 1) {
            throw CommandFailure.usage(
                    "There are several identity providers", "Name one by --provider: " + String.join(", ", names));
        }
        if (provider != null && !names.contains(provider)) {
            throw CommandFailure.usage(
                    "There is no identity provider '" + provider + "' for programs",
                    names.isEmpty() ? "There is none; give --user" : "There are: " + String.join(", ", names));
        }
        return provider == null ? names.getFirst() : provider;
    }

    private void noteWhatElseCounts(URI url) {
        if (context().variable("GANTRY_API_KEY").isPresent()) {
            terminal().note("GANTRY_API_KEY is set and goes before this login; unset it to use the login");
        }
        boolean isNamed = platform()
                .remote()
                .map(named -> Logins.name(named).equals(Logins.name(url)))
                .orElse(server == null);
        if (!isNamed) {
            terminal().note("Set GANTRY_URL=" + Logins.name(url) + " to have commands talk to it");
        }
    }

    /** {@code gantry logout}: ends the session on the platform, and forgets it here. */
    @Command(name = "logout")
    static final class Logout extends GantryCommand {
        @Option(names = "--server", paramLabel = "URL", description = "Which platform, in the place of GANTRY_URL")
        private @Nullable String server;

        Logout(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            Logins logins = new Logins(context());
            URI url = platform(server).clientWithoutKey().url();
            Secret token = logins.token(url).orElse(null);
            if (token == null) {
                terminal().print("Nobody is logged in to " + url);
                return ExitCode.DONE;
            }
            try {
                platform(server).clientWith(token).send(ApiClient.Call.of("DELETE", "/api/v1/auth/session", null));
            } catch (ApiProblem refused) {
                if (!refused.code().equals(ErrorCode.UNAUTHENTICATED.id())) {
                    throw refused;
                }
                // It has ended already.
            }
            logins.forget(url);
            terminal().print("Logged out of " + url);
            return ExitCode.DONE;
        }
    }
}
