package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code gantry login}: the user signs in at an identity provider, in any browser, and compares a code. */
@Command(name = "login")
final class LoginCommand extends GantryCommand {
    @Option(names = "--provider", paramLabel = "NAME", description = "Which identity provider, when there are several")
    private @Nullable String provider;

    LoginCommand(Context context) {
        super(context);
    }

    @Override
    public Integer call() {
        ApiClient client = platform().clientWithoutKey();
        String name = provider(client);
        JsonNode begun = client.send(
                ApiClient.Call.of("POST", "/api/v1/auth/device", Json.object().put("provider", name)));
        terminal().print("Open   " + begun.path("verification_uri").asText());
        terminal().print("Code   " + begun.path("user_code").asText());
        JsonNode session = await(client, name, begun);
        new Logins(context()).keep(client.url(), Secret.of(session.path("token").asText()));
        terminal()
                .print("Logged in as " + session.path("user").path("name").asText() + ", until "
                        + session.path("expires_at").asText() + " at the latest");
        return ExitCode.DONE;
    }

    private String provider(ApiClient client) {
        List<String> names = new ArrayList<>();
        for (JsonNode one : client.send(ApiClient.Call.get("/api/v1/auth/providers", Map.of()))
                .path("providers")) {
            if (one.path("kind").asText().equals("oidc")) {
                names.add(one.path("id").asText());
            }
        }
        if (names.isEmpty()) {
            throw new CommandFailure(
                    "The platform has no identity provider to log in with", "Set GANTRY_API_KEY to use an API key");
        }
        if (provider == null && names.size() > 1) {
            throw CommandFailure.usage(
                    "There are several identity providers", "Name one by --provider: " + String.join(", ", names));
        }
        if (provider != null && !names.contains(provider)) {
            throw CommandFailure.usage(
                    "There is no identity provider '" + provider + "'", "There are: " + String.join(", ", names));
        }
        return provider == null ? names.getFirst() : provider;
    }

    private JsonNode await(ApiClient client, String name, JsonNode begun) {
        Instant end =
                context().clock().instant().plusSeconds(begun.path("expires_in").asLong(600));
        try {
            while (context().clock().instant().isBefore(end)) {
                TimeUnit.SECONDS.sleep(begun.path("interval").asLong(5));
                JsonNode reply = client.send(ApiClient.Call.of(
                        "POST",
                        "/api/v1/auth/device/token",
                        Json.object()
                                .put("provider", name)
                                .put("device_code", begun.path("device_code").asText())));
                if (reply.has("token")) {
                    return reply;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Given up before the login was complete");
        }
        throw new CommandFailure("Nobody agreed in time", "Run gantry login again");
    }

    /** {@code gantry logout}: ends the session on the platform, and forgets it here. */
    @Command(name = "logout")
    static final class Logout extends GantryCommand {
        Logout(Context context) {
            super(context);
        }

        @Override
        public Integer call() {
            Logins logins = new Logins(context());
            ApiClient bare = platform().clientWithoutKey();
            Secret token = logins.token(bare.url()).orElse(null);
            if (token == null) {
                terminal().print("Nobody is logged in to " + bare.url());
                return ExitCode.DONE;
            }
            try {
                platform().clientWith(token).send(ApiClient.Call.of("DELETE", "/api/v1/auth/session", null));
            } catch (ApiProblem refused) {
                if (!refused.code().equals(ErrorCode.UNAUTHENTICATED.id())) {
                    throw refused;
                }
                // It has ended already.
            }
            logins.forget(bare.url());
            terminal().print("Logged out of " + bare.url());
            return ExitCode.DONE;
        }
    }
}
