package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.ChatAnswer;
import dev.gantry.kernel.Json;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.provider.ChatRequest.Role;
import dev.gantry.runs.StepJournal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an agent and its model have said so far, from the journal of the step: every turn and every result of a tool is durable
 * before the next one begins. Used by one thread.
 */
final class AgentTalk {
    private static final String BEGUN = "begun";
    private static final String TURN = "turn";
    private static final String RESULT = "result";
    private static final String OBJECTION = "objection";
    private static final String OVER = "over";

    private final StepJournal journal;
    private final List<JsonNode> entries;
    private final int from;

    private AgentTalk(StepJournal journal, List<JsonNode> entries, int from) {
        this.journal = journal;
        this.entries = entries;
        this.from = from;
    }

    /** A call of a tool that a model made. */
    record Call(String id, String name, String arguments) {}

    /**
     * Takes up the talk that earlier attempts have begun, if it was about the same; otherwise begins one.
     *
     * @param task a hash of all that the agent is given
     * @param role the version of the role's pattern; null for none
     */
    static AgentTalk takeUp(StepJournal journal, String task, @Nullable String role) {
        List<JsonNode> entries = new ArrayList<>(journal.entries());
        int from = -1;
        for (int index = 0; index < entries.size(); index++) {
            String kind = kind(entries.get(index));
            if (kind.equals(BEGUN)) {
                from = entries.get(index).path("task").asText().equals(task) ? index : -1;
            } else if (kind.equals(OVER)) {
                from = -1;
            }
        }
        AgentTalk talk = new AgentTalk(journal, entries, from < 0 ? entries.size() : from);
        if (from < 0) {
            talk.add(BEGUN, Json.object().put("task", task).put("role", role), 0, 0, "step.begun", Json.object());
        }
        return talk;
    }

    private static String kind(JsonNode entry) {
        return entry.path("kind").asText();
    }

    private void add(String kind, ObjectNode entry, long tokens, long costMicroUsd, String event, ObjectNode facts) {
        ObjectNode complete = Json.object().put("kind", kind).put("tokens", tokens);
        complete.setAll(entry);
        journal.append(complete, tokens, costMicroUsd, event, facts);
        entries.add(complete);
    }

    private List<JsonNode> own() {
        return entries.subList(from, entries.size());
    }

    /** Returns the version of the role's pattern with which it began; null for none. */
    @Nullable
    String role() {
        return own().getFirst().path("role").textValue();
    }

    /** Returns the number of the next thing that is done, which no other thing of the step has. */
    int next() {
        return entries.size();
    }

    int turns() {
        return (int) own().stream().filter(entry -> kind(entry).equals(TURN)).count();
    }

    long tokens() {
        return own().stream().mapToLong(entry -> entry.path("tokens").asLong()).sum();
    }

    void said(ChatAnswer answer, long tokens, long costMicroUsd) {
        ObjectNode entry = Json.object()
                .put("text", answer.text())
                .put("reasoning", answer.reasoning())
                .put("signature", answer.signature());
        ArrayNode calls = entry.putArray("calls");
        ObjectNode facts = Json.object().put("turn", turns() + 1).put("tokens", tokens);
        ArrayNode names = facts.putArray("tools");
        answer.toolCalls().forEach(call -> {
            calls.addObject().put("id", call.id()).put("name", call.name()).put("arguments", call.arguments());
            names.add(call.name());
        });
        add(TURN, entry, tokens, costMicroUsd, "step.turn", facts);
    }

    void answered(Call call, AgentTools.Answer answer, String tool, long durationMs) {
        ObjectNode entry = Json.object()
                .put("id", call.id())
                .put("name", call.name())
                .put("text", answer.text())
                .put("error", answer.isError());
        ObjectNode facts =
                Json.object().put("tool", tool).put("error", answer.isError()).put("duration_ms", durationMs);
        add(RESULT, entry, answer.tokens(), answer.costMicroUsd(), "step.tool", facts);
    }

    void objected(String problem) {
        add(OBJECTION, Json.object().put("text", problem), 0, 0, "step.objection", Json.object());
    }

    /** Ends the talk, so that a further attempt begins another. */
    void over() {
        add(OVER, Json.object(), 0, 0, "step.over", Json.object());
    }

    /** Returns the last answer when nothing is to be done about it any more; null otherwise. */
    @Nullable
    String lastAnswer() {
        JsonNode last = entries.getLast();
        return kind(last).equals(TURN) && last.path("calls").isEmpty()
                ? last.path("text").asText()
                : null;
    }

    /** Returns the calls of the last turn that have no result yet. */
    List<Call> open() {
        List<Call> open = new ArrayList<>();
        for (JsonNode entry : own()) {
            switch (kind(entry)) {
                case TURN -> {
                    open.clear();
                    entry.path("calls")
                            .forEach(call -> open.add(new Call(
                                    call.path("id").asText(),
                                    call.path("name").asText(),
                                    call.path("arguments").asText())));
                }
                case RESULT -> open.removeFirst();
                default -> {}
            }
        }
        return open;
    }

    /** Returns what was said after the task, as messages. */
    List<Message> messages() {
        List<Message> messages = new ArrayList<>();
        List<Part> results = new ArrayList<>();
        for (JsonNode entry : own()) {
            String kind = kind(entry);
            if (!kind.equals(RESULT) && !results.isEmpty()) {
                messages.add(new Message(Role.USER, results));
                results.clear();
            }
            switch (kind) {
                case TURN -> messages.add(new Message(Role.ASSISTANT, turn(entry)));
                case RESULT ->
                    results.add(new Part.ToolResult(
                            entry.path("id").asText(),
                            List.of(new Part.Text(entry.path("text").asText())),
                            entry.path("error").asBoolean()));
                case OBJECTION ->
                    messages.add(Message.text(Role.USER, entry.path("text").asText()));
                default -> {}
            }
        }
        if (!results.isEmpty()) {
            messages.add(new Message(Role.USER, results));
        }
        return messages;
    }

    private static List<Part> turn(JsonNode entry) {
        List<Part> parts = new ArrayList<>();
        if (entry.path("signature").isTextual()) {
            parts.add(new Part.Reasoning(
                    entry.path("reasoning").asText(), entry.path("signature").textValue()));
        }
        if (!entry.path("text").asText().isEmpty()) {
            parts.add(new Part.Text(entry.path("text").asText()));
        }
        for (JsonNode call : entry.path("calls")) {
            parts.add(new Part.ToolCall(
                    call.path("id").asText(),
                    call.path("name").asText(),
                    call.path("arguments").asText()));
        }
        return parts;
    }
}
