package dev.gantry.audit;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import javax.net.ssl.SSLContext;

/**
 * Posts events to an HTTP server, one JSON object a line. {@code X-Gantry-Delivery} names the delivery, and {@code
 * X-Gantry-Signature} is {@code sha256=} and the HMAC-SHA-256 of that name, a dot and the body. Any 2xx means taken.
 */
final class WebhookSink implements AuditSink {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final URI url;
    private final Secret secret;
    private final HttpClient http;

    WebhookSink(URI url, Secret secret, SSLContext trust) {
        this.url = url;
        this.secret = secret;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(10))
                .sslContext(trust)
                .build();
    }

    @Override
    public void deliver(String delivery, List<AuditEvent> events) throws IOException {
        StringBuilder body = new StringBuilder();
        events.forEach(event -> body.append(event.toCanonicalJson()).append('\n'));
        HttpRequest request = HttpRequest.newBuilder(url)
                .timeout(TIMEOUT)
                .header("Content-Type", "application/x-ndjson")
                .header("X-Gantry-Delivery", delivery)
                .header("X-Gantry-Signature", "sha256=" + signature(delivery + "." + body))
                .POST(HttpRequest.BodyPublishers.ofString(body.toString(), StandardCharsets.UTF_8))
                .build();
        try {
            int status =
                    http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
            if (status / 100 != 2) {
                throw new IOException("it answered " + status);
            }
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", interruption);
        }
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
            return HexFormat.of().formatHex(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
