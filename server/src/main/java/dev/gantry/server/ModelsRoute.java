package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Admission;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.ErrorStatus;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.ReplyFormat;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.metering.Model;
import dev.gantry.metering.ModelGroup;
import java.util.List;

/** {@code GET /v1/models}: what the caller may use, readable for clients of OpenAI and of Anthropic. */
final class ModelsRoute implements InboundHandler {
    private final Foundation base;
    private final RateAdmission limits;
    private final Router router;
    private final ReplyFormat errors;

    ModelsRoute(Foundation base, RateAdmission limits, Router router, ReplyFormat errors) {
        this.base = base;
        this.limits = limits;
        this.router = router;
        this.errors = errors;
    }

    @Override
    public void serve(Inbound inbound) {
        AuditEntry entry = base.audit().open(inbound.origin("/v1/models", base.clock()));
        try {
            inbound.requireBody();
            Caller caller = entry.by(base.identity().authenticate(inbound.credentials()));
            ApiPipeline.send(
                    inbound.exchange(),
                    ApiPipeline.limited(
                            limits, caller, () -> ApiReply.ok(body(usable(router, caller), router.groups(caller)))));
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            inbound.exchange()
                    .send(
                            ErrorStatus.of(refusal.code()),
                            "application/json",
                            ApiPipeline.errorHeaders(refusal),
                            errors.error(refusal, inbound.requestId()));
        }
    }

    /** Returns the models that are available and that a caller may ask. */
    static List<Model> usable(Router router, Caller caller) {
        return router.available().stream()
                .filter(model -> caller.may(Admission.permissionFor(model)))
                .toList();
    }

    private static ObjectNode body(List<Model> models, List<String> groups) {
        ObjectNode body = Json.object().put("object", "list");
        ArrayNode data = body.putArray("data");
        models.forEach(model -> add(data, model.name(), model.provider()));
        groups.forEach(group -> add(data, group, ModelGroup.NAMESPACE));
        body.put("has_more", false);
        body.put("first_id", data.isEmpty() ? null : data.get(0).path("id").textValue());
        body.put(
                "last_id",
                data.isEmpty() ? null : data.get(data.size() - 1).path("id").textValue());
        return body;
    }

    private static void add(ArrayNode data, String name, String owner) {
        data.addObject()
                .put("id", name)
                .put("object", "model")
                .put("type", "model")
                .put("display_name", name)
                .put("created", 0)
                .put("created_at", "1970-01-01T00:00:00Z")
                .put("owned_by", owner);
    }
}
