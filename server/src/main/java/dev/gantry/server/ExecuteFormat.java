package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Attempt;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.gateway.Prompt;
import dev.gantry.gateway.Prompt.Subject;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.ServerSentEvents;
import dev.gantry.gateway.Settled;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.ChatEvent;
import io.vertx.core.buffer.Buffer;

/** Replies of {@code POST /api/v1/execute}: one JSON object, or the events {@code start}, {@code delta}, {@code done}. */
final class ExecuteFormat implements ReplyFormat {
    @Override
    public Buffer whole(ChatAnswer answer, Settled settled) {
        ObjectNode body = result(settled);
        body.put("output", answer.text());
        body.put("finish_reason", finishReason(answer.finishReason()));
        return Buffer.buffer(Json.write(body));
    }

    @Override
    public Buffer error(GantryException error, String requestId) {
        return Problems.document(error, requestId);
    }

    @Override
    public String errorType() {
        return Problems.MEDIA_TYPE;
    }

    @Override
    public Buffer brokenStream(GantryException error, String requestId) {
        return ServerSentEvents.event("error", error(error, requestId));
    }

    @Override
    public StreamWriter stream(Prompt prompt) {
        return new Events();
    }

    private final class Events implements StreamWriter {
        private ChatEvent.FinishReason reason = ChatEvent.FinishReason.STOP;

        @Override
        public Buffer event(ChatEvent event) {
            return switch (event) {
                case ChatEvent.Started started ->
                    ServerSentEvents.event(
                            "start", Buffer.buffer(Json.write(Json.object().put("model", started.model()))));
                case ChatEvent.TextDelta delta ->
                    ServerSentEvents.event(
                            "delta", Buffer.buffer(Json.write(Json.object().put("text", delta.text()))));
                case ChatEvent.Finished finished -> {
                    reason = finished.reason();
                    yield Buffer.buffer();
                }
                case ChatEvent.ReasoningDelta reasoning -> Buffer.buffer();
                case ChatEvent.ToolCallStarted call -> Buffer.buffer();
                case ChatEvent.ToolCallDelta call -> Buffer.buffer();
            };
        }

        @Override
        public Buffer broken(GantryException error, String requestId) {
            return brokenStream(error, requestId);
        }

        @Override
        public Buffer end(Settled settled) {
            ObjectNode body = result(settled).put("finish_reason", finishReason(reason));
            return ServerSentEvents.event("done", Buffer.buffer(Json.write(body)));
        }
    }

    private static ObjectNode result(Settled settled) {
        Subject subject = settled.prompt().subject();
        ObjectNode body = Json.object()
                .put("id", settled.id().toString())
                .put("pattern", subject.pattern())
                .put("version", subject.patternVersion())
                .put("model", settled.model().name());
        body.set("usage", usage(settled.usage()));
        body.putObject("cost")
                .put("micro_usd", settled.cost().value())
                .put("usd", settled.cost().dollars().toPlainString());
        ObjectNode metadata = body.putObject("metadata");
        metadata.put("provider", settled.model().provider());
        metadata.put("duration_ms", settled.duration().toMillis());
        metadata.put("provider_ms", settled.providerTime().toMillis());
        if (!settled.reason().isEmpty()) {
            metadata.put("reason", settled.reason());
        }
        if (settled.cache().isHit()) {
            metadata.putObject("cache")
                    .put("result", settled.cache().kind().id())
                    .put("age_seconds", settled.cache().age().toSeconds());
        }
        if (!settled.attempts().isEmpty()) {
            ArrayNode attempts = metadata.putArray("attempts");
            for (Attempt attempt : settled.attempts()) {
                attempts.addObject()
                        .put("model", attempt.model().name())
                        .put("provider", attempt.model().provider())
                        .put("outcome", attempt.outcome())
                        .put("duration_ms", attempt.nanos() / 1_000_000);
            }
        }
        if (!settled.prompt().warnings().isEmpty() || !settled.guard().isEmpty()) {
            ArrayNode warnings = metadata.putArray("warnings");
            settled.prompt().warnings().forEach(warnings::add);
            settled.guard().warnings().forEach(warnings::add);
        }
        return body;
    }

    static ObjectNode usage(TokenUsage usage) {
        return Json.object()
                .put("input_tokens", usage.input())
                .put("output_tokens", usage.output())
                .put("cache_read_tokens", usage.cacheRead())
                .put("cache_write_tokens", usage.cacheWrite())
                .put("cache_write_long_tokens", usage.cacheWriteLong())
                .put("reasoning_tokens", usage.reasoning())
                .put("total_tokens", usage.total())
                .put("estimated", usage.estimated());
    }

    private static String finishReason(ChatEvent.FinishReason reason) {
        return switch (reason) {
            case STOP, STOP_SEQUENCE -> "stop";
            case LENGTH -> "length";
            case TOOL_CALLS -> "tool_calls";
            case REFUSAL -> "refusal";
        };
    }
}
