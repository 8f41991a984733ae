package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.ServerSentEvents;
import dev.gantry.gateway.Settled;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatEvent;
import io.vertx.core.buffer.Buffer;

/** Answers of Fabric's {@code POST /chat}: events without names that hold {@code type}, {@code format} and {@code content}. */
final class FabricFormat implements ReplyFormat {
    private static final String MARKDOWN = "markdown";
    private static final String PLAIN = "plain";

    static Buffer event(String type, String format, String content) {
        return ServerSentEvents.data(Buffer.buffer(
                Json.write(Json.object().put("type", type).put("format", format).put("content", content))));
    }

    /** Returns the body of an error that has a status. */
    static ObjectNode error(GantryException error) {
        return Json.object()
                .put("error", error.getMessage())
                .put("code", error.code().id());
    }

    @Override
    public Buffer whole(ChatAnswer answer, Settled settled) {
        return Buffer.buffer()
                .appendBuffer(event("content", MARKDOWN, answer.text()))
                .appendBuffer(complete(settled));
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        return Buffer.buffer(Json.write(error(error)));
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        return event("error", PLAIN, "Error: " + error.getMessage());
    }

    @Override
    public StreamWriter stream(Prompt prompt) {
        return new StreamWriter() {
            @Override
            public Buffer event(ChatEvent event) {
                return event instanceof ChatEvent.TextDelta delta
                        ? FabricFormat.event("content", MARKDOWN, delta.text())
                        : Buffer.buffer();
            }

            @Override
            public Buffer end(Settled settled) {
                return complete(settled);
            }

            @Override
            public Buffer broken(GantryException error, String requestId) {
                return brokenStream(error, requestId);
            }
        };
    }

    private static Buffer complete(Settled settled) {
        ObjectNode usage =
                Json.object().put("type", "usage").put("format", PLAIN).put("content", "");
        usage.set(
                "usage",
                Json.object()
                        .put("input_tokens", settled.usage().input())
                        .put("output_tokens", settled.usage().output())
                        .put("total_tokens", settled.usage().total()));
        return Buffer.buffer()
                .appendBuffer(ServerSentEvents.data(Buffer.buffer(Json.write(usage))))
                .appendBuffer(event("complete", PLAIN, ""));
    }
}
