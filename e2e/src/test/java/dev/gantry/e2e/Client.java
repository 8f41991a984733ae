package dev.gantry.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Json;
import dev.gantry.testing.Eventually;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A plain HTTP client of one server with one key. Thread-safe. */
record Client(URI url, @Nullable String key) {
    private static final Duration PATIENCE = Eventually.PATIENCE;
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** What came back. */
    record Answer(int status, HttpHeaders headers, String body) {
        JsonNode json() {
            return Json.read(body);
        }

        String header(String name) {
            return headers.firstValue(name).orElse("");
        }
    }

    Client withKey(@Nullable String other) {
        return new Client(url, other);
    }

    Answer get(String path) {
        return send(request(path).GET().build());
    }

    Answer delete(String path) {
        return send(request(path).DELETE().build());
    }

    Answer post(String path, String json) {
        return post(path, json.getBytes(StandardCharsets.UTF_8));
    }

    Answer post(String path, byte[] json) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofByteArray(json))
                .build());
    }

    /** Asks a model, in OpenAI's words. */
    Answer chat(String model, String text) {
        return post("/v1/chat/completions", Requests.chat(model, text, false));
    }

    /** Runs a pattern. */
    Answer execute(String pattern, String input) {
        return post("/api/v1/execute", Requests.execute(pattern, input));
    }

    HttpRequest.Builder request(String path) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(url.resolve(path)).timeout(PATIENCE);
        Optional.ofNullable(key).ifPresent(present -> builder.header("X-API-Key", present));
        return builder;
    }

    Answer send(HttpRequest request) {
        try {
            HttpResponse<String> response = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
            return new Answer(response.statusCode(), response.headers(), response.body());
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
    }

    /** Returns the audit events that a filter finds, newest first, following the pages. */
    List<JsonNode> auditEvents(String filter) {
        List<JsonNode> events = new ArrayList<>();
        String cursor = null;
        do {
            Answer page = get("/api/v1/audit/events?limit=200&" + filter
                    + (cursor == null ? "" : "&cursor=" + URLEncoder.encode(cursor, StandardCharsets.UTF_8)));
            if (page.status() != 200) {
                throw new AssertionError(page.status() + " " + page.body());
            }
            page.json().path("items").forEach(events::add);
            cursor = page.json().path("next_cursor").textValue();
        } while (cursor != null);
        return events;
    }

    /** Returns the total line of the ledger that a filter finds. */
    JsonNode usage(String filter) {
        Answer answer = get("/api/v1/usage?" + filter);
        if (answer.status() != 200) {
            throw new AssertionError(answer.status() + " " + answer.body());
        }
        return answer.json().path("total");
    }

    /** Returns the value of a metric without labels. */
    double metric(String name) {
        return get("/metrics")
                .body()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no metric " + name));
    }
}
