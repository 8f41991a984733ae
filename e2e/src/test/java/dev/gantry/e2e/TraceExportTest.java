package dev.gantry.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.e2e.TraceCollector.Span;
import dev.gantry.testing.Eventually;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a collector of traces sees of requests. */
class TraceExportTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String PARENT = "00f067aa0ba902b7";
    private static final String SECRET_WORD = "xylophone";
    private static final int SERVER_KIND = 2;

    @TempDir
    private Path folder;

    @Test
    void shouldSendASpanOfEachRequestWithItsParentAndNothingOfThePrompt() throws Exception {
        Path config = Files.createDirectories(folder.resolve("config"));
        try (TraceCollector collector = new TraceCollector();
                GantryProcess server = GantryProcess.start(
                        folder.resolve("data"),
                        config,
                        Map.of(
                                "OTEL_EXPORTER_OTLP_ENDPOINT",
                                collector.endpoint(),
                                "OTEL_EXPORTER_OTLP_HEADERS",
                                "x-collector-token=a%20token"))) {
            Client client = server.client();
            String text = "The " + SECRET_WORD + " was played on Monday. Nobody listened to it on Tuesday.";
            assertThat(client.send(client.request("/v1/chat/completions")
                                    .header("traceparent", "00-" + TRACE + "-" + PARENT + "-01")
                                    .header("Content-Type", "application/json")
                                    .POST(HttpRequest.BodyPublishers.ofString(
                                            Requests.chat("offline/extract", text, false)))
                                    .build())
                            .status())
                    .isEqualTo(200);
            assertThat(client.execute("summarize", text).status()).isEqualTo(200);
            assertThat(client.chat("no-such-model", text).status()).isEqualTo(404);

            Eventually.holds("three spans have arrived", () -> collector.spans().size() == 3);

            Span chat = span(collector, "/v1/chat/completions", TRACE);
            assertThat(chat.name()).isEqualTo("POST /v1/chat/completions");
            assertThat(chat.kind()).isEqualTo(SERVER_KIND);
            assertThat(chat.parent()).isEqualTo(PARENT);
            assertThat(chat.attributes())
                    .containsEntry("gen_ai.operation.name", "chat")
                    .containsEntry("gen_ai.provider.name", "offline")
                    .containsEntry("gen_ai.request.model", "offline/extract")
                    .containsEntry("http.route", "/v1/chat/completions")
                    .hasEntrySatisfying(
                            "gen_ai.usage.input_tokens",
                            count -> assertThat((long) count).isPositive())
                    .hasEntrySatisfying(
                            "gen_ai.usage.output_tokens",
                            count -> assertThat((long) count).isPositive());
            Span run = collector.spans().stream()
                    .filter(span -> span.name().equals("POST /api/v1/execute"))
                    .findFirst()
                    .orElseThrow();
            assertThat(run.parent()).isEmpty();
            assertThat(run.attributes()).containsEntry("gantry.pattern", "builtin/summarize");
            assertThat(collector.bodies()).noneMatch(body -> body.contains(SECRET_WORD));
            assertThat(collector.tokens()).containsOnly("a token");
        }
    }

    private static Span span(TraceCollector collector, String route, String traceId) {
        return collector.spans().stream()
                .filter(span -> route.equals(span.attributes().get("http.route")))
                .filter(span -> span.traceId().equals(traceId))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No span of " + route + " among " + collector.spans()));
    }
}
