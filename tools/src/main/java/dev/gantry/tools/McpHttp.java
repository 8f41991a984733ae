package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.Addresses;
import dev.gantry.outbound.Deadline;
import dev.gantry.outbound.OutboundHttp;
import dev.gantry.outbound.OutboundReply;
import dev.gantry.outbound.OutboundRequest;
import dev.gantry.tools.ToolException.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An MCP server that speaks streamable HTTP: each message is a POST, whose answer is JSON or a stream of events that ends with
 * the answer. The operator chose the address, so it may be anywhere.
 */
final class McpHttp implements McpTransport {
    private static final Duration GOODBYE = Duration.ofSeconds(2);
    private static final int ERROR_BYTES_SHOWN = 300;

    private final String name;
    private final ToolSettings.McpServer settings;
    private final OutboundHttp http;
    private final URI uri;
    private volatile @Nullable String session;
    private volatile @Nullable String version;
    private volatile boolean open = true;
    private volatile boolean forgotten;

    McpHttp(String name, ToolSettings.McpServer settings, OutboundHttp http) {
        this.name = name;
        this.settings = settings;
        this.http = http;
        this.uri = Addresses.parse(settings.url().orElseThrow().toString());
    }

    @Override
    public ObjectNode request(ObjectNode request, Deadline deadline) throws ToolException {
        long id = request.path("id").asLong();
        try (OutboundReply reply = send("POST", request, deadline)) {
            requireSuccess(reply);
            String issued = reply.headers().get("mcp-session-id");
            if (issued != null) {
                session = issued;
            }
            ObjectNode answer = reply.mediaType().equals("text/event-stream")
                    ? answerOfStream(reply, id, deadline)
                    : answerOf(Json.read(reply.readAll()), id, deadline);
            if (answer == null) {
                throw new ToolException(
                        Reason.UNAVAILABLE, "the MCP server '" + name + "' ended its answer before it was complete");
            }
            return answer;
        } catch (IOException failure) {
            throw failed(failure);
        } catch (GantryException malformed) {
            throw new ToolException(
                    Reason.BAD_ANSWER, "the MCP server '" + name + "' answered with what is no JSON", malformed);
        }
    }

    @Override
    public void tell(ObjectNode notification, Deadline deadline) throws ToolException {
        try (OutboundReply reply = send("POST", notification, deadline)) {
            requireSuccess(reply);
        } catch (IOException failure) {
            throw failed(failure);
        }
    }

    private OutboundReply send(String method, @Nullable ObjectNode message, Deadline deadline) throws IOException {
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Accept", "application/json, text/event-stream");
        if (message != null) {
            headers.put("Content-Type", "application/json");
            JsonNode key = message.path("params").path("_meta").path(McpServer.IDEMPOTENCY_KEY);
            if (key.isTextual()) {
                headers.put("Idempotency-Key", key.textValue());
            }
        }
        settings.bearerToken().ifPresent(token -> headers.put("Authorization", "Bearer " + token.reveal()));
        String known = session;
        if (known != null) {
            headers.put("Mcp-Session-Id", known);
        }
        String agreed = version;
        if (agreed != null) {
            headers.put("MCP-Protocol-Version", agreed);
        }
        byte[] body = message == null ? new byte[0] : Json.write(message);
        return http.send(
                new OutboundRequest(method, uri, headers, body),
                _ -> true,
                deadline,
                settings.answerSizeMax().bytes());
    }

    private void requireSuccess(OutboundReply reply) throws IOException, ToolException {
        int status = reply.status();
        if (status >= 200 && status <= 299) {
            return;
        }
        if (status == 404 && session != null) {
            // The server has forgotten the session; the specification says to begin anew.
            open = false;
            forgotten = true;
            throw new ToolException(Reason.UNAVAILABLE, "the MCP server '" + name + "' has forgotten the session");
        }
        byte[] start = reply.body().readNBytes(ERROR_BYTES_SHOWN);
        String detail = Text.storable(new String(start, StandardCharsets.UTF_8), ERROR_BYTES_SHOWN);
        Reason reason = status == 429 ? Reason.RATE_LIMITED : status >= 500 ? Reason.UNAVAILABLE : Reason.REFUSED;
        throw new ToolException(reason, "the MCP server '" + name + "' answered with status " + status + ": " + detail);
    }

    /** An answer may be a single message or, by older versions, several in a list. */
    private @Nullable ObjectNode answerOf(JsonNode received, long id, Deadline deadline) throws ToolException {
        if (received.isArray()) {
            for (JsonNode message : received) {
                ObjectNode answer = answerOf(message, id, deadline);
                if (answer != null) {
                    return answer;
                }
            }
            return null;
        }
        if (received instanceof ObjectNode message && McpMessages.answers(message, id)) {
            return message;
        }
        ObjectNode reply = McpMessages.replyTo(received);
        if (reply != null) {
            tell(reply, deadline);
        }
        return null;
    }

    private @Nullable ObjectNode answerOfStream(OutboundReply reply, long id, Deadline deadline)
            throws IOException, ToolException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8));
        StringBuilder data = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("data:")) {
                data.append(data.isEmpty() ? "" : "\n").append(line.substring(5).strip());
            } else if (line.isEmpty() && !data.isEmpty()) {
                ObjectNode answer = answerOf(Json.read(data.toString().getBytes(StandardCharsets.UTF_8)), id, deadline);
                if (answer != null) {
                    return answer;
                }
                data.setLength(0);
            }
        }
        return null;
    }

    private ToolException failed(IOException failure) {
        return switch (failure) {
            case SocketTimeoutException late ->
                new ToolException(Reason.TIMEOUT, "the MCP server '" + name + "' did not answer in time", late);
            case OutboundReply.AnswerTooLargeException large ->
                new ToolException(
                        Reason.BAD_ANSWER,
                        "the MCP server '" + name + "' answered with more than " + settings.answerSizeMax()
                                + " (setting tools.mcp." + name + ".answer_size_max)",
                        large);
            default ->
                new ToolException(Reason.UNAVAILABLE, "the MCP server '" + name + "' could not be reached", failure);
        };
    }

    @Override
    public void agreed(String protocolVersion) {
        version = protocolVersion;
    }

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isForgotten() {
        return forgotten;
    }

    /** Says goodbye, if there is a session. */
    @Override
    public void close() {
        open = false;
        if (session != null) {
            try (OutboundReply reply = send("DELETE", null, Deadline.in(GOODBYE))) {
                reply.status();
            } catch (IOException gone) {
                // The session ends by itself then.
            }
        }
    }
}
