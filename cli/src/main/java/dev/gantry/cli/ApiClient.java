package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.client.ClientException;
import dev.gantry.client.ClientSettings;
import dev.gantry.client.EventStream;
import dev.gantry.client.Transport;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The client's {@link Transport} in the words of a command line: refusals are {@link ApiProblem}s, and what becomes of
 * connections is told as a person reads it. Nothing is sent twice: whoever sits before it sees at once what is wrong.
 * Thread-safe.
 */
final class ApiClient {
    private final Transport transport;

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
        this.transport = new Transport(new ClientSettings(
                url,
                Optional.ofNullable(key),
                Call.USUAL_TIMEOUT,
                Call.USUAL_TIMEOUT,
                1,
                Optional.ofNullable(trust),
                "gantry-cli/" + Context.version()));
    }

    /**
     * A request that is about to be sent.
     *
     * @param path with its leading slash, each segment encoded by {@link ApiClient#encode}
     * @param query parameters; those with an empty value are left out
     * @param timeout for the whole reply; of streams until the reply's head has arrived
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

        private Transport.Call toTransport(Map<String, String> headers) {
            Map<String, String> all = new LinkedHashMap<>(headers);
            if (method.equals("POST")) {
                all.put("Idempotency-Key", Ids.next().toString());
            }
            return new Transport.Call(method, path, query, all, body, timeout, false);
        }
    }

    /** Encodes text as one segment of a path or as a value of a query. */
    static String encode(String text) {
        return Transport.encode(text);
    }

    /** Encodes a name such as {@code analysis/threat-model}, whose slashes separate segments. */
    static String encodePath(String name) {
        return Transport.encodePath(name);
    }

    /** Returns the address of the platform. */
    URI url() {
        return transport.url();
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

    /** Like {@link #send}, with more request headers and the reply's ETag. */
    Transport.Reply reply(Call call, Map<String, String> headers) {
        return told(call, () -> transport.send(call.toTransport(headers)));
    }

    /**
     * Sends a call whose reply is a stream of server-sent events. The caller closes the stream, which cancels the work
     * when it is not finished.
     */
    EventStream stream(Call call) {
        return told(call, () -> transport.events(call.toTransport(Map.of()), Duration.ZERO));
    }

    /**
     * Sends a call whose reply is JSON objects, one a line, of any number. The caller closes the stream, which cancels the
     * work when it is not finished.
     */
    InputStream lines(Call call) {
        return told(call, () -> transport.stream(call.toTransport(Map.of()), "application/x-ndjson"));
    }

    /** Returns the status and body of a GET without judging the status; for probes. */
    Probe probe(String path, Duration timeout) throws IOException {
        try {
            Transport.Reply reply =
                    transport.exchange(Transport.Call.get(path, Map.of()).within(timeout));
            return new Probe(reply.status(), reply.body() instanceof ObjectNode object ? object : Json.object());
        } catch (ClientException failed) {
            if (failed.kind() == ClientException.Kind.INTERRUPTED) {
                throw new CommandFailure("Cancelled");
            }
            throw new IOException(failed.detail(), failed);
        }
    }

    /** What a probe answered. */
    record Probe(int status, ObjectNode body) {}

    private <T> T told(Call call, Supplier<T> exchange) {
        try {
            return exchange.get();
        } catch (ClientException failed) {
            throw inWords(call, failed);
        }
    }

    private RuntimeException inWords(Call call, ClientException failed) {
        String where = call.method() + " " + url() + call.path();
        String message = failed.detail();
        return switch (failed.kind()) {
            case REFUSED -> ApiProblem.of(failed, where);
            case UNREACHABLE -> new Unreachable(url());
            case TIMEOUT ->
                new CommandFailure(
                        "The platform did not answer within " + Format.duration(call.timeout()),
                        where,
                        "gantry status tells what it waits for");
            case UNTRUSTED ->
                new CommandFailure(
                        message,
                        "If its certificate is of an authority of your own, name that one's PEM file by "
                                + Trust.VARIABLE);
            case NOT_GANTRY ->
                new CommandFailure(message, where, "Check GANTRY_URL, and whether a proxy stands in between");
            case BROKEN_OFF -> new CommandFailure(message, where);
            case INTERRUPTED -> new CommandFailure("Cancelled");
        };
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
