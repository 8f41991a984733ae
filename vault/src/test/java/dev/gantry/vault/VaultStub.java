package dev.gantry.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * What Gantry uses of Vault's HTTP API, as it is published: paths, headers, lease fields, error bodies. Everything else is
 * refused in Vault's words. A token is known until its time is over by the stub's own clock.
 */
final class VaultStub implements AutoCloseable {
    static final String ROLE_ID = "role-for-gantry";
    static final String SECRET_ID = "secret-id-of-the-role";
    static final String POD_TOKEN = "eyJhbGciOiJub25lIn0.pod.token";

    private final HttpServer server;
    private final Map<String, Token> tokens = new HashMap<>();
    private final Map<String, ObjectNode> secrets = new HashMap<>();
    private final List<String> requests = new ArrayList<>();
    private final List<String> bodies = new ArrayList<>();
    private @Nullable String namespace;
    private long nowSeconds = 1_000_000;
    private long leaseSeconds = 3_600;
    private boolean renewable = true;
    private int sealedFor;
    private int troubleStatus;
    private Duration delay = Duration.ZERO;
    private @Nullable String echo;
    private int issued;

    private record Token(long endsAtSeconds, boolean renewable) {}

    VaultStub() {
        this(null);
    }

    /** Over TLS, unless there is no context. */
    VaultStub(@Nullable SSLContext shown) {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try {
            if (shown == null) {
                server = HttpServer.create(anyPort, 0);
            } else {
                HttpsServer secure = HttpsServer.create(anyPort, 0);
                secure.setHttpsConfigurator(new HttpsConfigurator(shown));
                server = secure;
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    URI address() {
        return URI.create((server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort());
    }

    /** Issues a token as an administrator would; 0 seconds are for ever. */
    synchronized String issue(long seconds, boolean mayBeRenewed) {
        String token = "hvs.token" + ++issued;
        tokens.put(token, new Token(seconds == 0 ? Long.MAX_VALUE : nowSeconds + seconds, mayBeRenewed));
        return token;
    }

    synchronized void secret(String path, String... fieldsAndValues) {
        ObjectNode fields = Json.object();
        for (int index = 0; index < fieldsAndValues.length; index += 2) {
            fields.put(fieldsAndValues[index], fieldsAndValues[index + 1]);
        }
        secrets.put(path, fields);
    }

    synchronized void delete(String path) {
        secrets.remove(path);
    }

    synchronized void revokeAll() {
        tokens.clear();
    }

    /** Answers the next requests as a sealed Vault does. */
    synchronized void seal(int requestsToRefuse) {
        sealedFor = requestsToRefuse;
    }

    /** Answers every request with a status and an error, until it is 0. */
    synchronized void refuseWith(int status) {
        troubleStatus = status;
    }

    /** Waits before every answer. */
    synchronized void delay(Duration time) {
        delay = time;
    }

    synchronized void leases(long seconds, boolean mayBeRenewed) {
        leaseSeconds = seconds;
        renewable = mayBeRenewed;
    }

    synchronized void namespace(String only) {
        namespace = only;
    }

    /** Repeats what it was sent in every error, as a careless proxy does. */
    synchronized void echo(String text) {
        echo = text;
    }

    synchronized void pass(long seconds) {
        nowSeconds += seconds;
    }

    /** Returns method and path of every request. */
    synchronized List<String> requests() {
        return List.copyOf(requests);
    }

    synchronized List<String> bodies() {
        return List.copyOf(bodies);
    }

    synchronized int tokens() {
        return tokens.size();
    }

    private record Answer(int status, @Nullable ObjectNode body) {}

    private void serve(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        Answer answer;
        Duration pause;
        synchronized (this) {
            pause = delay;
            String path = exchange.getRequestURI().getPath();
            requests.add(exchange.getRequestMethod() + " " + path);
            bodies.add(new String(body, java.nio.charset.StandardCharsets.UTF_8));
            answer = answer(exchange, path, body);
        }
        try {
            Thread.sleep(pause);
        } catch (InterruptedException closing) {
            Thread.currentThread().interrupt();
        }
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        byte[] bytes = answer.body() == null ? new byte[0] : Json.write(answer.body());
        exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private Answer answer(HttpExchange exchange, String path, byte[] body) {
        if (troubleStatus != 0) {
            return error(troubleStatus, "something is wrong");
        }
        if (sealedFor > 0) {
            sealedFor--;
            return error(503, "Vault is sealed");
        }
        String given = exchange.getRequestHeaders().getFirst("X-Vault-Namespace");
        if (namespace != null && !namespace.equals(given)) {
            return error(404, "no handler for route");
        }
        JsonNode sent = body.length == 0 ? Json.object() : Json.read(body);
        String call = exchange.getRequestMethod() + " " + path;
        if (call.equals("POST /v1/auth/approle/login")) {
            return sent.path("role_id").asText().equals(ROLE_ID)
                            && sent.path("secret_id").asText().equals(SECRET_ID)
                    ? login()
                    : error(400, "invalid role or secret ID");
        }
        if (call.equals("POST /v1/auth/kubernetes/login")) {
            return sent.path("role").asText().equals("gantry")
                            && sent.path("jwt").asText().equals(POD_TOKEN)
                    ? login()
                    : error(403, "permission denied");
        }
        String token = exchange.getRequestHeaders().getFirst("X-Vault-Token");
        Token known = token == null ? null : tokens.get(token);
        if (token == null || known == null || known.endsAtSeconds() <= nowSeconds) {
            return error(403, "permission denied");
        }
        return switch (call) {
            case "GET /v1/auth/token/lookup-self" -> lookup(known);
            case "POST /v1/auth/token/renew-self" -> renew(token, known);
            case "POST /v1/auth/token/revoke-self" -> {
                tokens.remove(token);
                yield new Answer(204, null);
            }
            default -> call.startsWith("GET /v1/") ? read(path.substring("/v1/".length())) : error(405, "unsupported");
        };
    }

    private Answer login() {
        String token = issue(leaseSeconds, renewable);
        ObjectNode answer = envelope();
        answer.putObject("auth")
                .put("client_token", token)
                .put("lease_duration", leaseSeconds)
                .put("renewable", renewable);
        return new Answer(200, answer);
    }

    private Answer lookup(Token known) {
        boolean forEver = known.endsAtSeconds() == Long.MAX_VALUE;
        ObjectNode answer = envelope();
        ObjectNode data = answer.putObject("data")
                .put("ttl", forEver ? 0 : known.endsAtSeconds() - nowSeconds)
                .put("renewable", known.renewable());
        data.put("expire_time", forEver ? null : "2026-11-21T20:00:00Z");
        return new Answer(200, answer);
    }

    private Answer renew(String token, Token known) {
        if (!known.renewable()) {
            return error(400, "lease is not renewable");
        }
        tokens.put(token, new Token(nowSeconds + leaseSeconds, true));
        ObjectNode answer = envelope();
        answer.putObject("auth")
                .put("client_token", token)
                .put("lease_duration", leaseSeconds)
                .put("renewable", true);
        return new Answer(200, answer);
    }

    private Answer read(String path) {
        ObjectNode fields = secrets.get(path);
        if (path.startsWith("forbidden/")) {
            return error(403, "1 error occurred:\n\t* permission denied\n\n");
        }
        if (fields == null) {
            return new Answer(404, Json.object().set("errors", Json.mapper().createArrayNode()));
        }
        ObjectNode answer = envelope();
        if (path.startsWith("secret/data/")) {
            ObjectNode data = answer.putObject("data");
            data.set("data", fields);
            data.putObject("metadata").put("version", 1).put("created_time", "2026-11-21T10:00:00Z");
        } else {
            if (path.startsWith("database/creds/")) {
                answer.put("lease_id", path + "/abc").put("lease_duration", 60);
            }
            answer.set("data", fields);
        }
        return new Answer(200, answer);
    }

    private static ObjectNode envelope() {
        return Json.object()
                .put("request_id", "5c0a4a2f-0000-0000-0000-000000000000")
                .put("lease_id", "")
                .put("renewable", false)
                .put("lease_duration", 0);
    }

    private Answer error(int status, String text) {
        ObjectNode answer = Json.object();
        answer.putArray("errors").add(echo == null ? text : echo);
        return new Answer(status, answer);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
