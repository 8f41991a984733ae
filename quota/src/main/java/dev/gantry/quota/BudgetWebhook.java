package dev.gantry.quota;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.util.HexFormat;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Posts alerts to the operator's address. The signature covers the time too, so that a receiver can refuse what somebody
 * recorded and sends again. Thread-safe.
 */
final class BudgetWebhook implements AutoCloseable {
    private static final String HMAC = "HmacSHA256";

    private final BudgetWebhookSettings settings;
    private final Clock clock;
    private final HttpClient client;

    BudgetWebhook(BudgetWebhookSettings settings, Clock clock) {
        this.settings = settings;
        this.clock = clock;
        this.client = HttpClient.newBuilder()
                .connectTimeout(settings.timeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** Sends an alert once; returns what went wrong, or null. */
    @Nullable
    String send(BudgetAlert alert) {
        byte[] body = Json.write(body(alert));
        String time = Long.toString(clock.instant().getEpochSecond());
        HttpRequest request = HttpRequest.newBuilder(URI.create(settings.url()))
                .timeout(settings.timeout())
                .header("Content-Type", "application/json")
                .header("User-Agent", "gantry")
                .header("X-Gantry-Event", "budget.alert")
                .header("X-Gantry-Delivery", alert.id().toString())
                .header("X-Gantry-Signature", "t=" + time + ",v1=" + signature(time, body))
                .POST(BodyPublishers.ofByteArray(body))
                .build();
        try {
            HttpResponse<Void> response = client.send(request, BodyHandlers.discarding());
            return response.statusCode() / 100 == 2 ? null : "it answered " + response.statusCode();
        } catch (IOException failure) {
            return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    private static ObjectNode body(BudgetAlert alert) {
        ObjectNode body = Json.object()
                .put("id", alert.id().toString())
                .put("type", "budget.alert")
                .put("organization", alert.organization().toString())
                .put("raised_at", alert.raisedAt().toString())
                .put("message", alert.show())
                .put("cause", alert.isRefusal() ? "refusal" : "threshold");
        body.putObject("budget")
                .put("level", alert.budget().level().id())
                .put("subject", alert.budget().subject())
                .put("name", alert.label())
                .put("period", alert.budget().period().id())
                .put("unit", alert.budget().unit().id())
                .put("limit", alert.limit())
                .put("spent", alert.spent())
                .put("threshold", alert.threshold())
                .put("resets_at", alert.windowEnd().toString());
        return body;
    }

    private String signature(String time, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(settings.secret().reveal().getBytes(StandardCharsets.UTF_8), HMAC));
            mac.update((time + ".").getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(body));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
