package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.StringJoiner;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Speaks to the REST API: JSON both ways, problem documents as {@link ApiProblem}. Thread-safe. */
final class ApiClient {
    private static final int REPLY_BYTES_MAX = 64 * 1024 * 1024;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);

    private final HttpClient http;
    private final URI url;
    private final @Nullable Secret key;
    private final String userAgent;

    /**
     * A client of one platform.
     *
     * @param url where it listens, such as {@code http://127.0.0.1:7420}
     * @param key the caller's API key; null to call what needs none
     */
    ApiClient(URI url, @Nullable Secret key) {
        this(url, key, null);
    }

    /** The same, with the certificates it trusts; null for those that the JDK trusts. */
    ApiClient(URI url, @Nullable Secret key, @Nullable SSLContext trust) {
        this.url = url;
        this.key = key;
        this.userAgent = "gantry-cli/" + Context.version();
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        if (trust != null) {
            builder.sslContext(trust);
        }
        this.http = builder.build();
    }

    /**
     * A request that is about to be sent.
     *
     * @param path with its leading slash, each segment encoded by {@link ApiClient#encode}
     * @param query parameters; those with an empty value are left out
     * @param timeout until the reply's head has arrived
     */
    record Call(
            String method,
            String path,
            Map<String, String> query,
            @Nullable JsonNode body,
            Duration timeout) {
        private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(60);

        static Call get(String path, Map<String, String> query) {
            return new Call("GET", path, query, null, USUAL_TIMEOUT);
        }

        static Call of(String method, String path, @Nullable JsonNode body) {
            return new Call(method, path, Map.of(), body, USUAL_TIMEOUT);
        }

        Call within(Duration longer) {
            return new Call(method, path, query, body, longer);
        }
    }

    /** Encodes text as one segment of a path or as a value of a query. */
    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Encodes a name such as {@code analysis/threat-model}, whose slashes separate segments. */
    static String encodePath(String name) {
        StringJoiner path = new StringJoiner("/");
        for (String segment : name.split("/", -1)) {
            path.add(encode(segment));
        }
        return path.toString();
    }

    /** Returns the address of the platform. */
    URI url() {
        return url;
    }

    /**
     * Sends a call and returns the JSON value of the reply, or an empty object when the reply has no body.
     *
     * @throws ApiProblem if the platform refuses
     * @throws CommandFailure if it cannot be reached or its answer is not JSON
     */
    JsonNode send(Call call) {
        return reply(call, Map.of()).body();
    }

    /**
     * A reply that was read whole.
     *
     * @param etag version of what was read, for {@code If-Match}; empty when there is none
     */
    record Reply(JsonNode body, String etag) {}

    /** Like {@link #send}, with more request headers and the reply's ETag. */
    Reply reply(Call call, Map<String, String> headers) {
        HttpResponse<InputStream> response = exchange(call, "application/json", headers);
        byte[] bytes = readAll(call, response);
        if (response.statusCode() >= 400) {
            throw problem(call, response, bytes);
        }
        String etag = response.headers().firstValue("etag").orElse("");
        return new Reply(bytes.length == 0 ? Json.object() : parse(call, bytes), etag);
    }

    /**
     * Sends a call whose reply is a stream of server-sent events. The caller closes the stream, which cancels the work
     * when it is not finished.
     */
    EventStream stream(Call call) {
        HttpResponse<InputStream> response = exchange(call, "text/event-stream", Map.of());
        if (response.statusCode() >= 400) {
            throw problem(call, response, readAll(call, response));
        }
        return new EventStream(response.body());
    }

    /**
     * Sends a call whose reply is JSON objects, one a line, of any number. The caller closes the stream, which cancels the
     * work when it is not finished.
     */
    InputStream lines(Call call) {
        HttpResponse<InputStream> response = exchange(call, "application/x-ndjson", Map.of());
        if (response.statusCode() >= 400) {
            throw problem(call, response, readAll(call, response));
        }
        return response.body();
    }

    /** Returns the status and body of a GET without judging the status; for probes. */
    Probe probe(String path, Duration timeout) throws IOException, InterruptedException {
        HttpRequest request =
                HttpRequest.newBuilder(url.resolve(path)).timeout(timeout).build();
        HttpResponse<byte[]> response = http.send(request, HttpResponse.BodyHandlers.ofByteArray());
        try {
            return new Probe(response.statusCode(), Json.readObject(response.body()));
        } catch (GantryException notJson) {
            return new Probe(response.statusCode(), Json.object());
        }
    }

    /** What a probe answered. */
    record Probe(int status, ObjectNode body) {}

    private HttpResponse<InputStream> exchange(Call call, String accept, Map<String, String> headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(call))
                .timeout(call.timeout())
                .header("Accept", accept)
                .header("User-Agent", userAgent);
        headers.forEach(request::header);
        if (key != null) {
            request.header("X-API-Key", key.reveal());
        }
        if (call.method().equals("POST")) {
            request.header("Idempotency-Key", Ids.next().toString());
        }
        if (call.body() == null) {
            request.method(call.method(), HttpRequest.BodyPublishers.noBody());
        } else {
            request.header("Content-Type", "application/json");
            request.method(call.method(), HttpRequest.BodyPublishers.ofByteArray(Json.write(call.body())));
        }
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
        } catch (ConnectException refused) {
            throw new Unreachable(url);
        } catch (HttpTimeoutException late) {
            throw new CommandFailure(
                    "The platform did not answer within " + Format.duration(call.timeout()),
                    call.method() + " " + url + call.path(),
                    "gantry status tells what it waits for");
        } catch (SSLException untrusted) {
            throw new CommandFailure(
                    "No trusted connection to " + url + ": " + untrusted.getMessage(),
                    "If its certificate is of an authority of your own, name that one's PEM file by " + Trust.VARIABLE);
        } catch (IOException broken) {
            throw brokenOff(call, broken);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Cancelled");
        }
    }

    private URI uri(Call call) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        call.query().forEach((name, value) -> {
            if (!value.isEmpty()) {
                query.add(encode(name) + "=" + encode(value));
            }
        });
        String base = url.toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + call.path() + query);
    }

    private byte[] readAll(Call call, HttpResponse<InputStream> response) {
        try (InputStream body = response.body()) {
            byte[] bytes = body.readNBytes(REPLY_BYTES_MAX + 1);
            if (bytes.length > REPLY_BYTES_MAX) {
                throw new CommandFailure(
                        "The reply is larger than " + Format.bytes(REPLY_BYTES_MAX), "Ask for less with --limit");
            }
            return bytes;
        } catch (IOException broken) {
            throw brokenOff(call, broken);
        }
    }

    private JsonNode parse(Call call, byte[] bytes) {
        try {
            return Json.read(bytes);
        } catch (GantryException malformed) {
            throw new CommandFailure(
                    "What answers at " + url + " is not Gantry: the reply is not JSON",
                    call.method() + " " + call.path(),
                    "Check GANTRY_URL, and whether a proxy stands in between");
        }
    }

    private ApiProblem problem(Call call, HttpResponse<InputStream> response, byte[] bytes) {
        String where = call.method() + " " + url + call.path();
        String requestId = response.headers().firstValue("x-request-id").orElse("");
        try {
            return ApiProblem.of(response.statusCode(), Json.readObject(bytes), where, requestId);
        } catch (GantryException notJson) {
            return ApiProblem.of(response.statusCode(), Json.object(), where, requestId);
        }
    }

    private CommandFailure brokenOff(Call call, IOException cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return new CommandFailure(
                "The connection to the platform broke off: " + reason, call.method() + " " + url + call.path());
    }

    /** Nothing listens at the address. */
    static final class Unreachable extends RuntimeException {
        private final transient URI address;

        Unreachable(URI address) {
            super("Nothing answers at " + address);
            this.address = address;
        }

        CommandFailure asFailure(String advice) {
            return new CommandFailure("Nothing answers at " + address, advice);
        }
    }
}
