package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.client.ClientException.Kind;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import dev.gantry.kernel.Text;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks to the REST API: JSON both ways, deadlines, and repetitions of what may be repeated. {@link GantryClient} is built on
 * it; whoever needs a path that has no method there yet, calls it by this. Thread-safe.
 */
public final class Transport implements AutoCloseable {
    /** Largest reply that is read whole. */
    public static final int REPLY_BYTES_MAX = 64 * 1024 * 1024;

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    private static final int REFUSAL_BYTES_MAX = 1024 * 1024;

    private static final String IDEMPOTENCY_KEY = "Idempotency-Key";

    /** Refusals after which nothing was done for sure; a provider's own limit is none of them. */
    private static final Set<String> UNDONE = Set.of("rate_limited", "overloaded", "shutting_down");

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final HttpClient http;
    private final ClientSettings settings;

    /** A transport to one platform. */
    public Transport(ClientSettings settings) {
        this.settings = settings;
        HttpClient.Builder builder =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT);
        settings.trust().ifPresent(builder::sslContext);
        this.http = builder.build();
    }

    /**
     * A request that is about to be sent.
     *
     * @param path with its leading slash, each segment encoded by {@link #encode}
     * @param query parameters; those with an empty value are left out
     * @param headers besides the usual ones
     * @param timeout for the whole reply over all tries; of streams until the reply's head has arrived
     * @param repeatable whether it does no harm to send it twice
     */
    public record Call(
            String method,
            String path,
            Map<String, String> query,
            Map<String, String> headers,
            @Nullable JsonNode body,
            Duration timeout,
            boolean repeatable) {
        private static final Duration USUAL_TIMEOUT = Duration.ofSeconds(60);

        /** Copies the maps. */
        public Call {
            query = new LinkedHashMap<>(query);
            headers = Map.copyOf(headers);
        }

        /** A question, which may be repeated. */
        public static Call get(String path, Map<String, String> query) {
            return new Call("GET", path, query, Map.of(), null, USUAL_TIMEOUT, true);
        }

        /** A call that is not repeated. */
        public static Call of(String method, String path, @Nullable JsonNode body) {
            return new Call(method, path, Map.of(), Map.of(), body, USUAL_TIMEOUT, false);
        }

        /** A call that the platform does once however often it arrives, which it knows by an {@code Idempotency-Key}. */
        public static Call once(String path, @Nullable JsonNode body) {
            return of("POST", path, body)
                    .withHeader(IDEMPOTENCY_KEY, Ids.next().toString())
                    .asRepeatable();
        }

        /** Returns the call with another deadline. */
        public Call within(Duration other) {
            return new Call(method, path, query, headers, body, other, repeatable);
        }

        /** Returns the call with one more header. */
        public Call withHeader(String name, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(name, value);
            return new Call(method, path, query, more, body, timeout, repeatable);
        }

        /** Returns the call, said to do no harm when it is sent twice. */
        public Call asRepeatable() {
            return new Call(method, path, query, headers, body, timeout, true);
        }
    }

    /**
     * A reply that was read whole.
     *
     * @param body an empty object when the reply has none
     */
    public record Reply(int status, HttpHeaders headers, JsonNode body) {
        /** Returns the version of what was read, for {@code If-Match}; empty when there is none. */
        public String etag() {
            return headers.firstValue("etag").orElse("");
        }
    }

    /** Encodes text as one segment of a path or as a value of a query. */
    public static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** Encodes a name such as {@code analysis/threat-model}, whose slashes separate segments. */
    public static String encodePath(String name) {
        StringJoiner path = new StringJoiner("/");
        for (String segment : name.split("/", -1)) {
            path.add(encode(segment));
        }
        return path.toString();
    }

    /** Returns the address of the platform. */
    public URI url() {
        return settings.url();
    }

    /**
     * Sends a call and reads its reply.
     *
     * @throws ClientException if it does not succeed; statuses from 400 on are refusals, redirects are not followed
     */
    public Reply send(Call call) {
        return repeating(call, left -> {
            HttpResponse<byte[]> response = whole(call, left);
            if (response.statusCode() >= 400) {
                throw refusal(response.statusCode(), response.headers(), response.body());
            }
            requireAnswer(call, response);
            return new Reply(response.statusCode(), response.headers(), parse(call, response.body()));
        });
    }

    /**
     * Sends a call once, and returns the reply whatever its status; its body is an empty object where it is no JSON.
     *
     * @throws ClientException if there is no reply
     */
    public Reply exchange(Call call) {
        HttpResponse<byte[]> response = whole(call, call.timeout());
        try {
            return new Reply(response.statusCode(), response.headers(), parse(call, response.body()));
        } catch (ClientException notJson) {
            return new Reply(response.statusCode(), response.headers(), Json.object());
        }
    }

    private HttpResponse<byte[]> whole(Call call, Duration left) {
        return within(
                call,
                left,
                http.sendAsync(
                        request(call, "application/json", left),
                        HttpResponse.BodyHandlers.limiting(HttpResponse.BodyHandlers.ofByteArray(), REPLY_BYTES_MAX)));
    }

    /**
     * Sends a call whose reply is a stream of server-sent events. The caller closes the stream, which cancels the work
     * when it is not finished.
     *
     * @param patience how long nothing at all may come, not even a comment; zero for any time
     * @throws ClientException as {@link #send}
     */
    public EventStream events(Call call, Duration patience) {
        return new EventStream(stream(call, "text/event-stream"), patience);
    }

    /**
     * Sends a call whose reply is of any length. The caller closes the stream, which cancels the work when it is not
     * finished.
     *
     * @param mediaType what is asked for
     * @throws ClientException as {@link #send}
     */
    public InputStream stream(Call call, String mediaType) {
        return repeating(call, left -> {
            long begun = System.nanoTime();
            HttpResponse<InputStream> response = within(
                    call,
                    left,
                    http.sendAsync(request(call, mediaType, left), HttpResponse.BodyHandlers.ofInputStream()));
            if (response.statusCode() < 400) {
                requireAnswer(call, response);
                return response.body();
            }
            throw refusal(response.statusCode(), response.headers(), rest(call, left, begun, response.body()));
        });
    }

    /** Reads why a stream was refused, in what is left of the time. */
    private byte[] rest(Call call, Duration left, long begun, InputStream body) {
        CompletableFuture<byte[]> read = new CompletableFuture<>();
        Thread.ofVirtual().name("gantry-client-refusal").start(() -> {
            try (body) {
                read.complete(body.readNBytes(REFUSAL_BYTES_MAX));
            } catch (IOException broken) {
                read.completeExceptionally(broken);
            }
        });
        try {
            return within(call, left.minusNanos(System.nanoTime() - begun), read);
        } finally {
            closeQuietly(body);
        }
    }

    private static void closeQuietly(InputStream body) {
        try {
            body.close();
        } catch (IOException already) {
            // Nobody reads it any more.
        }
    }

    /** Insists on success: what leads elsewhere is not followed, since it would take the key along. */
    private void requireAnswer(Call call, HttpResponse<?> response) {
        int status = response.statusCode();
        if (status >= 200 && status < 300) {
            return;
        }
        if (response.body() instanceof InputStream stream) {
            closeQuietly(stream);
        }
        String location = response.headers()
                .firstValue("location")
                .map(elsewhere -> " and leads to " + Text.shorten(elsewhere, 200))
                .orElse("");
        throw ClientException.of(
                Kind.NOT_GANTRY,
                "What answers at " + settings.url() + " is not Gantry: it answers " + status + location + " to "
                        + where(call) + "; look at the address",
                null);
    }

    /** One try, in the time that is left. */
    private interface Try<T> {
        T send(Duration left);
    }

    private <T> T repeating(Call call, Try<T> attempt) {
        long deadline = System.nanoTime() + call.timeout().toNanos();
        for (int tried = 1; ; tried++) {
            Duration left = Duration.ofNanos(Math.max(1, deadline - System.nanoTime()));
            try {
                return attempt.send(left);
            } catch (ClientException failed) {
                Duration pause = pause(failed, tried);
                boolean last = tried >= settings.attempts() || deadline - System.nanoTime() <= pause.toNanos();
                if (last || !mayRepeat(call, failed)) {
                    throw failed;
                }
                sleep(pause);
            }
        }
    }

    /** What was refused before anything was done may be sent again whatever it is; what may have been done, only if it says so. */
    private static boolean mayRepeat(Call call, ClientException failed) {
        return switch (failed.kind()) {
            case UNREACHABLE -> true;
            case BROKEN_OFF -> call.repeatable();
            case REFUSED -> UNDONE.contains(failed.code()) || (call.repeatable() && mayRepeatRefused(call, failed));
            case UNTRUSTED, TIMEOUT, NOT_GANTRY, INTERRUPTED -> false;
        };
    }

    private static boolean mayRepeatRefused(Call call, ClientException refused) {
        // The same call under the same key is still under way.
        boolean underWay = refused.status() == 409
                && refused.code().equals("conflict")
                && refused.retryAfter().isPresent()
                && call.headers().keySet().stream().anyMatch(IDEMPOTENCY_KEY::equalsIgnoreCase);
        return underWay || (refused.status() >= 502 && refused.status() <= 504);
    }

    private static Duration pause(ClientException failed, int tried) {
        long doubled = FIRST_PAUSE.toMillis() << Math.min(tried - 1, 10);
        long bounded = Math.min(doubled, LONGEST_PAUSE.toMillis());
        // So that those who were refused together do not come back together.
        Duration chosen = Duration.ofMillis(ThreadLocalRandom.current().nextLong(bounded / 2, bounded + 1));
        return failed.retryAfter().filter(said -> said.compareTo(chosen) > 0).orElse(chosen);
    }

    static void sleep(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException interrupted) {
            throw interrupted(interrupted);
        }
    }

    private HttpRequest request(Call call, String accept, Duration left) {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(call))
                .timeout(left)
                .header("Accept", accept)
                .header("User-Agent", settings.userAgent());
        call.headers().forEach(request::header);
        settings.key().map(Secret::reveal).ifPresent(key -> request.header("Authorization", "Bearer " + key));
        if (call.body() == null) {
            return request.method(call.method(), HttpRequest.BodyPublishers.noBody())
                    .build();
        }
        return request.header("Content-Type", "application/json")
                .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(Json.write(call.body())))
                .build();
    }

    private URI uri(Call call) {
        StringJoiner query = new StringJoiner("&", "?", "").setEmptyValue("");
        call.query().forEach((name, value) -> {
            if (!value.isEmpty()) {
                query.add(encode(name) + "=" + encode(value));
            }
        });
        String base = settings.url().toString();
        return URI.create((base.endsWith("/") ? base.substring(0, base.length() - 1) : base) + call.path() + query);
    }

    private <T> T within(Call call, Duration left, CompletableFuture<T> reply) {
        try {
            return reply.get(left.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            reply.cancel(true);
            throw late(call, late);
        } catch (InterruptedException interrupted) {
            reply.cancel(true);
            throw interrupted(interrupted);
        } catch (ExecutionException failed) {
            throw failure(call, failed.getCause() == null ? failed : failed.getCause());
        }
    }

    private ClientException failure(Call call, Throwable cause) {
        return switch (cause) {
            case ConnectException refused -> unreachable(refused);
            case java.net.http.HttpConnectTimeoutException slow -> unreachable(slow);
            case UnknownHostException unknown -> unreachable(unknown);
            case HttpTimeoutException late -> late(call, late);
            case SSLException untrusted ->
                ClientException.of(
                        Kind.UNTRUSTED,
                        "No trusted connection to " + settings.url() + ": " + untrusted.getMessage(),
                        untrusted);
            default -> brokenOff(call, cause);
        };
    }

    private ClientException unreachable(Throwable cause) {
        return ClientException.of(Kind.UNREACHABLE, "Nothing answers at " + settings.url(), cause);
    }

    private ClientException late(Call call, Throwable cause) {
        return ClientException.of(
                Kind.TIMEOUT, "No answer within " + call.timeout().toMillis() + " ms to " + where(call), cause);
    }

    private ClientException brokenOff(Call call, Throwable cause) {
        String reason = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.getMessage();
        return ClientException.of(
                Kind.BROKEN_OFF,
                "The connection to the platform broke off: " + reason + " (" + where(call) + ")",
                cause);
    }

    private static ClientException interrupted(InterruptedException cause) {
        Thread.currentThread().interrupt();
        return ClientException.of(Kind.INTERRUPTED, "Interrupted while waiting for the platform", cause);
    }

    private JsonNode parse(Call call, byte[] bytes) {
        try {
            return bytes.length == 0 ? Json.object() : Json.read(bytes);
        } catch (GantryException malformed) {
            throw ClientException.of(
                    Kind.NOT_GANTRY,
                    "What answers at " + settings.url() + " is not Gantry: the reply to " + where(call)
                            + " is not JSON",
                    malformed);
        }
    }

    private String where(Call call) {
        return call.method() + " " + call.path();
    }

    private static ClientException refusal(int status, HttpHeaders headers, byte[] bytes) {
        JsonNode document;
        try {
            document = Json.readObject(bytes);
        } catch (GantryException notJson) {
            document = Json.object();
        }
        return ClientException.refusal(
                status, document, headers.firstValue("x-request-id").orElse(""), retryAfter(headers));
    }

    /** Reads {@code Retry-After} in seconds, as Gantry sends it; the date that others may send is not looked at. */
    private static @Nullable Duration retryAfter(HttpHeaders headers) {
        String said = headers.firstValue("retry-after").orElse("");
        return said.matches("[0-9]{1,9}") ? Duration.ofSeconds(Long.parseLong(said)) : null;
    }

    /** Breaks off what is under way and closes the connections. */
    @Override
    public void close() {
        http.shutdownNow();
    }
}
