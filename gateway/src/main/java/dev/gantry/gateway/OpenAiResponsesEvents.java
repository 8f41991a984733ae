package dev.gantry.gateway;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatEvent;
import dev.gantry.provider.ChatEvent.FinishReason;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes one streamed response: each item is added, filled and done, and each event is numbered. Text and reasoning are
 * done when something else begins; calls of tools, which may be filled in turns, when the answer ends.
 */
final class OpenAiResponsesEvents implements ReplyFormat.StreamWriter {
    private final long createdAt;
    private final Prompt prompt;
    private final List<Item> items = new ArrayList<>();
    private final Map<Integer, Item> calls = new HashMap<>();
    private OpenAiResponse response;
    private Buffer out = Buffer.buffer();
    private @Nullable Item open;
    private FinishReason reason = FinishReason.STOP;
    private int sequence;

    private enum Kind {
        MESSAGE("msg"),
        REASONING("rs"),
        CALL("fc");

        private final String prefix;

        Kind(String prefix) {
            this.prefix = prefix;
        }
    }

    /** One item of the output while it is being filled. */
    private static final class Item {
        private final Kind kind;
        private final int index;
        private final String id;
        private final String callId;
        private final String name;
        private final StringBuilder content = new StringBuilder();
        private @Nullable String signature;
        private boolean partAdded;

        Item(Kind kind, int index, String id, String callId, String name) {
            this.kind = kind;
            this.index = index;
            this.id = id;
            this.callId = callId;
            this.name = name;
        }

        ObjectNode toJson(String status) {
            return switch (kind) {
                case MESSAGE -> {
                    ObjectNode message = OpenAiResponse.message(id, status);
                    if (partAdded) {
                        message.withArrayProperty("content").add(OpenAiResponse.text(content.toString()));
                    }
                    yield message;
                }
                case REASONING -> OpenAiResponse.reasoning(id, status, content.toString(), signature);
                case CALL -> OpenAiResponse.call(id, status, callId, name, content.toString());
            };
        }
    }

    OpenAiResponsesEvents(long createdAt, Prompt prompt) {
        this.createdAt = createdAt;
        this.prompt = prompt;
        this.response = OpenAiResponse.begin(createdAt, prompt.model(), prompt);
    }

    @Override
    public Buffer event(ChatEvent event) {
        out = Buffer.buffer();
        switch (event) {
            case ChatEvent.Started started -> {
                response = OpenAiResponse.begin(createdAt, started.model(), prompt);
                ObjectNode begun = response.toJson(Json.object().putArray("output"), null, null);
                send("response.created", Json.object().set("response", begun));
                send("response.in_progress", Json.object().set("response", begun));
            }
            case ChatEvent.TextDelta delta -> text(delta.text());
            case ChatEvent.ReasoningDelta delta -> reasoning(delta);
            case ChatEvent.ToolCallStarted call -> {
                closeOpen("completed");
                calls.put(call.index(), add(Kind.CALL, call.id(), call.name()));
            }
            case ChatEvent.ToolCallDelta delta -> {
                Item call = calls.get(delta.index());
                if (call != null) {
                    call.content.append(delta.argumentsFragment());
                    send("response.function_call_arguments.delta", at(call).put("delta", delta.argumentsFragment()));
                }
            }
            case ChatEvent.Finished finished -> finish(finished.reason());
        }
        return out;
    }

    @Override
    public Buffer end(Settled settled) {
        out = Buffer.buffer();
        String status = OpenAiResponse.status(reason);
        ArrayNode output = Json.object().putArray("output");
        for (Item item : items) {
            output.add(item.toJson(item.equals(items.getLast()) ? status : "completed"));
        }
        send("response." + status, Json.object().set("response", response.toJson(output, reason, settled.told())));
        return out;
    }

    @Override
    public Buffer broken(GantryException error, String requestId) {
        out = Buffer.buffer();
        send("error", OpenAiResponsesFormat.errorEvent(error));
        return out;
    }

    private void text(String text) {
        Item message = opened(Kind.MESSAGE);
        if (!message.partAdded) {
            message.partAdded = true;
            send("response.content_part.added", part(message, OpenAiResponse.text("")));
        }
        message.content.append(text);
        ObjectNode delta = at(message).put("content_index", 0).put("delta", text);
        delta.putArray("logprobs");
        send("response.output_text.delta", delta);
    }

    /** A seal ends a piece of reasoning; what follows is another item with a seal of its own. */
    private void reasoning(ChatEvent.ReasoningDelta delta) {
        if (open != null && open.signature != null && !delta.text().isEmpty()) {
            closeOpen("completed");
        }
        Item item = opened(Kind.REASONING);
        if (delta.signature() != null) {
            item.signature = delta.signature();
        }
        if (delta.text().isEmpty()) {
            return;
        }
        if (!item.partAdded) {
            item.partAdded = true;
            send("response.reasoning_summary_part.added", summary(item, OpenAiResponse.summaryText("")));
        }
        item.content.append(delta.text());
        send(
                "response.reasoning_summary_text.delta",
                at(item).put("summary_index", 0).put("delta", delta.text()));
    }

    private Item opened(Kind kind) {
        Item known = open;
        if (known != null && known.kind == kind) {
            return known;
        }
        closeOpen("completed");
        Item begun = add(kind, "", "");
        open = begun;
        return begun;
    }

    private Item add(Kind kind, String callId, String name) {
        Item item = new Item(kind, items.size(), response.itemId(kind.prefix, items.size()), callId, name);
        items.add(item);
        ObjectNode added = Json.object().put("output_index", item.index);
        send("response.output_item.added", added.set("item", item.toJson("in_progress")));
        return item;
    }

    private void finish(FinishReason why) {
        reason = why;
        String status = OpenAiResponse.status(why);
        closeOpen(calls.isEmpty() ? status : "completed");
        for (Item call : items) {
            if (call.kind == Kind.CALL) {
                if (call.content.isEmpty()) {
                    call.content.append("{}");
                }
                send(
                        "response.function_call_arguments.done",
                        at(call).put("name", call.name).put("arguments", call.content.toString()));
                done(call, call.equals(items.getLast()) ? status : "completed");
            }
        }
    }

    private void closeOpen(String status) {
        Item item = open;
        if (item == null) {
            return;
        }
        open = null;
        String text = item.content.toString();
        if (item.kind == Kind.MESSAGE) {
            ObjectNode whole = at(item).put("content_index", 0).put("text", text);
            whole.putArray("logprobs");
            send("response.output_text.done", whole);
            send("response.content_part.done", part(item, OpenAiResponse.text(text)));
        } else if (item.partAdded) {
            send(
                    "response.reasoning_summary_text.done",
                    at(item).put("summary_index", 0).put("text", text));
            send("response.reasoning_summary_part.done", summary(item, OpenAiResponse.summaryText(text)));
        }
        done(item, status);
    }

    private void done(Item item, String status) {
        ObjectNode done = Json.object().put("output_index", item.index);
        send("response.output_item.done", done.set("item", item.toJson(status)));
    }

    private static ObjectNode at(Item item) {
        return Json.object().put("item_id", item.id).put("output_index", item.index);
    }

    private static ObjectNode part(Item item, ObjectNode part) {
        return at(item).put("content_index", 0).set("part", part);
    }

    private static ObjectNode summary(Item item, ObjectNode part) {
        return at(item).put("summary_index", 0).set("part", part);
    }

    private void send(String type, ObjectNode fields) {
        ObjectNode body = Json.object().put("type", type).put("sequence_number", sequence++);
        body.setAll(fields);
        out.appendBuffer(ServerSentEvents.event(type, Buffer.buffer(Json.write(body))));
    }
}
