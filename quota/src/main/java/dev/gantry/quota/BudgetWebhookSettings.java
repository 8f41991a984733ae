package dev.gantry.quota;

import dev.gantry.config.Setting;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;

/**
 * Where alerts are sent.
 *
 * @param url takes a POST of JSON
 * @param secret signs it
 * @param timeout how long one attempt may take
 */
public record BudgetWebhookSettings(
        @Setting("Address that takes a POST of JSON for every alert; http or https")
        String url,

        @Setting(
                "Signs what is sent: header X-Gantry-Signature is t=<unix seconds>,v1=<HMAC-SHA256 of \"t.body\" in hex>")
        Secret secret,

        @Setting(value = "How long one attempt may take", defaultValue = "10s", min = 100, max = 60_000)
        Duration timeout) {
    private static final int SECRET_LENGTH_MIN = 16;

    /** Refuses addresses that are none, and secrets that can be guessed. */
    public BudgetWebhookSettings {
        if (!isAddress(url)) {
            throw new IllegalArgumentException(
                    "url must be an http or https address such as https://example.com/alerts,"
                            + " without user information");
        }
        if (secret.reveal().length() < SECRET_LENGTH_MIN) {
            throw new IllegalArgumentException("secret must have at least " + SECRET_LENGTH_MIN
                    + " characters; openssl rand -hex 32 makes a good one");
        }
    }

    private static boolean isAddress(String url) {
        try {
            URI address = new URI(url);
            return ("http".equals(address.getScheme()) || "https".equals(address.getScheme()))
                    && address.getHost() != null
                    && address.getUserInfo() == null;
        } catch (URISyntaxException malformed) {
            return false;
        }
    }
}
