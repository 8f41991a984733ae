package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Takes requests apart and finds out what they get. */
final class SimulatorHandler implements Handler<HttpServerRequest> {
    private static final Wire OPENAI = new OpenAiWire();
    private static final Wire RESPONSES = new OpenAiResponsesWire();
    private static final Wire ANTHROPIC = new AnthropicWire();
    private static final Wire OLLAMA = new OllamaWire();

    private final Simulator simulator;
    private final Context context;

    SimulatorHandler(Simulator simulator, Context context) {
        this.simulator = simulator;
        this.context = context;
    }

    @Override
    public void handle(HttpServerRequest request) {
        request.body().onSuccess(body -> answer(request, body));
    }

    private void answer(HttpServerRequest request, Buffer body) {
        String path = request.path() == null ? "" : request.path();
        if (path.startsWith("/simulator/")) {
            control(request, path, body);
            return;
        }
        simulator.keep(new ReceivedRequest(request.method().name(), request.uri(), request.headers(), body));
        Wire wire = wireOf(path);
        if (wire == null) {
            send(request, 404, OPENAI.error(404, "not_found", "There is nothing at " + path));
        } else if (simulator.isRefused(keyOf(request))) {
            send(request, 401, wire.error(401, "authentication_error", "The key " + keyOf(request) + " is refused"));
        } else if (request.method().equals(HttpMethod.GET)) {
            send(request, 200, wire.models());
        } else {
            chat(request, wire, path, body);
        }
    }

    private void chat(HttpServerRequest request, Wire wire, String path, Buffer body) {
        Asked asked;
        try {
            asked = wire.read(Json.readObject(body.getBytes()), path);
        } catch (GantryException unreadable) {
            send(request, 400, wire.error(400, "invalid_request_error", unreadable.getMessage()));
            return;
        }
        Scenario scenario = simulator.scenarioFor(asked.model());
        Told told = Told.of(simulator.nextId(), asked, scenario);
        SimulatedReply reply = new SimulatedReply(simulator, context, request, wire, told);
        long delayMs = scenario.delay().toMillis();
        if (delayMs > 0) {
            context.owner().setTimer(delayMs, timer -> reply.send());
        } else {
            reply.send();
        }
    }

    private static @Nullable Wire wireOf(String path) {
        if (path.startsWith("/model/")) {
            return new BedrockWire();
        }
        if (path.startsWith("/v1beta/")) {
            return new GeminiWire();
        }
        if (path.endsWith("/messages/count_tokens")) {
            return SingleReplyWire.anthropicCount(ANTHROPIC);
        }
        if (path.endsWith("/messages") || path.startsWith("/anthropic/")) {
            return ANTHROPIC;
        }
        if (path.endsWith("/api/embed")) {
            return SingleReplyWire.ollamaEmbed(OLLAMA);
        }
        if (path.endsWith("/api/chat") || path.endsWith("/api/tags")) {
            return OLLAMA;
        }
        if (path.endsWith("/embeddings")) {
            return SingleReplyWire.openAiEmbeddings(OPENAI);
        }
        if (path.endsWith("/responses")) {
            return RESPONSES;
        }
        return path.endsWith("/chat/completions") || path.endsWith("/models") ? OPENAI : null;
    }

    private static String keyOf(HttpServerRequest request) {
        String bearer = request.getHeader("Authorization");
        String key = bearer != null ? bearer.replaceFirst("^Bearer ", "") : request.getHeader("x-api-key");
        key = key != null ? key : request.getHeader("api-key");
        key = key != null ? key : request.getHeader("x-goog-api-key");
        return key != null ? key : "";
    }

    /** Lets another process control the simulator. */
    private void control(HttpServerRequest request, String path, Buffer body) {
        String text = body.toString(StandardCharsets.UTF_8);
        try {
            switch (path) {
                case "/simulator/next" -> simulator.next(Scenario.parse(text));
                case "/simulator/always" -> simulator.always(Scenario.parse(text));
                case "/simulator/refuse-key" -> simulator.refuseKey(text);
                case "/simulator/accept-key" -> simulator.acceptKey(text);
                case "/simulator/reset" -> simulator.reset();
                case "/simulator/state" -> {
                    // The reply to every control request is the state.
                }
                default -> {
                    send(request, 404, Json.object().put("error", "There is nothing at " + path));
                    return;
                }
            }
            send(request, 200, state());
        } catch (IllegalArgumentException wrong) {
            send(request, 400, Json.object().put("error", wrong.getMessage()));
        }
    }

    private ObjectNode state() {
        ObjectNode state = Json.object()
                .put("connections", simulator.connections())
                .put("connections_made", simulator.connectionsMade())
                .put("under_way", simulator.underWay())
                .put("cancelled", simulator.cancelled());
        ArrayNode requests = state.putArray("requests");
        for (ReceivedRequest received : simulator.requests()) {
            ObjectNode shown =
                    requests.addObject().put("method", received.method()).put("uri", received.uri());
            ObjectNode headers = shown.putObject("headers");
            for (Map.Entry<String, String> header : received.headers()) {
                headers.put(header.getKey(), header.getValue());
            }
            shown.put("body", received.body().toString(StandardCharsets.UTF_8));
        }
        return state;
    }

    private static void send(HttpServerRequest request, int status, ObjectNode body) {
        request.response()
                .setStatusCode(status)
                .putHeader("Content-Type", "application/json")
                .end(Buffer.buffer(Json.write(body)));
    }
}
