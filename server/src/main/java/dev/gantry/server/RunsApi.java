package dev.gantry.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TimeCursor;
import dev.gantry.registry.AssetName;
import dev.gantry.runs.Approver;
import dev.gantry.runs.RunEvent;
import dev.gantry.runs.RunQuery;
import dev.gantry.runs.RunState;
import dev.gantry.runs.RunView;
import dev.gantry.runs.Runs;
import dev.gantry.runs.StartRequest;
import dev.gantry.runs.Starter;
import dev.gantry.runs.WorkflowSource;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiPredicate;
import org.jspecify.annotations.Nullable;

/** Operations on runs. Whoever may see a run may steer it with the permission for that; others' runs need a wider grant. */
final class RunsApi {
    /**
     * Keeps its key with the run that it starts, in one transaction, so that the request can be repeated at once on another
     * node when the first has died.
     */
    static final String START_OPERATION = "startRun";

    private static final Permission READ = Permission.of("runs", "read");
    private static final Permission EXECUTE = Permission.of("runs", "execute");
    private static final Permission UPDATE = Permission.of("runs", "update");
    private static final int PAGE = 50;
    private static final int HEARTBEAT_EVERY = 10;
    private static final String GIVEN_UP =
            "The run was given up, since it could not be worked on. When what 'error' says is"
                    + " mended, retry it: what is done stays. Or start its workflow anew.";

    private final Runs runs;
    private final RunWorkflows workflows;
    private final BiPredicate<Caller, String> inGroup;

    RunsApi(Runs runs, RunWorkflows workflows, BiPredicate<Caller, String> inGroup) {
        this.runs = runs;
        this.workflows = workflows;
        this.inGroup = inGroup;
    }

    Map<String, ApiHandler> handlers() {
        return Map.ofEntries(
                Map.entry(START_OPERATION, this::start),
                Map.entry("listRuns", this::list),
                Map.entry("getRun", this::show),
                Map.entry("followRun", this::follow),
                Map.entry("cancelRun", this::cancel),
                Map.entry("pauseRun", this::pause),
                Map.entry("resumeRun", this::resume),
                Map.entry("retryRun", this::retry),
                Map.entry("forkRun", this::fork),
                Map.entry("approveRun", (caller, request) -> decide(caller, request, true)),
                Map.entry("rejectRun", (caller, request) -> decide(caller, request, false)));
    }

    private ApiReply start(Caller caller, ApiRequest request) {
        WorkflowSource.Registered workflow = workflows.resolve(caller, request.path("name"));
        JsonFields inputs = request.fields().object("inputs");
        Runs.Accepted accepted = runs.start(new StartRequest(
                starter(caller).in(region(request)),
                workflow,
                inputs == null ? Json.object() : inputs.node(),
                Idempotency.key(request)));
        request.note("run", AuditDetail.of(accepted.run().toString()));
        RunView view = find(caller, accepted.run(), false);
        return new ApiReply(
                accepted.isNew() ? 201 : 200, summary(view), Map.of("Location", "/api/v1/runs/" + accepted.run()));
    }

    /** Returns where everything that the run asks for must stay; null where the request does not say. */
    static @Nullable String region(ApiRequest request) {
        String wish = request.headers().get("X-Gantry-Region");
        return wish == null ? null : Wishes.regionOf(wish);
    }

    /** Returns the caller as the one on whose rights runs are done. */
    static Starter starter(Caller caller) {
        return new Starter(
                caller.organization(),
                caller.principalId(),
                caller.keyId(),
                caller.principal(),
                caller.team(),
                caller.project());
    }

    private ApiReply list(Caller caller, ApiRequest request) {
        int limit = request.query("limit", PAGE);
        String cursor = request.query("cursor");
        String state = request.query("state");
        boolean isOwnOnly = !caller.may(READ);
        if (isOwnOnly && !caller.rights().allowSome("workflows", "execute")) {
            caller.require(READ);
        }
        List<RunView> found = runs.list(
                caller.organization(),
                new RunQuery(
                        request.query("workflow"),
                        state == null ? null : RunState.valueOf(state.toUpperCase(Locale.ROOT)),
                        isOwnOnly || Boolean.parseBoolean(request.query("mine")) ? caller.principalId() : null,
                        request.query("team"),
                        Boolean.parseBoolean(request.query("dead_letter")),
                        request.time("from"),
                        request.time("to"),
                        cursor == null ? null : TimeCursor.parse(cursor),
                        limit + 1));
        List<RunView> page = found.subList(0, Math.min(limit, found.size()));
        RunView last = page.isEmpty() ? null : page.getLast();
        return ApiReply.page(
                page.stream().map(RunsApi::summary).toList(),
                found.size() > limit && last != null ? new TimeCursor(last.createdAt(), last.id()).encode() : null);
    }

    private ApiReply show(Caller caller, ApiRequest request) {
        boolean outputs = !"false".equals(request.query("outputs"));
        RunView run = requireMay(READ, caller, request.id("run"), outputs);
        ObjectNode body = detailed(run, isOwn(caller, run) || caller.may(UPDATE));
        body.set("plan", plan(run));
        return ApiReply.ok(body);
    }

    /** Server-sent events, from the one after {@code Last-Event-ID} on, until the run is over. */
    private ApiReply follow(Caller caller, ApiRequest request) {
        UUID run = request.id("run");
        requireMay(READ, caller, run, false);
        long after = lastEvent(request);
        return new ApiReply(
                200, null, Map.of("Content-Type", "text/event-stream", "Cache-Control", "no-store"), out -> {
                    try {
                        int[] idle = new int[1];
                        out.write(": events of run ".getBytes(StandardCharsets.US_ASCII));
                        out.write((run + "\n\n").getBytes(StandardCharsets.US_ASCII));
                        out.flush();
                        runs.follow(caller.organization(), run, after, event -> write(out, event), _ -> {
                            // Even of nothing: that tells whether the reader is there and may read.
                            write(out, ++idle[0] % HEARTBEAT_EVERY == 0 ? ": still there\n\n" : "");
                        });
                    } catch (UncheckedIOException gone) {
                        throw gone.getCause();
                    } catch (InterruptedException stopping) {
                        Thread.currentThread().interrupt();
                        throw new IOException("the node is stopping", stopping);
                    }
                });
    }

    private static long lastEvent(ApiRequest request) {
        String given = request.headers().get("Last-Event-ID");
        if (given == null || given.isEmpty()) {
            return 0;
        }
        try {
            return Long.parseLong(given);
        } catch (NumberFormatException foreign) {
            throw new GantryException(
                    ErrorCode.INVALID_REQUEST, "Last-Event-ID must be the number of an event of this run");
        }
    }

    private static void write(OutputStream out, RunEvent event) {
        ObjectNode data = Json.object()
                .put("sequence", event.sequence())
                .put("at", event.at().toString())
                .put("kind", event.kind())
                .put("step", event.step());
        data.set("data", event.data());
        write(out, "id: " + event.sequence() + "\nevent: " + event.kind() + "\ndata: " + data + "\n\n");
    }

    private static void write(OutputStream out, String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private ApiReply cancel(Caller caller, ApiRequest request) {
        requireMay(UPDATE, caller, request.id("run"), false);
        runs.cancel(caller.organization(), request.id("run"), caller.principal());
        return after(caller, request);
    }

    private ApiReply pause(Caller caller, ApiRequest request) {
        requireMay(UPDATE, caller, request.id("run"), false);
        runs.pause(caller.organization(), request.id("run"), caller.principal());
        return after(caller, request);
    }

    private ApiReply resume(Caller caller, ApiRequest request) {
        requireMay(UPDATE, caller, request.id("run"), false);
        runs.resume(caller.organization(), request.id("run"), caller.principal());
        return after(caller, request);
    }

    private ApiReply retry(Caller caller, ApiRequest request) {
        requireExecute(caller, requireMay(UPDATE, caller, request.id("run"), false));
        runs.retry(caller.organization(), request.id("run"), caller.principal());
        return after(caller, request);
    }

    private ApiReply fork(Caller caller, ApiRequest request) {
        UUID origin = request.id("run");
        RunView old = requireMay(EXECUTE, caller, origin, false);
        if (old.workflow().startsWith(AssetName.BUILTIN + "/")) {
            // The run has its text; this version of the product may have another.
            requireExecute(caller, old);
        } else {
            // Whether that version may be run now is looked at as for a new run.
            workflows.resolve(caller, old.workflow() + "@" + old.version());
        }
        JsonFields inputs = request.fields().object("inputs");
        // What had to stay in a region has to in every copy.
        String region =
                old.starter().region() == null ? region(request) : old.starter().region();
        UUID fork = runs.fork(
                starter(caller).in(region),
                origin,
                request.fields().requireText("from"),
                inputs == null ? null : inputs.node());
        request.note("fork", AuditDetail.of(fork.toString()));
        return ApiReply.created(summary(find(caller, fork, false)), "/api/v1/runs/" + fork);
    }

    private static void requireExecute(Caller caller, RunView run) {
        caller.require(execution(run));
    }

    private static Permission execution(RunView run) {
        int slash = run.workflow().indexOf('/');
        return Permission.of(
                "workflows",
                "execute",
                run.workflow().substring(0, slash),
                run.workflow().substring(slash + 1));
    }

    /** Whether the caller started a run, with a key that could start it again. */
    private static boolean isOwn(Caller caller, RunView run) {
        return run.starter().principal().equals(caller.principalId()) && caller.may(execution(run));
    }

    /** Returns a run that the caller started, or else one for which they have a permission. */
    private RunView requireMay(Permission permission, Caller caller, UUID run, boolean outputs) {
        Optional<RunView> found = runs.find(caller.organization(), run, outputs);
        if (found.isEmpty() || !isOwn(caller, found.get())) {
            caller.require(permission);
        }
        return found.orElseThrow(() -> new GantryException(ErrorCode.NOT_FOUND, "There is no run " + run));
    }

    private ApiReply decide(Caller caller, ApiRequest request, boolean approved) {
        JsonFields fields = request.fields();
        String comment = fields.text("comment");
        Approver who = new Approver(caller.principal(), name -> means(caller, name));
        runs.decide(
                caller.organization(),
                request.id("run"),
                fields.text("step"),
                who,
                approved,
                comment == null ? "" : comment);
        return after(caller, request);
    }

    private boolean means(Caller caller, String approver) {
        if (approver.startsWith("team:")) {
            return caller.teams().contains(approver.substring("team:".length()));
        }
        if (approver.startsWith("group:")) {
            return inGroup.test(caller, approver.substring("group:".length()));
        }
        return approver.equalsIgnoreCase(caller.principal());
    }

    private ApiReply after(Caller caller, ApiRequest request) {
        request.note("run", AuditDetail.of(request.path("run")));
        return ApiReply.ok(summary(find(caller, request.id("run"), false)));
    }

    private RunView find(Caller caller, UUID run, boolean outputs) {
        return runs.find(caller.organization(), run, outputs)
                .orElseThrow(() -> new GantryException(ErrorCode.NOT_FOUND, "There is no run " + run));
    }

    private static ObjectNode summary(RunView run) {
        ObjectNode body = Json.object()
                .put("id", run.id().toString())
                .put("workflow", run.workflow())
                .put("version", run.version())
                .put("state", run.state().id())
                .put("user", run.starter().name())
                .put("team", run.starter().team())
                .put("region", run.starter().region())
                .put("error", run.error())
                .put("created_at", run.createdAt().toString())
                .put("started_at", text(run.startedAt()))
                .put("finished_at", text(run.finishedAt()))
                .put("deadline_at", run.deadlineAt().toString())
                .put("parent", run.parent() == null ? null : run.parent().toString())
                .put("cause", run.cause())
                .put("dead_letter", run.deadLetter());
        body.putObject("tokens")
                .put("budget", run.tokenBudget())
                .put("used", run.tokensUsed())
                .put("reserved", run.tokensReserved());
        body.putObject("cost")
                .put("micro_usd", run.costMicroUsd())
                .put("usd", new MicroDollars(run.costMicroUsd()).dollars().toPlainString());
        return body;
    }

    /** The steps of the workflow itself with what each waits for, also those that have not begun. */
    private static ArrayNode plan(RunView run) {
        ArrayNode plan = Json.mapper().createArrayNode();
        for (RunView.Planned step : run.plan()) {
            ObjectNode item = plan.addObject().put("id", step.id()).put("title", step.title());
            step.dependsOn().forEach(item.putArray("depends_on")::add);
        }
        return plan;
    }

    private static ObjectNode detailed(RunView run, boolean steers) {
        ObjectNode body = summary(run);
        body.set("inputs", run.inputs());
        body.set("outputs", run.outputs());
        run.unreadable().forEach(body.putArray("unreadable")::add);
        if (run.deadLetter()) {
            body.put("advice", GIVEN_UP);
        }
        ArrayNode steps = body.putArray("steps");
        for (RunView.StepView step : run.steps()) {
            ObjectNode item = steps.addObject()
                    .put("path", step.path())
                    .put("title", step.title())
                    .put("kind", step.kind())
                    .put("state", step.state().id())
                    .put("attempt", step.attempt())
                    .put("tokens", step.tokens())
                    .put("cost_micro_usd", step.costMicroUsd())
                    .put("error", step.error())
                    .put("run", text(step.childRun()))
                    .put("cached_from", text(step.cachedFrom()))
                    .put("due_at", text(step.dueAt()))
                    .put("started_at", text(step.startedAt()))
                    .put("finished_at", text(step.finishedAt()));
            item.set("output", step.output());
            if (step.waitsFor() != null) {
                item.set("waits_for", steers ? waitsFor(step.waitsFor()) : withoutCall(step.waitsFor()));
                step.approvers().forEach(item.withArray("approvers")::add);
            }
        }
        return body;
    }

    /** Shows where to call a step that waits for that. */
    private static JsonNode waitsFor(JsonNode facts) {
        String call = facts.path("call").asText("");
        return call.isEmpty() ? facts : Json.object().put("path", HooksRoute.PREFIX + call);
    }

    /** Whoever knows where to call can make the run go on, which not everybody may who may see it. */
    private static JsonNode withoutCall(JsonNode facts) {
        return facts.has("call") ? Json.object() : facts;
    }

    private static @Nullable String text(@Nullable Object value) {
        return value == null ? null : value.toString();
    }
}
