package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Logs in with a password and, where one is due, a code. Neither is shown, nor taken from the command line. */
record PasswordLogin(Terminal terminal, ApiClient client) {
    private static final Pattern ONE_TIME_CODE = Pattern.compile("[0-9]{6}");
    private static final String BROWSER = "/console/";

    /** Returns the session, with its token. */
    JsonNode logIn(String user, @Nullable String organization) {
        String password = terminal.askSecret("Password: ")
                .orElseThrow(() -> new CommandFailure(
                        "No password was given", "Type it, or write it to standard input as a line of its own"));
        ObjectNode request =
                Json.object().put("username", user).put("password", password).put("token", true);
        if (organization != null) {
            request.put("organization", organization);
        }
        JsonNode reply = send("/api/v1/auth/sessions", request);
        return reply.has("token") ? reply : second(reply);
    }

    private JsonNode second(JsonNode needed) {
        if (needed.path("enrolment_required").asBoolean(false)) {
            throw elsewhere("A second factor has to be set up first");
        }
        if (needed.path("password_change_required").asBoolean(false)) {
            throw elsewhere("Another password has to be chosen first");
        }
        List<String> methods = new ArrayList<>();
        needed.path("methods").forEach(method -> methods.add(method.asText()));
        if (!methods.contains("totp") && !methods.contains("recovery_code")) {
            throw new CommandFailure(
                    "The second factor is a passkey, which takes a browser",
                    "Make an API key at " + client.url() + BROWSER + ", and set GANTRY_API_KEY to it");
        }
        String code = terminal.askSecret("Code: ")
                .orElseThrow(() -> new CommandFailure(
                        "No code was given",
                        "Type that of your authenticator or a recovery code, or write it to standard input as the second"
                                + " line"));
        return send(
                "/api/v1/auth/sessions/mfa",
                Json.object()
                        .put("challenge", needed.path("challenge").asText())
                        .put("method", ONE_TIME_CODE.matcher(code).matches() ? "totp" : "recovery_code")
                        .put("code", code)
                        .put("token", true));
    }

    private JsonNode send(String path, ObjectNode body) {
        try {
            return client.send(ApiClient.Call.of("POST", path, body));
        } catch (ApiProblem problem) {
            if (problem.code().equals(ErrorCode.PASSWORD_CHANGE_REQUIRED.id())) {
                throw elsewhere("Another password has to be chosen first");
            }
            throw problem;
        }
    }

    private CommandFailure elsewhere(String what) {
        return new CommandFailure(what, "Sign in at " + client.url() + BROWSER + " once");
    }
}
