package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/** Logs in by an identity provider: the user opens an address in any browser and compares a code (RFC 8628). */
record DeviceLogin(Context context, ApiClient client) {
    private static final int SLOW_DOWN_SECONDS = 5;

    /** Returns the session, with its token, once the user has agreed. */
    JsonNode logIn(String provider) {
        JsonNode begun = client.send(
                ApiClient.Call.of("POST", "/api/v1/auth/device", Json.object().put("provider", provider)));
        context.terminal().note("Open   " + begun.path("verification_uri").asText());
        context.terminal().note("Code   " + begun.path("user_code").asText());
        try {
            return await(provider, begun);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Given up before the login was complete");
        }
    }

    private JsonNode await(String provider, JsonNode begun) throws InterruptedException {
        Instant end =
                context.clock().instant().plusSeconds(begun.path("expires_in").asLong(600));
        long interval = begun.path("interval").asLong(5);
        while (context.clock().instant().isBefore(end)) {
            TimeUnit.SECONDS.sleep(interval);
            JsonNode reply = ask(provider, begun.path("device_code").asText());
            if (reply.has("token")) {
                return reply;
            }
            if (reply.path("slow_down").asBoolean(false)) {
                interval += SLOW_DOWN_SECONDS;
            }
        }
        throw new CommandFailure("Nobody agreed in time", "Run gantry login again");
    }

    private JsonNode ask(String provider, String deviceCode) {
        try {
            return client.send(ApiClient.Call.of(
                    "POST",
                    "/api/v1/auth/device/token",
                    Json.object().put("provider", provider).put("device_code", deviceCode)));
        } catch (ApiProblem problem) {
            if (problem.code().equals(ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE.id())) {
                return Json.object().put("slow_down", true);
            }
            throw problem;
        }
    }
}
