package dev.gantry.workflow;

import static dev.gantry.workflow.FormatKey.may;
import static dev.gantry.workflow.FormatKey.must;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The file format, as data: every key, what may stand behind it and what it means. */
final class Format {
    /** Most steps of a file, those within others counted. */
    static final int STEPS_MAX = 1_000;

    /** Deepest nesting of steps in steps. */
    static final int NESTING_MAX = 5;

    private static final long DAY = 86_400;

    static final Form WORDS = new Form.Words(2_000);
    static final Form NAME = new Form.Name();
    static final Form TEMPLATE = new Form.Templated();
    static final Form FORMULA = new Form.Formula();
    static final Form VALUE = new Form.AnyValue();
    static final Form TYPE = new Form.Typed();
    static final Form WAITING = new Form.Span(1, 366 * DAY);
    static final Form STEPS = new Form.Steps();

    private static final Form PEOPLE = new Form.Many(NAME, 1, 50);
    private static final FormatKey OUTPUT =
            may("output", TYPE, "The type of the output: text when left out; fields, for an answer as JSON");
    private static final FormatKey BODY_OUTPUT =
            may("output", VALUE, "What a round amounts to; the last step's output when left out");

    static final List<FormatKey> WORKFLOW = List.of(
            must("name", new Form.Words(200), "The name for people"),
            may("description", WORDS, "What it is for"),
            may("version", new Form.Words(50), "Your own version; the registry numbers versions itself"),
            may("team", NAME, "The team that answers for it"),
            may("tags", new Form.Many(NAME, 0, 50), "For finding it"),
            may("token_budget", new Form.Whole(1_000, 1_000_000_000), "Most tokens of one run; 100000 when left out"),
            may("deadline", WAITING, "The longest that a run may take, waiting included; 1h when left out"),
            may("max_parallel", new Form.Whole(1, 100), "Most steps of a run at a time; 10 when left out"),
            may("concurrency", new Form.Keys(concurrency()), "How many runs there may be at a time"),
            may(
                    "permissions",
                    new Form.Many(NAME, 0, 200),
                    "The most that a run may do, whoever starts it, such as patterns:execute:review/*"),
            may("inputs", new Form.Named(new Form.InputForm(), 100), "What whoever starts it gives"),
            may("outputs", new Form.Named(VALUE, 100), "What a finished run answers with"),
            must("steps", STEPS, "What is done"));

    static final List<FormatKey> INPUT = List.of(
            may("type", TYPE, "What the value must be; string when left out"),
            may("required", new Form.Truth(), "Whether a run without it is refused; false when left out"),
            may("default", new Form.Literal(), "The value when none is given"),
            may("choices", new Form.Many(new Form.Literal(), 1, 200), "The only values allowed"),
            may("description", WORDS, "What it is for"));

    static final List<FormatKey> RETRY = List.of(
            may("attempts", new Form.Whole(1, 20), "Attempts in all, the first included; 3 when left out"),
            may("delay", new Form.Span(0, DAY), "Before the second attempt; 5s when left out"),
            may("backoff", new Form.Choice("fixed", "linear", "exponential"), "How the delay grows; exponential"),
            may("max_delay", new Form.Span(0, DAY), "The most that the delay grows to; 5m when left out"),
            may(
                    "on",
                    new Form.Many(
                            new Form.Choice("provider", "rate_limit", "timeout", "invalid_output", "internal", "other"),
                            1,
                            6),
                    "Which failures are tried again; those that may pass by themselves when left out"));

    static final List<FormatKey> CACHE = List.of(
            must("ttl", new Form.Span(1, 90 * DAY), "How long a result may be taken again"),
            may("key", TEMPLATE, "What must be the same; all that the step is given when left out"));

    static final List<FormatKey> ESTIMATE = List.of(
            may("tokens", new Form.Whole(0, 100_000_000), "Tokens that one attempt uses"),
            may("cost", new Form.Dollars(), "Dollars that one attempt costs"));

    static final List<FormatKey> ESCALATION = List.of(
            must("after", WAITING, "How long after the question"),
            must("to", PEOPLE, "Who may decide as well from then on"));

    static final List<FormatKey> CASE = List.of(
            must("when", FORMULA, "The condition of this way"), must("steps", STEPS, "What is done"), BODY_OUTPUT);

    static final List<FormatKey> OTHERWISE = List.of(must("steps", STEPS, "What is done"), BODY_OUTPUT);

    /** Parameters by kind of step. */
    static final Map<String, List<FormatKey>> KINDS = kinds();

    /** The keys of an action in place of a step's own. */
    static final List<FormatKey> SUBSTITUTE = List.of(
            must(
                    "type",
                    new Form.Choice(List.of("pattern", "agent", "tool", "transform", "workflow", "shell")),
                    "Kind"),
            may("params", new Form.Literal(), "What this kind needs"));

    static final List<FormatKey> STEP = List.of(
            must("id", new Form.Identifier(), "The name in expressions; unique in the file"),
            must("type", new Form.Choice(List.copyOf(KINDS.keySet())), "The kind of step"),
            may("title", new Form.Words(200), "The name for people"),
            may(
                    "depends_on",
                    new Form.Many(NAME, 0, 100),
                    "Steps that must have ended; those used in expressions count"),
            may("when", FORMULA, "A condition; false skips the step"),
            may("params", new Form.Literal(), "What this kind of step needs"),
            may("retry", new Form.Keys(RETRY), "When a failed attempt is followed by another"),
            may("timeout", new Form.Span(1, 7 * DAY), "The longest that one attempt may take; 5m when left out"),
            may(
                    "on_failure",
                    new Form.Choice("abort", "skip", "retry", "fallback", "continue_with_default"),
                    "What follows when the last attempt failed; abort when left out"),
            may("fallback", new Form.Substitute(), "What is done instead, for on_failure: fallback"),
            may("default_output", VALUE, "The output instead, for on_failure: continue_with_default"),
            may("circuit_breaker", NAME, "Steps with the same key share one breaker"),
            may("cache", new Form.Keys(CACHE), "Whether an earlier result may be taken"),
            may("estimate", new Form.Keys(ESTIMATE), "What one attempt may use"));

    private Format() {}

    private static List<FormatKey> concurrency() {
        return List.of(
                must("max_runs", new Form.Whole(1, 10_000), "Most runs at a time"),
                may(
                        "when_full",
                        new Form.Choice("queue", "reject", "cancel_oldest"),
                        "What becomes of a run too many; queue when left out"),
                may("key", TEMPLATE, "Runs are counted apart by this text, over inputs"));
    }

    private static Map<String, List<FormatKey>> kinds() {
        Map<String, List<FormatKey>> kinds = new LinkedHashMap<>();
        FormatKey model = may("model", NAME, "The model; the pattern's own or the default when left out");
        kinds.put(
                "pattern",
                List.of(
                        must("pattern", NAME, "The pattern's name, with @version for a fixed one"),
                        may("input", TEMPLATE, "The text it works on"),
                        may("variables", new Form.Named(TEMPLATE, 50), "Values for the pattern's variables"),
                        model,
                        OUTPUT));
        kinds.put(
                "agent",
                List.of(
                        may("role", NAME, "A pattern whose instructions it follows"),
                        may("system", TEMPLATE, "Instructions, instead of a role"),
                        must("prompt", TEMPLATE, "The task"),
                        model,
                        may(
                                "tools",
                                new Form.Many(NAME, 0, 50),
                                "Tools that it may call: server/tool or server/* of an MCP server, http/get, http/request, pattern/NAME, shell/COMMAND"),
                        may("max_turns", new Form.Whole(1, 100), "Most calls of the model; 10 when left out"),
                        may("max_tokens", new Form.Whole(100, 100_000_000), "Most tokens of all its turns"),
                        OUTPUT));
        kinds.put(
                "tool",
                List.of(
                        may("tool", NAME, "A tool of an MCP server, as server/tool"),
                        may("arguments", VALUE, "What the tool is given"),
                        may("url", TEMPLATE, "An address to call, instead of a tool"),
                        may("method", new Form.Choice("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"), "GET"),
                        may("headers", new Form.Named(TEMPLATE, 50), "Headers of the call"),
                        may("secret_headers", new Form.Named(NAME, 10), "Headers whose values are secrets, by name"),
                        may("body", VALUE, "Sent as JSON, a text as it is"),
                        OUTPUT));
        kinds.put(
                "transform",
                List.of(must("value", VALUE, "The value to compute"), may("output", TYPE, "The type of the value")));
        kinds.put(
                "map",
                List.of(
                        must("items", FORMULA, "Gives the list"),
                        may("as", new Form.Identifier(), "The item's name in expressions; item when left out"),
                        may("max_parallel", new Form.Whole(1, 100), "Most items at a time; 5 when left out"),
                        may("max_items", new Form.Whole(1, 10_000), "More items fail the step; 1000 when left out"),
                        may(
                                "on_item_failure",
                                new Form.Choice("abort", "skip", "keep_null"),
                                "What a failed item means for the rest; abort when left out"),
                        must("steps", STEPS, "What is done for each item"),
                        BODY_OUTPUT));
        kinds.put(
                "branch",
                List.of(
                        must("cases", new Form.Many(new Form.Keys(CASE), 1, 50), "The first whose condition holds"),
                        may("else", new Form.Keys(OTHERWISE), "When no condition holds")));
        kinds.put(
                "loop",
                List.of(
                        must("max", new Form.Whole(1, 1_000), "Most rounds"),
                        may("until", FORMULA, "Ends the loop; sees loop.output, the result of the round"),
                        must("steps", STEPS, "What is done in each round"),
                        BODY_OUTPUT));
        kinds.put(
                "approval",
                List.of(
                        must("message", TEMPLATE, "What is asked"),
                        must("approvers", PEOPLE, "Who may decide: an e-mail address, group:NAME or team:NAME"),
                        may("approvals", new Form.Whole(1, 50), "How many must agree; 1 when left out"),
                        may("timeout", WAITING, "How long to wait; 24h when left out"),
                        may("on_timeout", new Form.Choice("fail", "reject", "approve"), "What then; fail"),
                        may("escalate", new Form.Keys(ESCALATION), "Who is added when nobody decides"),
                        may("on_reject", new Form.Choice("abort", "continue"), "abort when left out")));
        kinds.put(
                "wait",
                List.of(
                        may("for", WAITING, "A length of time"),
                        may("event", NAME, "An event of the platform, such as asset.published"),
                        may("where", FORMULA, "Which one, over event"),
                        may("webhook", new Form.Truth(), "A signed call from outside"),
                        may("timeout", WAITING, "How long to wait for it; 24h when left out"),
                        may("on_timeout", new Form.Choice("fail", "continue"), "What then; fail"),
                        OUTPUT));
        kinds.put(
                "workflow",
                List.of(
                        must("workflow", NAME, "The workflow's name, with @version for a fixed one"),
                        may("inputs", new Form.Named(VALUE, 100), "Its inputs")));
        kinds.put(
                "shell",
                List.of(
                        must("command", NAME, "The operator's name of an allowed command"),
                        may("arguments", new Form.Named(TEMPLATE, 50), "Values for the command's parameters")));
        return Collections.unmodifiableMap(kinds);
    }
}
