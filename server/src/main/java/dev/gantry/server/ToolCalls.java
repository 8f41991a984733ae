package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.runs.Starter;
import dev.gantry.runs.StepCall;
import dev.gantry.runs.StepFailure;
import dev.gantry.tools.CommandResult;
import dev.gantry.tools.HttpCall;
import dev.gantry.tools.HttpResult;
import dev.gantry.tools.McpResult;
import dev.gantry.tools.ToolException;
import dev.gantry.tools.Tools;
import dev.gantry.workflow.Policy.FailureKind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Calls tools for steps and agents: on the permissions of whoever started the run, through the guard, and with a failure in the
 * terms of workflows. Thread-safe.
 */
final class ToolCalls {
    private final Tools tools;
    private final ToolGuard guard;
    private final Identity identity;
    private final Function<UUID, String> organizations;
    private final Clock clock;

    ToolCalls(Tools tools, ToolGuard guard, Identity identity, Function<UUID, String> organizations, Clock clock) {
        this.tools = tools;
        this.guard = guard;
        this.identity = identity;
        this.organizations = organizations;
        this.clock = clock;
    }

    Tools tools() {
        return tools;
    }

    String organization(Starter starter) {
        return organizations.apply(starter.organization());
    }

    /**
     * Insists that whoever started a run may use a tool.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} if not
     */
    void require(StepCall call, String tool) {
        Caller caller = StepCaller.of(identity, call);
        caller.require(Permission.of("tools", "execute", tool));
    }

    /** Right before something is done outside: another node may have taken the step while this one was frozen. */
    private static void requireWanted(StepCall call) {
        if (call.cancelled().getAsBoolean()) {
            throw new GantryException(
                    ErrorCode.CLIENT_CLOSED_REQUEST, "The step is wanted no more, or is another node's");
        }
    }

    private Duration left(StepCall call) {
        Duration left = Duration.between(Instant.now(clock), call.until());
        return left.isPositive() ? left : Duration.ofMillis(1);
    }

    HttpResult http(
            StepCall call,
            String key,
            String method,
            String url,
            Map<String, String> headers,
            Map<String, String> secretHeaders,
            @Nullable JsonNode body)
            throws StepFailure {
        require(call, "http");
        String team = call.starter().team();
        Map<String, String> sentHeaders = new HashMap<>();
        headers.forEach((name, value) -> sentHeaders.put(name, guard.sent(team, value)));
        HttpCall sent = new HttpCall(
                method,
                guard.sent(team, url),
                sentHeaders,
                secretHeaders,
                body == null ? null : guard.sent(team, body),
                organization(call.starter()),
                key);
        requireWanted(call);
        HttpResult result = tried(() -> tools.call(sent, left(call)));
        guard.received(team, result.body());
        return result;
    }

    /** An answer that is an error is returned as one; the caller knows what that means for it. */
    McpResult mcp(StepCall call, String key, String server, String tool, ObjectNode arguments) throws StepFailure {
        require(call, server + "/" + tool);
        String team = call.starter().team();
        ObjectNode sent = (ObjectNode) guard.sent(team, arguments);
        requireWanted(call);
        McpResult result = tried(() -> tools.call(server, tool, organization(call.starter()), sent, key, left(call)));
        guard.received(team, result.value());
        guard.received(team, Json.mapper().getNodeFactory().textNode(result.text()));
        return result;
    }

    CommandResult command(StepCall call, String command, Map<String, String> arguments) throws StepFailure {
        require(call, "shell/" + command);
        String team = call.starter().team();
        Map<String, String> sent = new HashMap<>();
        arguments.forEach((name, value) -> sent.put(name, guard.sent(team, value)));
        requireWanted(call);
        CommandResult result =
                tried(() -> tools.run(command, organization(call.starter()), sent, left(call), call.cancelled()));
        guard.received(team, Json.object().put("stdout", result.stdout()).put("stderr", result.stderr()));
        return result;
    }

    /** A call of a tool. */
    @FunctionalInterface
    interface Attempted<T> {
        T call() throws ToolException;
    }

    /** Makes a call, and puts its failure into the terms of workflows. */
    static <T> T tried(Attempted<T> attempted) throws StepFailure {
        try {
            return attempted.call();
        } catch (ToolException failure) {
            throw failure(failure);
        }
    }

    private static StepFailure failure(ToolException failure) {
        FailureKind kind = switch (failure.reason()) {
            case NOT_ALLOWED, INVALID -> FailureKind.OTHER;
            case UNAVAILABLE, REFUSED -> FailureKind.PROVIDER;
            case RATE_LIMITED -> FailureKind.RATE_LIMIT;
            case TIMEOUT -> FailureKind.TIMEOUT;
            case BAD_ANSWER -> FailureKind.INVALID_OUTPUT;
        };
        boolean mayPass = switch (failure.reason()) {
            case UNAVAILABLE, RATE_LIMITED, TIMEOUT -> true;
            case NOT_ALLOWED, INVALID, REFUSED, BAD_ANSWER -> false;
        };
        return new StepFailure(kind, mayPass, String.valueOf(failure.getMessage()), 0, 0, failure);
    }
}
