package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.jobs.CronTimes;
import dev.gantry.jobs.MissedRuns;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import dev.gantry.triggers.Hooks;
import dev.gantry.triggers.Trigger;
import dev.gantry.triggers.TriggerKind;
import dev.gantry.triggers.TriggerRequest;
import dev.gantry.triggers.TriggerSource;
import dev.gantry.triggers.TriggerState;
import dev.gantry.triggers.Triggers;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Schedules, webhooks and triggers by events. Everybody may set up what starts a workflow that they may run, and see and steer
 * their own; those of others need the permissions on runs.
 */
final class TriggersApi {
    private static final int TIMES_SHOWN = 5;
    private static final long OVERLAP_DEFAULT_SECONDS = 86_400;

    private static final String OUTLASTING = "What starts workflows in your name";

    private final Triggers triggers;
    private final Identity identity;
    private final Clock clock;

    TriggersApi(Triggers triggers, Identity identity, Clock clock) {
        this.triggers = triggers;
        this.identity = identity;
        this.clock = clock;
    }

    /** A kind, by the names of its operations and of the parameter of their paths. */
    private record Named(TriggerKind kind, String operation, String parameter, String path) {}

    private static final List<Named> KINDS = List.of(
            new Named(TriggerKind.SCHEDULE, "Schedule", "schedule", "/api/v1/schedules/"),
            new Named(TriggerKind.WEBHOOK, "Hook", "hook", "/api/v1/hooks/"),
            new Named(TriggerKind.EVENT, "EventTrigger", "trigger", "/api/v1/event-triggers/"));

    Map<String, ApiHandler> handlers() {
        Map<String, ApiHandler> handlers = new HashMap<>();
        for (Named named : KINDS) {
            handlers.put("list" + named.operation() + "s", (caller, _) -> list(named, caller));
            handlers.put("get" + named.operation(), (caller, request) -> show(named, caller, request));
            handlers.put("put" + named.operation(), (caller, request) -> put(named, caller, request));
            handlers.put("delete" + named.operation(), (caller, request) -> delete(named, caller, request));
            handlers.put("pause" + named.operation(), (caller, request) -> pause(named, caller, request));
            handlers.put("resume" + named.operation(), (caller, request) -> resume(named, caller, request));
        }
        handlers.put("runSchedule", this::runNow);
        handlers.put("rotateHookSecret", this::rotate);
        return handlers;
    }

    private ApiReply list(Named named, Caller caller) {
        boolean all = caller.may(Permission.of("runs", "read"));
        return ApiReply.page(
                triggers.list(caller.organization(), named.kind()).stream()
                        .filter(trigger -> all || isOwn(caller, trigger))
                        .map(this::view)
                        .toList(),
                null);
    }

    private ApiReply show(Named named, Caller caller, ApiRequest request) {
        return ApiReply.ok(view(find(named, caller, request, "read")));
    }

    /** What belongs to somebody else needs the permission on runs. */
    private Trigger find(Named named, Caller caller, ApiRequest request, String action) {
        Optional<Trigger> found = triggers.find(caller.organization(), named.kind(), request.path(named.parameter()));
        if (found.filter(trigger -> isOwn(caller, trigger)).isEmpty()) {
            caller.require(Permission.of("runs", action));
        }
        return found.orElseThrow(() -> Triggers.missing(named.kind(), request.path(named.parameter())));
    }

    private static boolean isOwn(Caller caller, Trigger trigger) {
        return trigger.owner().principal().equals(caller.principalId());
    }

    private ApiReply put(Named named, Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String name = request.path(named.parameter());
        triggers.find(caller.organization(), named.kind(), name)
                .filter(trigger -> !isOwn(caller, trigger))
                .ifPresent(_ -> caller.require(Permission.of("runs", "update")));
        identity.requireMayOutlast(caller, OUTLASTING);
        JsonFields inputs = fields.object("inputs");
        Triggers.Put put = triggers.put(new TriggerRequest(
                name,
                RunsApi.starter(caller).in(region(request, fields)),
                fields.requireText("workflow"),
                inputs == null ? Json.object() : inputs.node(),
                fields.text("where"),
                source(named, fields)));
        request.noteObject(put.trigger().workflow());
        ObjectNode body = view(put.trigger());
        if (put.secret() != null) {
            body.put("secret", put.secret());
        }
        return put.isNew() ? ApiReply.created(body, named.path() + name) : ApiReply.ok(body);
    }

    /** Returns where the runs must stay: the trigger's own region, or else that of the request that sets it up. */
    private static @Nullable String region(ApiRequest request, JsonFields fields) {
        String own = fields.text("region");
        if (own == null) {
            return RunsApi.region(request);
        }
        try {
            return Wishes.regionOf(own);
        } catch (GantryException malformed) {
            throw fields.invalid("region", "must be letters and digits with hyphens between, such as eu or eu-west-1");
        }
    }

    private static TriggerSource source(Named named, JsonFields fields) {
        return switch (named.kind()) {
            case SCHEDULE -> {
                String zone = fields.text("time_zone");
                String missed = fields.text("missed");
                yield new TriggerSource.AtTimes(
                        fields.requireText("cron"),
                        zone == null ? "UTC" : zone,
                        MissedRuns.of(missed == null ? "once" : missed));
            }
            case WEBHOOK -> new TriggerSource.OnCall();
            case EVENT -> new TriggerSource.OnEvent(fields.requireText("event"));
        };
    }

    private ApiReply delete(Named named, Caller caller, ApiRequest request) {
        Trigger trigger = find(named, caller, request, "update");
        triggers.delete(caller.organization(), named.kind(), trigger.name());
        return ApiReply.noContent();
    }

    private ApiReply pause(Named named, Caller caller, ApiRequest request) {
        Trigger trigger = find(named, caller, request, "update");
        return ApiReply.ok(view(triggers.pause(caller.organization(), named.kind(), trigger.name())));
    }

    private ApiReply resume(Named named, Caller caller, ApiRequest request) {
        Trigger trigger = find(named, caller, request, "update");
        identity.requireMayOutlast(caller, OUTLASTING);
        return ApiReply.ok(view(triggers.resume(RunsApi.starter(caller), named.kind(), trigger.name())));
    }

    private ApiReply runNow(Caller caller, ApiRequest request) {
        Trigger trigger = find(KINDS.getFirst(), caller, request, "execute");
        UUID run = triggers.runNow(caller.organization(), trigger.name());
        request.note("run", AuditDetail.of(run.toString()));
        return ApiReply.created(
                Json.object().put("id", run.toString()).put("workflow", trigger.workflow()), "/api/v1/runs/" + run);
    }

    private ApiReply rotate(Caller caller, ApiRequest request) {
        Trigger trigger = find(KINDS.get(1), caller, request, "update");
        identity.requireMayOutlast(caller, "A new secret of a webhook");
        Long overlap = request.fields().integer("overlap_seconds", 0, Hooks.OVERLAP_MAX.toSeconds());
        Duration kept = Duration.ofSeconds(overlap == null ? OVERLAP_DEFAULT_SECONDS : overlap);
        String secret = triggers.hooks().rotate(caller.organization(), trigger.name(), kept);
        return ApiReply.ok(Json.object()
                .put("name", trigger.name())
                .put("secret", secret)
                .put("former_secret_until", clock.instant().plus(kept).toString()));
    }

    private ObjectNode view(Trigger trigger) {
        ObjectNode body = Json.object()
                .put("name", trigger.name())
                .put("state", trigger.state().id())
                .put("reason", trigger.reason())
                .put("workflow", trigger.workflow())
                .put("user", trigger.owner().name())
                .put("team", trigger.owner().team())
                .put("region", trigger.owner().region());
        switch (trigger.source()) {
            case TriggerSource.AtTimes times ->
                body.put("cron", times.cron())
                        .put("time_zone", times.zone())
                        .put("missed", times.missed().name().toLowerCase(Locale.ROOT))
                        .set("next", next(trigger, times));
            case TriggerSource.OnCall _ -> body.put("path", HooksRoute.PREFIX + Hooks.address(trigger));
            case TriggerSource.OnEvent on -> body.put("event", on.event());
        }
        body.set("inputs", trigger.inputs());
        return body.put("where", trigger.where())
                .put("started", trigger.started())
                .put("failed", trigger.failed())
                .put("problem", trigger.problem())
                .put("last_at", text(trigger.lastAt()))
                .put(
                        "last_run",
                        trigger.lastRun() == null ? null : trigger.lastRun().toString())
                .put("created_at", trigger.createdAt().toString())
                .put("changed_at", trigger.changedAt().toString());
    }

    private ArrayNode next(Trigger trigger, TriggerSource.AtTimes times) {
        ArrayNode next = Json.mapper().createArrayNode();
        if (trigger.state() != TriggerState.ACTIVE) {
            return next;
        }
        CronTimes cron = CronTimes.parse(times.cron(), times.zone());
        Optional<Instant> at = cron.after(clock.instant());
        while (at.isPresent() && next.size() < TIMES_SHOWN) {
            next.add(at.get().toString());
            at = cron.after(at.get());
        }
        return next;
    }

    private static @Nullable String text(@Nullable Instant time) {
        return time == null ? null : time.toString();
    }
}
