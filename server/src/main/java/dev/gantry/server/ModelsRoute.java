package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Admission;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.OpenAiChatFormat;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.metering.Model;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.util.List;
import java.util.Map;

/** {@code GET /v1/models}: what the caller may use, readable for clients of OpenAI and of Anthropic. */
final class ModelsRoute implements InboundHandler {
    private final Identity identity;
    private final Router router;
    private final AuditTrail audit;
    private final OpenAiChatFormat errors;
    private final Clock clock;

    ModelsRoute(Identity identity, Router router, AuditTrail audit, OpenAiChatFormat errors, Clock clock) {
        this.identity = identity;
        this.router = router;
        this.audit = audit;
        this.errors = errors;
        this.clock = clock;
    }

    @Override
    public void serve(Inbound inbound) {
        AuditEntry entry = audit.open(inbound.origin("/v1/models", clock));
        try {
            inbound.requireBody();
            Caller caller = entry.by(identity.authenticate(inbound.credentials()));
            inbound.exchange().send(200, "application/json", Map.of(), body(usable(router, caller)));
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            inbound.exchange()
                    .send(
                            ErrorStatus.of(refusal.code()),
                            "application/json",
                            Map.of(),
                            errors.error(refusal, inbound.requestId()));
        }
    }

    /** Returns the models that are available and that a caller may ask. */
    static List<Model> usable(Router router, Caller caller) {
        return router.available().stream()
                .filter(model -> caller.may(Admission.permissionFor(model)))
                .toList();
    }

    private static Buffer body(List<Model> models) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        for (Model model : models) {
            data.addObject()
                    .put("id", model.name())
                    .put("object", "model")
                    .put("type", "model")
                    .put("display_name", model.name())
                    .put("created", 0)
                    .put("created_at", "1970-01-01T00:00:00Z")
                    .put("owned_by", model.provider());
        }
        body.put("has_more", false);
        body.put("first_id", models.isEmpty() ? null : models.getFirst().name());
        body.put("last_id", models.isEmpty() ? null : models.getLast().name());
        return Buffer.buffer(Json.write(body));
    }
}
