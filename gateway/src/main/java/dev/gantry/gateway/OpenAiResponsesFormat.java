package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer.ToolCall;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;

/** Replies of OpenAI's {@code POST /v1/responses}, from its public API reference. */
public final class OpenAiResponsesFormat implements ReplyFormat {
    private final Clock clock;

    /** The clock stamps {@code created_at}. */
    public OpenAiResponsesFormat(Clock clock) {
        this.clock = clock;
    }

    @Override
    public Buffer whole(ChatAnswer answer, Settled settled) {
        OpenAiResponse response =
                OpenAiResponse.begin(clock.instant().getEpochSecond(), answer.model(), settled.prompt());
        String status = OpenAiResponse.status(answer.finishReason());
        ArrayNode output = Json.object().putArray("output");
        if (!answer.reasoning().isEmpty() || answer.signature() != null) {
            output.add(OpenAiResponse.reasoning(
                    response.itemId("rs", 0), "completed", answer.reasoning(), answer.signature()));
        }
        if (!answer.text().isEmpty() || answer.toolCalls().isEmpty()) {
            ObjectNode message = OpenAiResponse.message(response.itemId("msg", output.size()), status);
            message.withArrayProperty("content").add(OpenAiResponse.text(answer.text()));
            output.add(message);
        }
        for (ToolCall call : answer.toolCalls()) {
            output.add(OpenAiResponse.call(
                    response.itemId("fc", output.size()), status, call.id(), call.name(), call.arguments()));
        }
        return Buffer.buffer(Json.write(response.toJson(output, answer.finishReason(), settled.told())));
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        ObjectNode body = Json.object();
        body.set("error", OpenAiErrorBody.of(error));
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        return ServerSentEvents.event("error", Buffer.buffer(Json.write(errorEvent(error))));
    }

    /**
     * Returns the data of an {@code error} event. The fields stand where the reference has them, and once more under
     * {@code error}, where OpenAI's clients look in every stream.
     */
    static ObjectNode errorEvent(GantryException error) {
        ObjectNode told = OpenAiErrorBody.of(error);
        ObjectNode event = Json.object().put("type", "error");
        event.set("code", told.get("code"));
        event.set("message", told.get("message"));
        event.set("param", told.get("param"));
        return event.set("error", told);
    }

    @Override
    public StreamWriter stream(Prompt prompt) {
        return new OpenAiResponsesEvents(clock.instant().getEpochSecond(), prompt);
    }
}
