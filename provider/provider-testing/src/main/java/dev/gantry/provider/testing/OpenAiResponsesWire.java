package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;

/** OpenAI's responses. */
final class OpenAiResponsesWire implements Wire {
    private static final Wire ERRORS = new OpenAiWire();
    private static final int REPEATED_CHARS_MAX = 1024 * 1024;

    @Override
    public Asked read(ObjectNode body, String path) {
        JsonNode tool = body.path("tools").path(0).path("name");
        JsonNode input = body.path("input");
        return new Asked(
                body.path("model").asText(),
                body.path("stream").asBoolean(false),
                true,
                input.isTextual() ? input.textValue() : Wire.lastUserText(input),
                body.path("max_output_tokens").asInt(Integer.MAX_VALUE),
                List.of(),
                tool.isTextual() ? tool.textValue() : null);
    }

    @Override
    public ObjectNode whole(Told told) {
        return response(told, status(told), output(told));
    }

    @Override
    public List<Buffer> stream(Told told) {
        Events events = new Events();
        List<Buffer> chunks = new ArrayList<>();
        ArrayNode output = output(told);
        ObjectNode begun = response(told, "in_progress", Json.object().putArray("output"));
        events.add("response.created", Json.object().set("response", begun));
        events.add("response.in_progress", Json.object().set("response", begun));
        int index = 0;
        if (!told.reasoning().isEmpty()) {
            whole(events, index, output.get(index));
            index++;
        }
        boolean words = told.calls().isEmpty();
        ObjectNode place = Json.object().put("item_id", messageId(told)).put("output_index", index);
        place.put("content_index", 0);
        if (words) {
            events.add("response.output_item.added", item(index, message(told, "in_progress", List.of())));
            events.add("response.content_part.added", place.deepCopy().set("part", text("")));
        }
        chunks.add(events.take());
        for (String piece : told.pieces()) {
            events.add("response.output_text.delta", place.deepCopy().put("delta", piece));
            chunks.add(events.take());
        }
        if (words) {
            events.add("response.output_text.done", place.deepCopy().put("text", repeated(told)));
            events.add("response.content_part.done", place.deepCopy().set("part", text(repeated(told))));
            events.add("response.output_item.done", item(index, output.get(index)));
            index++;
        }
        for (int call = 0; call < told.calls().size(); call++) {
            call(events, index + call, (ObjectNode) output.get(index + call));
        }
        events.add("response." + status(told), Json.object().set("response", whole(told)));
        chunks.add(events.take());
        return chunks;
    }

    /** Events of one stream, with their numbers. */
    private static final class Events {
        private Buffer out = Buffer.buffer();
        private int sequence;

        void add(String type, ObjectNode fields) {
            ObjectNode data = Json.object().put("type", type).put("sequence_number", sequence++);
            data.setAll(fields);
            out.appendString("event: " + type + "\ndata: ").appendBytes(Json.write(data));
            out.appendString("\n\n");
        }

        Buffer take() {
            Buffer taken = out;
            out = Buffer.buffer();
            return taken;
        }
    }

    private static void whole(Events events, int index, JsonNode item) {
        events.add("response.output_item.added", item(index, item));
        events.add("response.output_item.done", item(index, item));
    }

    /** The arguments come in two halves. */
    private static void call(Events events, int index, ObjectNode call) {
        String arguments = call.path("arguments").textValue();
        int half = arguments.length() / 2;
        ObjectNode begun = call.deepCopy().put("status", "in_progress").put("arguments", "");
        ObjectNode place =
                Json.object().put("item_id", call.path("id").textValue()).put("output_index", index);
        events.add("response.output_item.added", item(index, begun));
        for (String fragment : List.of(arguments.substring(0, half), arguments.substring(half))) {
            events.add(
                    "response.function_call_arguments.delta", place.deepCopy().put("delta", fragment));
        }
        events.add("response.function_call_arguments.done", place.deepCopy().put("arguments", arguments));
        events.add("response.output_item.done", item(index, call));
    }

    private static ObjectNode item(int index, JsonNode item) {
        return Json.object().put("output_index", index).set("item", item);
    }

    private static ArrayNode output(Told told) {
        ArrayNode output = Json.object().putArray("output");
        if (!told.reasoning().isEmpty()) {
            ObjectNode reasoning = output.addObject().put("type", "reasoning").put("id", "rs_" + told.id());
            reasoning
                    .putArray("summary")
                    .addObject()
                    .put("type", "summary_text")
                    .put("text", told.reasoning());
        }
        if (told.calls().isEmpty()) {
            output.add(message(told, status(told), List.of(repeated(told))));
        }
        for (int index = 0; index < told.calls().size(); index++) {
            Scenario.ToolCall call = told.calls().get(index);
            output.addObject()
                    .put("type", "function_call")
                    .put("id", "fc_" + told.id() + "_" + index)
                    .put("call_id", OpenAiWire.callId(told, index))
                    .put("name", call.name())
                    .put("arguments", call.arguments())
                    .put("status", "completed");
        }
        return output;
    }

    /** The text once more; a huge one, which only fills a stream, is not repeated. */
    private static String repeated(Told told) {
        String text = told.text();
        return text.length() > REPEATED_CHARS_MAX ? "" : text;
    }

    private static String messageId(Told told) {
        return "msg_" + told.id();
    }

    private static ObjectNode message(Told told, String status, List<String> texts) {
        ObjectNode message = Json.object().put("type", "message").put("id", messageId(told));
        message.put("status", status).put("role", "assistant");
        ArrayNode content = message.putArray("content");
        texts.forEach(text -> content.add(text(text)));
        return message;
    }

    private static ObjectNode text(String text) {
        ObjectNode part = Json.object().put("type", "output_text").put("text", text);
        part.putArray("annotations");
        return part;
    }

    private static ObjectNode response(Told told, String status, ArrayNode output) {
        ObjectNode response = Json.object()
                .put("id", "resp_" + told.id())
                .put("object", "response")
                .put("created_at", 1_760_000_000L)
                .put("status", status)
                .putNull("error")
                .put("model", told.asked().model());
        if (status.equals("incomplete")) {
            response.putObject("incomplete_details").put("reason", "max_output_tokens");
        }
        response.set("output", output);
        response.put("parallel_tool_calls", true).put("tool_choice", "auto").put("temperature", 1.0);
        response.put("top_p", 1.0).putNull("instructions").putObject("metadata");
        response.putArray("tools");
        if (told.scenario().usage() && !status.equals("in_progress")) {
            response.set("usage", usage(told));
        }
        return response;
    }

    private static ObjectNode usage(Told told) {
        Scenario scenario = told.scenario();
        ObjectNode usage = Json.object().put("input_tokens", scenario.inputTokens());
        usage.putObject("input_tokens_details")
                .put("cached_tokens", scenario.cacheReadTokens())
                .put("cache_write_tokens", scenario.cacheWriteTokens());
        usage.put("output_tokens", told.outputTokens());
        usage.putObject("output_tokens_details").put("reasoning_tokens", scenario.reasoningTokens());
        return usage.put("total_tokens", scenario.inputTokens() + told.outputTokens());
    }

    private static String status(Told told) {
        return told.end() == Told.End.BOUND ? "incomplete" : "completed";
    }

    @Override
    public Buffer errorInStream(String type, String message) {
        ObjectNode event = Json.object().put("type", "error").put("code", type).put("message", message);
        event.putNull("param").put("sequence_number", 99);
        return Buffer.buffer("event: error\ndata: ")
                .appendBytes(Json.write(event))
                .appendString("\n\n");
    }

    @Override
    public ObjectNode error(int status, String type, String message) {
        return ERRORS.error(status, type, message);
    }

    @Override
    public ObjectNode models() {
        return ERRORS.models();
    }

    @Override
    public String streamType() {
        return ERRORS.streamType();
    }
}
