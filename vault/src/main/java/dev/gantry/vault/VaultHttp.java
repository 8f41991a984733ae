package dev.gantry.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.config.UnavailableSecretException;
import dev.gantry.kernel.AuthorityFile;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Speaks Vault's HTTP API, <a href="https://developer.hashicorp.com/vault/api-docs">as it is published</a>: every request
 * has a deadline for its whole answer, and is tried again a few times when Vault is away. Thread-safe.
 */
final class VaultHttp implements AutoCloseable {
    private static final int BYTES_MAX = 1 << 20;
    private static final int TEMPORARY_REDIRECT = 307;

    private final SecretManagementSettings settings;
    private final URI address;
    private final List<Duration> pauses;
    private final HttpClient client;

    /**
     * A client of one Vault.
     *
     * @param pauses before each further attempt; a random half is added
     */
    VaultHttp(SecretManagementSettings settings, List<Duration> pauses) throws UnavailableSecretException {
        this.settings = settings;
        this.pauses = List.copyOf(pauses);
        this.address = settings.address().orElseThrow();
        HttpClient.Builder builder = HttpClient.newBuilder()
                .followRedirects(HttpClient.Redirect.NEVER)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(settings.timeout());
        if (settings.caFile().isPresent()) {
            builder.sslContext(trusting(settings.caFile().get()));
        }
        this.client = builder.build();
    }

    private static SSLContext trusting(Path file) throws UnavailableSecretException {
        try {
            return AuthorityFile.context(file);
        } catch (IOException unusable) {
            throw new UnavailableSecretException("ca_file cannot be used: " + unusable.getMessage());
        }
    }

    /**
     * A request.
     *
     * @param path after {@code /v1/}
     * @param body null for none
     * @param token null before one has signed in
     */
    record Call(
            String method,
            String path,
            @Nullable ObjectNode body,
            @Nullable String token) {
        static Call get(String path, String token) {
            return new Call("GET", path, null, token);
        }

        static Call post(String path, @Nullable ObjectNode body, @Nullable String token) {
            return new Call("POST", path, body, token);
        }

        /** What must not come back in an error. */
        private boolean isRevealedBy(String text) {
            if (token != null && text.contains(token)) {
                return true;
            }
            if (body != null) {
                for (JsonNode value : body) {
                    if (value.isTextual() && value.textValue().length() >= 8 && text.contains(value.textValue())) {
                        return true;
                    }
                }
            }
            return false;
        }
    }

    /**
     * Asks Vault, and again after each pause while it is away.
     *
     * @return the answer's JSON; a missing node when it has no body
     * @throws VaultException if Vault is away, or refuses
     */
    JsonNode ask(Call call) throws VaultException {
        for (Duration pause : pauses) {
            try {
                return askOnce(call);
            } catch (VaultException failure) {
                if (!failure.isAway()) {
                    throw failure;
                }
                pause(pause, failure);
            }
        }
        return askOnce(call);
    }

    private static void pause(Duration pause, VaultException failure) throws VaultException {
        try {
            Thread.sleep(pause.toMillis() + ThreadLocalRandom.current().nextLong(pause.toMillis() / 2 + 1));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw failure;
        }
    }

    /** Asks Vault once. */
    JsonNode askOnce(Call call) throws VaultException {
        HttpResponse<byte[]> response = send(address.resolve("/v1/" + encoded(call.path())), call);
        if (response.statusCode() == TEMPORARY_REDIRECT) {
            response = send(redirected(response), call);
        }
        int status = response.statusCode();
        JsonNode answer = json(response.body());
        if (status == 200 || status == 204) {
            return answer;
        }
        throw new VaultException(status, words(status, answer, call));
    }

    /** A node of a cluster may send to the one that leads; never from https to less, nor from this machine in the clear. */
    private URI redirected(HttpResponse<byte[]> response) throws VaultException {
        try {
            URI to = address.resolve(response.headers().firstValue("Location").orElse(""));
            if (SecretManagementSettings.isSafe(to)
                    && String.valueOf(to.getScheme()).equals(address.getScheme())) {
                return to;
            }
        } catch (IllegalArgumentException malformed) {
            // Refused below.
        }
        throw new VaultException(TEMPORARY_REDIRECT, "Vault sends on to an address that cannot be used");
    }

    private HttpResponse<byte[]> send(URI uri, Call call) throws VaultException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(settings.timeout())
                .header("X-Vault-Request", "true")
                .header("Accept", "application/json");
        if (call.token() != null) {
            request.header("X-Vault-Token", call.token());
        }
        settings.namespace().ifPresent(namespace -> request.header("X-Vault-Namespace", namespace));
        if (call.body() != null) {
            request.header("Content-Type", "application/json")
                    .method(call.method(), HttpRequest.BodyPublishers.ofByteArray(Json.write(call.body())));
        } else {
            request.method(call.method(), HttpRequest.BodyPublishers.noBody());
        }
        CompletableFuture<HttpResponse<byte[]>> coming =
                client.sendAsync(request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), BYTES_MAX));
        try {
            return coming.get(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException slow) {
            throw away("did not answer within " + settings.timeout().toMillis() + " ms");
        } catch (ExecutionException failure) {
            throw away(reason(failure.getCause() == null ? failure : failure.getCause()));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw away("was not waited for");
        } finally {
            coming.cancel(true);
        }
    }

    private static String reason(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SSLException) {
                return "cannot be trusted (" + cause.getMessage()
                        + "); set ca_file to the authority of its certificate";
            }
            if (cause instanceof HttpTimeoutException) {
                return "did not answer in time";
            }
            if (cause instanceof UnresolvedAddressException) {
                return "has no address: its name is not known here";
            }
        }
        return failure instanceof ConnectException
                ? "cannot be reached: nothing answers at its address"
                : "cannot be reached: "
                        + (failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage());
    }

    private VaultException away(String what) {
        return new VaultException(0, "Vault at " + address + " " + what);
    }

    private static JsonNode json(byte[] body) throws VaultException {
        if (body.length == 0) {
            return MissingNode.getInstance();
        }
        try {
            return Json.read(body);
        } catch (GantryException malformed) {
            return MissingNode.getInstance();
        }
    }

    /** What Vault says, in its own words and ours. */
    private String words(int status, JsonNode answer, Call call) {
        String own = answer.path("errors").valueStream().map(JsonNode::asText).collect(Collectors.joining("; "));
        String warnings =
                answer.path("warnings").valueStream().map(JsonNode::asText).collect(Collectors.joining("; "));
        String said = own.isBlank() ? warnings : own;
        String quoted = said.isBlank() || call.isRevealedBy(said)
                ? ""
                : " (" + Text.shorten(said.replaceAll("\\p{Cntrl}+", " ").strip(), 200) + ")";
        String meaning = switch (status) {
            case 400 -> "did not understand the request";
            case 403 -> "refuses";
            case 404 -> "has nothing there";
            case 412 -> "is not up to date yet";
            case 429 -> "limits requests";
            case 472, 473 -> "is a standby that answers nothing";
            case 503 -> "is sealed, or being maintained; unseal it";
            default -> "answered with status " + status;
        };
        return "Vault at " + address + " " + meaning + quoted;
    }

    private static String encoded(String path) {
        return Arrays.stream(path.split("/", -1))
                .map(segment ->
                        URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/"));
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
