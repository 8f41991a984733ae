package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepExecutor;
import dev.gantry.runs.StepFailure;
import dev.gantry.runs.StepOutcome;
import dev.gantry.tools.CommandResult;
import dev.gantry.tools.HttpResult;
import dev.gantry.tools.McpResult;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.Action;
import dev.gantry.workflow.DataType;
import dev.gantry.workflow.Policy.FailureKind;
import dev.gantry.workflow.Template;
import dev.gantry.workflow.ValueTemplate;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Steps that call a tool: of an MCP server, at an address, or a command. Thread-safe. */
final class ToolSteps {
    private static final int ERROR_LENGTH_MAX = 300;

    private final ToolCalls calls;

    ToolSteps(ToolCalls calls) {
        this.calls = calls;
    }

    /** Returns the executors of the three kinds. */
    Map<Class<? extends Action>, StepExecutor> executors() {
        return Map.of(
                Action.CallTool.class,
                executor(this::callTool),
                Action.CallHttp.class,
                executor(this::callHttp),
                Action.RunCommand.class,
                executor(this::runCommand));
    }

    private interface Work {
        JsonNode output(StepCall call) throws StepFailure;
    }

    private StepExecutor executor(Work work) {
        return new StepExecutor() {
            @Override
            public StepOutcome execute(StepCall call) throws StepFailure {
                return StepOutcome.of(work.output(call));
            }

            @Override
            public String identity(StepCall call) {
                requireAllowed(call);
                return "";
            }

            @Override
            public @Nullable String refusal(Starter starter, Action action) {
                return ToolSteps.refusal(calls.tools(), action, calls.organization(starter));
            }
        };
    }

    /** What another run has kept is for those who could have had it made. */
    private void requireAllowed(StepCall call) {
        calls.require(
                call,
                switch (call.action()) {
                    case Action.CallTool tool -> tool.server() + "/" + tool.tool();
                    case Action.RunCommand command -> "shell/" + command.command();
                    default -> "http";
                });
        String refusal = refusal(calls.tools(), call.action(), calls.organization(call.starter()));
        if (refusal != null) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED, "The step '" + call.step().id() + "' " + refusal);
        }
    }

    /**
     * Returns why a step cannot be done with the operator's configuration, in words that go on after "Step 'x'"; null if nothing
     * is known against it.
     */
    static @Nullable String refusal(Tools tools, Action action, String organization) {
        String refusal = switch (action) {
            case Action.CallTool tool -> tools.toolRefusal(tool.server(), tool.tool(), organization);
            case Action.CallHttp http -> refusal(tools, http, organization);
            case Action.RunCommand command ->
                tools.commandRefusal(
                        command.command(), organization, command.arguments().keySet());
            case Action.RunAgent agent ->
                agent.tools().stream()
                        .map(tool -> AgentTools.refusal(tools, tool, organization))
                        .flatMap(Optional::stream)
                        .findFirst()
                        .orElse(null);
            default -> null;
        };
        return refusal == null ? null : "cannot be done: " + refusal;
    }

    private static @Nullable String refusal(Tools tools, Action.CallHttp http, String organization) {
        String refusal = tools.httpRefusal();
        String host = fixedHost(http.url());
        if (refusal == null && host != null) {
            refusal = tools.addressRefusal(host);
        }
        for (String secret : http.secretHeaders().values()) {
            refusal = refusal == null ? tools.secretRefusal(secret, organization) : refusal;
        }
        return refusal;
    }

    /** Returns the beginning of an address as far as it is the same in every run; null when its host is not. */
    private static @Nullable String fixedHost(Template url) {
        if (url.parts().isEmpty() || !(url.parts().getFirst() instanceof Template.Plain plain)) {
            return null;
        }
        String text = plain.text().strip();
        int host = text.indexOf("//");
        int end = host < 0 ? -1 : text.indexOf('/', host + 2);
        if (url.parts().size() == 1) {
            return text;
        }
        return end < 0 ? null : text.substring(0, end + 1);
    }

    private JsonNode callTool(StepCall call) throws StepFailure {
        Action.CallTool action = (Action.CallTool) call.action();
        JsonNode arguments = call.expressions().evaluate(action.arguments(), call.scope());
        if (!(arguments instanceof ObjectNode named)) {
            throw new StepFailure(
                    FailureKind.OTHER, false, "The arguments of a tool are an object of names and values");
        }
        McpResult result = calls.mcp(call, call.idempotencyKey(), action.server(), action.tool(), named);
        String tool = action.server() + "/" + action.tool();
        if (result.isError()) {
            throw new StepFailure(
                    FailureKind.PROVIDER,
                    false,
                    "The tool " + tool + " failed: " + Text.storable(result.text(), ERROR_LENGTH_MAX));
        }
        DataType type = action.output();
        if (!result.value().isTextual() && type != DataType.Simple.STRING) {
            if (!type.problems(result.value()).isEmpty()) {
                throw unfit(
                        tool, "does not fit: " + type.problems(result.value()).getFirst());
            }
            return result.value();
        }
        return switch (StepAnswer.read(type, result.text())) {
            case StepAnswer.Reading.Value fits -> fits.value();
            case StepAnswer.Reading.Unfit unfit -> throw unfit(tool, unfit.problem());
        };
    }

    private static StepFailure unfit(String tool, String problem) {
        return new StepFailure(FailureKind.INVALID_OUTPUT, false, "The answer of " + tool + " " + problem);
    }

    private JsonNode callHttp(StepCall call) throws StepFailure {
        Action.CallHttp action = (Action.CallHttp) call.action();
        ValueTemplate body = action.body();
        HttpResult result = calls.http(
                call,
                call.idempotencyKey(),
                action.method(),
                call.expressions().render(action.url(), call.scope()),
                rendered(call, action.headers()),
                action.secretHeaders(),
                body == null ? null : call.expressions().evaluate(body, call.scope()));
        if (result.status() == 429 || result.status() >= 500) {
            // What may pass by itself is tried again where the file says so; everything else is an answer like another.
            throw new StepFailure(
                    result.status() == 429 ? FailureKind.RATE_LIMIT : FailureKind.PROVIDER,
                    true,
                    "The address answered with status " + result.status());
        }
        return json(result);
    }

    static ObjectNode json(HttpResult result) {
        ObjectNode output = Json.object().put("status", result.status());
        ObjectNode headers = output.putObject("headers");
        result.headers().forEach(headers::put);
        output.set("body", result.body());
        return output;
    }

    private JsonNode runCommand(StepCall call) throws StepFailure {
        Action.RunCommand action = (Action.RunCommand) call.action();
        return json(calls.command(call, action.command(), rendered(call, action.arguments())));
    }

    static ObjectNode json(CommandResult result) {
        return Json.object()
                .put("exit_code", result.exitCode())
                .put("stdout", result.stdout())
                .put("stderr", result.stderr());
    }

    private static Map<String, String> rendered(StepCall call, Map<String, Template> templates) {
        Map<String, String> rendered = new HashMap<>();
        templates.forEach((name, value) -> rendered.put(name, call.expressions().render(value, call.scope())));
        return rendered;
    }
}
