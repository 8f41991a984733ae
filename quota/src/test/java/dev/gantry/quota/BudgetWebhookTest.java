package dev.gantry.quota;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class BudgetWebhookTest {
    private static final String SECRET = "0123456789abcdef";
    private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
    private static final BudgetAlert ALERT = new BudgetAlert(
            UUID.fromString("01a1fddc-0ec8-7000-9b37-77a876aa61b1"),
            UUID.fromString("01a1fddb-f381-7000-96f9-e1d683a8e2bd"),
            new BudgetKey(BudgetLevel.TEAM, "red", BudgetPeriod.MONTH, BudgetUnit.MICRO_USD),
            "red",
            new BigDecimal("0.8"),
            1_000_000,
            850_000,
            Instant.parse("2026-12-01T00:00:00Z"),
            NOW);

    private record Received(String signature, String delivery, String body) {}

    private final BlockingQueue<Received> received = new ArrayBlockingQueue<>(10);
    private HttpServer server;
    private volatile int status = 204;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/alerts", exchange -> {
            received.add(new Received(
                    exchange.getRequestHeaders().getFirst("X-Gantry-Signature"),
                    exchange.getRequestHeaders().getFirst("X-Gantry-Delivery"),
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
            exchange.sendResponseHeaders(status, -1);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private BudgetWebhook webhook() {
        return new BudgetWebhook(
                new BudgetWebhookSettings(
                        "http://127.0.0.1:" + server.getAddress().getPort() + "/alerts",
                        Secret.of(SECRET),
                        Duration.ofSeconds(10)),
                Clock.fixed(NOW, ZoneOffset.UTC));
    }

    @Test
    void shouldPostTheAlertSignedWithItsTime() throws GeneralSecurityException, InterruptedException {
        try (BudgetWebhook webhook = webhook()) {
            assertThat(webhook.send(ALERT)).isNull();
        }

        Received got = Eventually.next("an alert", received);
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        String time = Long.toString(NOW.getEpochSecond());
        String expected =
                HexFormat.of().formatHex(mac.doFinal((time + "." + got.body()).getBytes(StandardCharsets.UTF_8)));
        assertThat(got.signature()).isEqualTo("t=" + time + ",v1=" + expected);
        assertThat(got.delivery()).isEqualTo(ALERT.id().toString());
        assertThat(Json.read(got.body()).path("message").asText())
                .isEqualTo("The monthly budget of team 'red' has passed 80 %: $0.85 of $1.00 are spent");
        assertThat(Json.read(got.body()).path("budget").path("spent").asLong()).isEqualTo(850_000);
    }

    @Test
    void shouldSayWhatWentWrongSoThatItIsTriedAgain() {
        status = 500;
        try (BudgetWebhook webhook = webhook()) {
            assertThat(webhook.send(ALERT)).isEqualTo("it answered 500");
            server.stop(0);
            assertThat(webhook.send(ALERT)).isNotNull();
        }
    }
}
