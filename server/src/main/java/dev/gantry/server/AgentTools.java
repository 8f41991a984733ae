package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.provider.ChatRequest.Tool;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepFailure;
import dev.gantry.tools.McpResult;
import dev.gantry.tools.McpTool;
import dev.gantry.tools.ToolException;
import dev.gantry.tools.ToolSettings;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.Action;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The tools of one agent: those that its step names, and no others. Used by one thread. */
final class AgentTools {
    private static final int TOOLS_MAX = 128;
    private static final int NAME_LENGTH_MAX = 64;
    private static final Set<String> METHODS = Set.of("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD");

    private final StepCall call;
    private final ToolCalls calls;
    private final PatternStep patterns;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    /** What a call of a tool gave, and what it took. */
    record Answer(String text, boolean isError, long tokens, long costMicroUsd) {
        static Answer of(String text) {
            return new Answer(text, false, 0, 0);
        }

        static Answer error(String text) {
            return new Answer(text, true, 0, 0);
        }
    }

    private interface Work {
        Answer call(ObjectNode arguments, String key) throws Exception;
    }

    /**
     * A tool under the name that the model knows.
     *
     * @param reference as the step names it
     */
    private record Entry(String reference, Tool tool, Work work) {}

    private AgentTools(StepCall call, ToolCalls calls, PatternStep patterns) {
        this.call = call;
        this.calls = calls;
        this.patterns = patterns;
    }

    /**
     * Finds the tools of an agent.
     *
     * @throws StepFailure if one is not to be had
     */
    static AgentTools of(StepCall call, ToolCalls calls, PatternStep patterns) throws StepFailure {
        AgentTools found = new AgentTools(call, calls, patterns);
        for (String reference : ((Action.RunAgent) call.action()).tools()) {
            found.add(reference);
        }
        return found;
    }

    /** Returns why a tool that a step names cannot be had; empty if nothing is known against it. */
    static Optional<String> refusal(Tools tools, String reference, String organization) {
        String server = reference.substring(0, reference.indexOf('/'));
        String name = reference.substring(server.length() + 1);
        return Optional.ofNullable(
                switch (server) {
                    case "http" ->
                        Set.of("get", "request").contains(name)
                                ? tools.httpRefusal()
                                : "of http there are the tools http/get and http/request";
                    case "pattern" -> null;
                    case "shell" ->
                        name.equals("*")
                                ? "commands are named one by one, as shell/COMMAND"
                                : commandRefusal(tools, name, organization);
                    case "workflow" -> "an agent cannot start workflows";
                    default -> tools.toolRefusal(server, name, organization);
                });
    }

    private static @Nullable String commandRefusal(Tools tools, String name, String organization) {
        try {
            tools.command(name, organization);
            return null;
        } catch (ToolException refused) {
            return refused.getMessage();
        }
    }

    List<Tool> described() {
        return entries.values().stream().map(Entry::tool).toList();
    }

    /** Returns a tool's name as the step writes it, for records; that of the model's own invention in quotes. */
    String reference(String name) {
        Entry entry = entries.get(name);
        return entry == null ? "unknown" : entry.reference();
    }

    /**
     * Calls a tool. What is wrong with the call itself, or what the tool refuses, is an answer that the model may learn from.
     *
     * @param key the same at every attempt at this call
     * @throws Exception what may pass by itself, what the operator's rules forbid, and what ends the attempt
     */
    Answer call(String name, String arguments, String key) throws Exception {
        Entry entry = entries.get(name);
        if (entry == null) {
            return Answer.error(
                    "There is no tool '" + Text.shorten(name, 60) + "'. Tools: " + String.join(", ", entries.keySet()));
        }
        ObjectNode named;
        try {
            named = Json.readObject(arguments.getBytes(StandardCharsets.UTF_8));
        } catch (GantryException malformed) {
            return Answer.error("The arguments are not a JSON object");
        }
        try {
            return entry.work().call(named, key);
        } catch (StepFailure failure) {
            if (failure.mayPass()) {
                throw failure;
            }
            return Answer.error(String.valueOf(failure.getMessage()));
        } catch (GantryException failure) {
            if (failure.code() == ErrorCode.CONTENT_BLOCKED || failure.code() == ErrorCode.PERMISSION_DENIED) {
                return Answer.error(String.valueOf(failure.getMessage()));
            }
            throw failure;
        }
    }

    private void add(String reference) throws StepFailure {
        String server = reference.substring(0, reference.indexOf('/'));
        String name = reference.substring(server.length() + 1);
        switch (server) {
            case "http" -> addHttp(reference, name);
            case "pattern" -> addPattern(reference, name);
            case "shell" -> addCommand(reference, name);
            default -> addMcp(server, name);
        }
    }

    private void add(String reference, String description, ObjectNode parameters, Work work) {
        if (entries.size() >= TOOLS_MAX) {
            return;
        }
        String base = reference.replace("/", "__").replaceAll("[^A-Za-z0-9_-]", "_");
        String shortened = base.length() > NAME_LENGTH_MAX ? base.substring(0, NAME_LENGTH_MAX) : base;
        String name = shortened;
        for (int number = 2; entries.containsKey(name); number++) {
            String suffix = "_" + number;
            name = shortened.substring(0, Math.min(shortened.length(), NAME_LENGTH_MAX - suffix.length())) + suffix;
        }
        entries.put(name, new Entry(reference, new Tool(name, description, parameters, null), work));
    }

    private void addMcp(String server, String wanted) throws StepFailure {
        String organization = calls.organization(call.starter());
        List<McpTool> listed = ToolCalls.tried(() -> calls.tools().tools(server, organization, Duration.ofSeconds(30)));
        for (McpTool tool : listed) {
            if (wanted.equals("*") || wanted.equals(tool.name())) {
                add(server + "/" + tool.name(), tool.description(), tool.parameters(), (arguments, key) -> {
                    McpResult result = calls.mcp(call, key, server, tool.name(), arguments);
                    return new Answer(
                            result.text().isEmpty() ? result.value().toString() : result.text(),
                            result.isError(),
                            0,
                            0);
                });
            }
        }
    }

    private void addHttp(String reference, String name) {
        ObjectNode parameters = parameters(name.equals("get") ? List.of("url") : List.of("method", "url"));
        ObjectNode properties = (ObjectNode) parameters.get("properties");
        properties.putObject("url").put("type", "string");
        if (!name.equals("get")) {
            ObjectNode method = properties.putObject("method").put("type", "string");
            METHODS.stream().sorted().forEach(method.putArray("enum")::add);
            properties.putObject("body").put("type", "string").put("description", "Sent as it is");
            properties.putObject("content_type").put("type", "string");
        }
        String description = name.equals("get")
                ? "Gets what is at an address. Only some hosts are allowed."
                : "Calls an address. Only some hosts are allowed.";
        add(reference, description, parameters, (arguments, key) -> {
            String method =
                    name.equals("get") ? "GET" : arguments.path("method").asText();
            if (!METHODS.contains(method)) {
                return Answer.error("There is no method '" + Text.shorten(method, 20) + "'");
            }
            JsonNode body = name.equals("get") ? null : arguments.get("body");
            String type = arguments.path("content_type").asText();
            Map<String, String> headers = type.isEmpty() || body == null ? Map.of() : Map.of("Content-Type", type);
            var result = calls.http(call, key, method, arguments.path("url").asText(), headers, Map.of(), body);
            JsonNode content = result.body();
            String text = content.isTextual() ? content.textValue() : content.toString();
            return new Answer("Status " + result.status() + "\n\n" + text, result.status() >= 400, 0, 0);
        });
    }

    private void addCommand(String reference, String name) throws StepFailure {
        String organization = calls.organization(call.starter());
        ToolSettings.Command command = ToolCalls.tried(() -> calls.tools().command(name, organization));
        ObjectNode parameters =
                parameters(command.parameters().keySet().stream().sorted().toList());
        ObjectNode properties = (ObjectNode) parameters.get("properties");
        command.parameters()
                .forEach((parameter, form) ->
                        properties.putObject(parameter).put("type", "string").put("description", "Must match " + form));
        add(reference, command.description().orElse("Runs the command " + name), parameters, (arguments, key) -> {
            Map<String, String> values = new HashMap<>();
            arguments
                    .properties()
                    .forEach(
                            value -> values.put(value.getKey(), value.getValue().asText()));
            return Answer.of(ToolSteps.json(calls.command(call, name, values)).toString());
        });
    }

    private void addPattern(String reference, String pattern) {
        ObjectNode parameters = parameters(List.of("input"));
        ((ObjectNode) parameters.get("properties"))
                .putObject("input")
                .put("type", "string")
                .put("description", "The text it works on");
        add(reference, "Runs the pattern " + pattern + " on a text", parameters, (arguments, key) -> {
            StepAsk.Given given = patterns.run(
                    call,
                    key,
                    PatternStep.request(pattern, arguments.path("input").asText(), null, Map.of()),
                    Long.MAX_VALUE);
            return new Answer(given.answer().text(), false, given.tokens(), given.costMicroUsd());
        });
    }

    private static ObjectNode parameters(List<String> required) {
        ObjectNode parameters = Json.object().put("type", "object");
        parameters.putObject("properties");
        required.forEach(parameters.putArray("required")::add);
        parameters.put("additionalProperties", false);
        return parameters;
    }
}
