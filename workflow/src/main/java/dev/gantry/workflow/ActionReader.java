package dev.gantry.workflow;

import dev.gantry.config.YamlNode;
import dev.gantry.workflow.Action.Approve;
import dev.gantry.workflow.Action.AwaitEvent;
import dev.gantry.workflow.Action.AwaitWebhook;
import dev.gantry.workflow.Action.Branch;
import dev.gantry.workflow.Action.CallHttp;
import dev.gantry.workflow.Action.CallTool;
import dev.gantry.workflow.Action.Case;
import dev.gantry.workflow.Action.Escalation;
import dev.gantry.workflow.Action.ForEach;
import dev.gantry.workflow.Action.Loop;
import dev.gantry.workflow.Action.OnItemFailure;
import dev.gantry.workflow.Action.OnTimeout;
import dev.gantry.workflow.Action.Pause;
import dev.gantry.workflow.Action.RunAgent;
import dev.gantry.workflow.Action.RunCommand;
import dev.gantry.workflow.Action.RunPattern;
import dev.gantry.workflow.Action.RunWorkflow;
import dev.gantry.workflow.Action.Transform;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads the parameters of the kinds of steps. */
final class ActionReader {
    private static final Duration WAIT_DEFAULT = Duration.ofDays(1);
    private static final Pattern TOOL = Pattern.compile("[A-Za-z0-9_.-]+/([A-Za-z0-9_.~@/-]+|\\*)");
    private static final Pattern APPROVER = Pattern.compile("group:\\S+|team:\\S+|[^\\s@]+@[^\\s@]+");

    private final StepReader steps;

    ActionReader(StepReader steps) {
        this.steps = steps;
    }

    /** Reads what a step of a kind does; a part that does not fit becomes a finding. */
    Action read(String type, Section params, int depth) {
        return switch (type) {
            case "pattern" ->
                new RunPattern(
                        params.requireWords("pattern"),
                        templateOrEmpty(params, "input"),
                        params.templates("variables"),
                        params.words("model"),
                        params.type("output", DataType.Simple.STRING));
            case "agent" -> agent(params);
            case "tool" -> tool(params);
            case "transform" ->
                new Transform(requireValue(params, "value"), params.type("output", DataType.Simple.ANY));
            case "map" -> map(params, depth);
            case "branch" -> branch(params, depth);
            case "loop" ->
                new Loop((int) params.whole("max", 1), params.formula("until"), steps.body(params, depth + 1));
            case "approval" -> approval(params);
            case "wait" -> await(params);
            case "workflow" -> new RunWorkflow(params.requireWords("workflow"), values(params, "inputs"));
            case "shell" -> new RunCommand(params.requireWords("command"), params.templates("arguments"));
            default -> throw new IllegalArgumentException(type);
        };
    }

    private static Action agent(Section params) {
        String role = params.words("role");
        Template system = params.template("system");
        if ((role == null) == (system == null)) {
            params.invalid("role", "give either 'role', a pattern, or 'system', the instructions themselves");
        }
        List<String> tools = params.names("tools");
        requireTools(params, "tools", tools);
        return new RunAgent(
                role,
                system,
                templateOrEmpty(params, "prompt"),
                params.words("model"),
                tools,
                (int) params.whole("max_turns", 10),
                params.has("max_tokens") ? params.whole("max_tokens", 1) : null,
                params.type("output", DataType.Simple.STRING));
    }

    private static void requireTools(Section params, String key, List<String> tools) {
        for (String tool : tools) {
            if (!TOOL.matcher(tool).matches()) {
                params.invalid(
                        key,
                        "a tool is written server/tool, all of a server's tools server/*; beside MCP servers there are http/get,"
                                + " http/request, pattern/NAME and shell/COMMAND");
            }
        }
    }

    private static Action tool(Section params) {
        String tool = params.words("tool");
        Template url = params.template("url");
        if ((tool == null) == (url == null)) {
            params.invalid("tool", "give either 'tool', as server/tool, or 'url', an address to call");
        }
        if (url == null) {
            for (String key : List.of("method", "headers", "secret_headers", "body")) {
                if (params.has(key)) {
                    params.invalid(key, "belongs to a call of an 'url'");
                }
            }
            String name = tool == null ? "" : tool;
            if (tool != null && (!TOOL.matcher(tool).matches() || tool.endsWith("*"))) {
                params.invalid("tool", "a tool is written server/tool");
            }
            int slash = name.indexOf('/');
            ValueTemplate arguments = params.value("arguments");
            return new CallTool(
                    slash < 0 ? name : name.substring(0, slash),
                    name.substring(slash + 1),
                    arguments == null ? new ValueTemplate.Fields(Map.of(), params.position()) : arguments,
                    params.type("output", DataType.Simple.ANY));
        }
        for (String key : List.of("arguments", "output")) {
            if (params.has(key)) {
                params.invalid(key, "belongs to a 'tool'; a call of an 'url' gives status, headers and body");
            }
        }
        Map<String, String> secrets = new LinkedHashMap<>();
        params.entries("secret_headers", (entry, where) -> {
            if (entry.value() instanceof YamlNode.Scalar scalar
                    && !scalar.text().isBlank()) {
                secrets.put(entry.key(), scalar.text().strip());
            } else {
                params.invalid("secret_headers", "each header takes the name of a secret");
            }
        });
        return new CallHttp(
                params.choice("method", "GET"), url, params.templates("headers"), secrets, params.value("body"));
    }

    private Action map(Section params, int depth) {
        String as = params.identifier("as");
        return new ForEach(
                params.requireFormula("items"),
                as == null ? "item" : as,
                (int) params.whole("max_parallel", 5),
                (int) params.whole("max_items", 1_000),
                OnItemFailure.valueOf(params.choice("on_item_failure", "abort").toUpperCase(Locale.ROOT)),
                steps.body(params, depth + 1));
    }

    private Action branch(Section params, int depth) {
        List<Case> cases = new ArrayList<>();
        params.each("cases", (node, where) -> {
            Section section = steps.section(node, Format.CASE, where, "a case of a branch");
            cases.add(new Case(section.requireFormula("when"), steps.body(section, depth + 1)));
        });
        Section otherwise = params.section("else", "the way of a branch when no condition holds");
        return new Branch(cases, otherwise == null ? null : steps.body(otherwise, depth + 1));
    }

    private static Action approval(Section params) {
        List<String> approvers = params.names("approvers");
        requireApprovers(params, "approvers", approvers);
        int needed = (int) params.whole("approvals", 1);
        if (needed > approvers.size() && approvers.stream().noneMatch(who -> who.contains(":"))) {
            params.invalid("approvals", "asks for more people than 'approvers' names");
        }
        Section escalation = params.section("escalate", "an escalation");
        Duration timeout = params.span("timeout", WAIT_DEFAULT);
        Escalation more = escalation == null ? null : escalation(escalation, timeout);
        return new Approve(
                templateOrEmpty(params, "message"),
                approvers,
                needed,
                timeout,
                OnTimeout.valueOf(params.choice("on_timeout", "fail").toUpperCase(Locale.ROOT)),
                more,
                params.choice("on_reject", "abort").equals("abort"));
    }

    private static Escalation escalation(Section section, Duration timeout) {
        Escalation escalation = new Escalation(section.span("after", timeout), section.names("to"));
        requireApprovers(section, "to", escalation.to());
        if (escalation.after().compareTo(timeout) >= 0) {
            section.invalid("after", "must be shorter than the approval's timeout, " + Words.of(timeout));
        }
        return escalation;
    }

    private static void requireApprovers(Section params, String key, List<String> approvers) {
        for (String approver : approvers) {
            if (!APPROVER.matcher(approver).matches()) {
                params.invalid(key, "names people as an e-mail address, group:NAME or team:NAME");
            }
        }
    }

    private static Action await(Section params) {
        Duration pause = params.span("for");
        String event = params.words("event");
        boolean webhook = params.truth("webhook", false);
        if ((params.has("for") ? 1 : 0) + (params.has("event") ? 1 : 0) + (webhook ? 1 : 0) != 1) {
            params.invalid("for", "a wait is either 'for' a time, for an 'event', or 'webhook: true'");
        }
        Duration timeout = params.span("timeout", WAIT_DEFAULT);
        boolean continues = params.choice("on_timeout", "fail").equals("continue");
        Expression where = params.formula("where");
        DataType output = params.type("output", DataType.Simple.ANY);
        if (where != null && event == null) {
            params.invalid("where", "belongs to a wait for an 'event'");
        }
        if (params.has("output") && !webhook) {
            params.invalid("output", "belongs to a wait for a webhook");
        }
        if (event != null) {
            return new AwaitEvent(event, where, timeout, continues);
        }
        return webhook
                ? new AwaitWebhook(timeout, continues, output)
                : new Pause(pause == null ? Duration.ofSeconds(1) : pause);
    }

    private static Map<String, ValueTemplate> values(Section params, String key) {
        Map<String, ValueTemplate> values = new LinkedHashMap<>();
        params.entries(key, (entry, where) -> values.put(entry.key(), params.value(entry.value(), where)));
        return values;
    }

    private static Template templateOrEmpty(Section params, String key) {
        Template template = params.template(key);
        return template == null ? Template.plain("", params.position()) : template;
    }

    static ValueTemplate requireValue(Section params, String key) {
        @Nullable ValueTemplate value = params.value(key);
        return value == null ? new ValueTemplate.Text(Template.plain("", params.position())) : value;
    }
}
