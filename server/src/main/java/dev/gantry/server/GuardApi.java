package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Guard;
import dev.gantry.guard.Direction;
import dev.gantry.guard.GuardFinding;
import dev.gantry.guard.Inspection;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Lets people try the operator's rules on a text. Nothing is sent to a model, kept, or counted. */
final class GuardApi {
    private final Guard guard;

    GuardApi(Guard guard) {
        this.guard = guard;
    }

    Map<String, ApiHandler> handlers() {
        return Map.of("inspectText", this::inspect);
    }

    private ApiReply inspect(Caller caller, ApiRequest request) {
        JsonFields fields = request.fields();
        String text = fields.text("text");
        String team = fields.text("team");
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
                    .put("action", finding.action().name().toLowerCase(Locale.ROOT))
                    .put("count", finding.count());
        }
        return nodes;
    }
}
