package dev.gantry.signin;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Asks identity providers: by https but for this machine, without following redirects, and with a bound on the time and
 * the size of the whole reply. Thread-safe.
 */
final class Fetcher {
    static final int BYTES_MAX = 256 * 1024;

    private static final String DOCUMENTS =
            "application/json, application/samlmetadata+xml, application/xml;q=0.9, */*;q=0.1";
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration WHOLE = Duration.ofSeconds(5);

    private final HttpClient client = HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .build();
    private final Duration timeout;

    /** A reply of whatever status. */
    @SuppressWarnings("ArrayRecordComponent") // Read once, never compared.
    record Reply(int status, byte[] body) {}

    Fetcher() {
        this(WHOLE);
    }

    Fetcher(Duration timeout) {
        this.timeout = timeout;
    }

    /**
     * Gets a document.
     *
     * @throws GantryException {@link ErrorCode#IDENTITY_PROVIDER_UNAVAILABLE} if there is none
     */
    byte[] get(URI address, @Nullable String bearer) {
        HttpRequest.Builder request = HttpRequest.newBuilder(secure(address)).header("Accept", DOCUMENTS);
        if (bearer != null) {
            request.header("Authorization", "Bearer " + bearer);
        }
        Reply reply = send(request.GET());
        if (reply.status() != 200) {
            throw unavailable(address, "answers with status " + reply.status(), null);
        }
        return reply.body();
    }

    /** Sends a form. */
    Reply post(URI address, Map<String, String> form, @Nullable String authorization) {
        String body = form.entrySet().stream()
                .map(field -> encode(field.getKey()) + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        HttpRequest.Builder request = HttpRequest.newBuilder(secure(address))
                .header("Accept", "application/json")
                .header("Content-Type", "application/x-www-form-urlencoded");
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return send(request.POST(HttpRequest.BodyPublishers.ofString(body)));
    }

    private Reply send(HttpRequest.Builder builder) {
        HttpRequest request = builder.timeout(timeout).build();
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
        try {
            HttpResponse<byte[]> response = coming.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
            return new Reply(response.statusCode(), response.body());
        } catch (TimeoutException slow) {
            throw unavailable(request.uri(), "does not answer in time", slow);
        } catch (ExecutionException failure) {
            boolean large = String.valueOf(failure.getMessage()).contains("exceeds capacity");
            boolean expected = failure.getCause() instanceof IOException;
            throw unavailable(
                    request.uri(),
                    large ? "answers with more than can be" : expected ? "cannot be reached" : "cannot be asked",
                    failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new GantryException(ErrorCode.SHUTTING_DOWN, "The request was given up", stopping);
        } finally {
            coming.cancel(true);
        }
    }

    /** Refuses what would go over a network in the clear. */
    static URI secure(URI address) {
        if (!isSecure(address)) {
            throw unavailable(address, "is no https address", null);
        }
        return address;
    }

    /** Returns whether nobody on the way can read or change what is sent there. */
    static boolean isSecure(URI address) {
        String host = address.getHost();
        return host != null
                && address.getRawUserInfo() == null
                && ("https".equals(address.getScheme())
                        || ("http".equals(address.getScheme())
                                && (host.equals("127.0.0.1") || host.equals("localhost") || host.equals("[::1]"))));
    }

    static GantryException unavailable(URI address, String what, @Nullable Throwable cause) {
        return new GantryException(
                ErrorCode.IDENTITY_PROVIDER_UNAVAILABLE,
                "The identity provider at " + address.getScheme() + "://" + address.getHost() + " " + what,
                cause);
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
