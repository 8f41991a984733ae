package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Guard;
import dev.gantry.guard.Action;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardFinding;
import dev.gantry.guard.GuardRules;
import dev.gantry.guard.Inspection;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Shows the operator's rules, and lets people try them on a text. Nothing is sent to a model, kept, or counted. */
final class GuardApi {
    private final Guard guard;
    private final Identity identity;

    GuardApi(Guard guard, Identity identity) {
        this.guard = guard;
        this.identity = identity;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of("inspectText", this::inspect, "showGuardRules", this::rules);
    }

    private ApiReply rules(Caller caller, ApiRequest request) {
        String team = known(caller, request.query("team"));
        GuardRules rules = guard.policies().show(team);
        ObjectNode body = Json.object()
                .put("team", team)
                .put("minimum_confidence", rules.minimumConfidence() / 100.0)
                .put("reversible", rules.reversible());
        ArrayNode teams = body.putArray("teams");
        guard.policies().teams().stream().filter(name -> knows(caller, name)).forEach(teams::add);
        ArrayNode kinds = body.putArray("items");
        for (GuardRules.OfKind kind : rules.kinds()) {
            ObjectNode item = kinds.addObject().put("kind", kind.kind());
            kind.groups().forEach(item.putArray("groups")::add);
            item.put("prompt", id(kind.prompt()))
                    .put("documents", id(kind.documents()))
                    .put("answer", id(kind.answer()));
        }
        return ApiReply.ok(body);
    }

    /** Returns a team whose rules the caller may see; null, which stands for everybody's, when that is not one. */
    private @Nullable String known(Caller caller, @Nullable String team) {
        return team != null && knows(caller, team) ? team : null;
    }

    /** The configuration names teams of every organization. */
    private boolean knows(Caller caller, String team) {
        return caller.teams().contains(team)
                || (caller.may(Permission.of("users", "read"))
                        && identity.teams().exists(caller, team));
    }

    private static String id(Action action) {
        return action.name().toLowerCase(Locale.ROOT);
    }

    private ApiReply inspect(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String text = fields.text("text");
        String team = known(caller, fields.text("team"));
        Direction direction = "answer".equals(fields.text("direction")) ? Direction.ANSWER : Direction.PROMPT;
        Inspection inspection = guard.open(team == null ? caller.team() : team, direction);
        inspection.document(Boolean.TRUE.equals(fields.bool("document")));
        ObjectNode body = Json.object()
                .put("direction", direction.name().toLowerCase(Locale.ROOT))
                .put("inspected", !inspection.isOff());
        try {
            String replaced = inspection.inspect(text == null ? "" : text);
            body.put("blocked", false).put("text", replaced == null ? text : replaced);
        } catch (GantryException refusal) {
            if (refusal.code() != ErrorCode.CONTENT_BLOCKED) {
                throw refusal;
            }
            body.put("blocked", true).putNull("text").put("reason", refusal.getMessage());
        }
        body.set("findings", findings(inspection.findings()));
        return ApiReply.ok(body);
    }

    /** Returns findings as replies have them: kinds and counts, never values. */
    static ArrayNode findings(List<GuardFinding> findings) {
        ArrayNode nodes = Json.mapper().createArrayNode();
        for (GuardFinding finding : findings) {
            nodes.addObject()
                    .put("kind", finding.kind())
                    .put("action", id(finding.action()))
                    .put("count", finding.count());
        }
        return nodes;
    }
}
