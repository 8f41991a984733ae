package dev.gantry.signin;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;

/**
 * How a program signs its user in: the user opens an address in any browser and compares a code.
 *
 * @param deviceCode what the program asks with whether that has happened
 * @param userCode what the user sees in both places
 * @param verificationUri where the user goes, with the code if the provider takes it so
 * @param expiresInSeconds how long that is possible
 * @param intervalSeconds how long the program waits between questions
 */
public record DeviceCode(
        String deviceCode, String userCode, URI verificationUri, int expiresInSeconds, int intervalSeconds) {
    static DeviceCode read(URI issuer, ObjectNode reply) {
        String device = reply.path("device_code").asText("");
        String user = reply.path("user_code").asText("");
        String whole = reply.path("verification_uri_complete").asText("");
        String uri = whole.isEmpty() ? reply.path("verification_uri").asText("") : whole;
        boolean usable = device.matches("[\\x21-\\x7e]{1,2000}") && user.matches("[A-Za-z0-9 -]{1,40}");
        if (usable) {
            try {
                return new DeviceCode(
                        device,
                        user,
                        Fetcher.secure(URI.create(uri)),
                        Math.clamp(reply.path("expires_in").asInt(600), 30, 1_800),
                        Math.clamp(reply.path("interval").asInt(5), 1, 60));
            } catch (IllegalArgumentException malformed) {
                // Refused below.
            }
        }
        throw Fetcher.unavailable(issuer, "gives no usable device code", null);
    }
}
