package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.Json;
import dev.gantry.quota.Holder;
import dev.gantry.quota.QuotaStanding;
import dev.gantry.quota.Quotas;
import dev.gantry.quota.RateLimits;
import dev.gantry.quota.RateStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What limits the caller, or somebody whom they may see, and how much of it is left. Asking is not limited itself. */
final class LimitsApi {
    /** The operation that tells a caller when to come back, so that it must always answer. */
    static final String UNLIMITED_OPERATION = "getLimits";

    private final Identity identity;
    private final RateLimits limits;
    private final RateAdmission admission;
    private final Quotas quotas;

    LimitsApi(Throttle throttle, Identity identity) {
        this.identity = identity;
        this.limits = throttle.limits();
        this.admission = throttle.admission();
        this.quotas = throttle.quotas();
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(UNLIMITED_OPERATION, this::get);
    }

    private ApiReply get(Caller caller, ApiRequest request) {
        Holder holder = holder(caller, request);
        List<ObjectNode> items = new ArrayList<>();
        for (RateStanding standing : limits.standings(holder)) {
            ObjectNode item = Json.object()
                    .put("scope", standing.scope())
                    .put("name", standing.name())
                    .put("measure", standing.measure())
                    .put("limit", standing.limit())
                    .put("remaining", standing.remaining());
            if (!standing.window().isZero()) {
                item.put("window_seconds", standing.window().toSeconds());
                item.put("reset_seconds", (standing.reset().toMillis() + 999) / 1000);
            }
            items.add(item);
        }
        ObjectNode body = Json.object()
                .put("principal", holder.userName())
                .put("team", holder.team())
                .put("tier", limits.tier(holder));
        body.putArray("items").addAll(items);
        ArrayNode counted = body.putArray("quotas");
        for (QuotaStanding standing : quotas.standings(caller.organization())) {
            ObjectNode quota =
                    counted.addObject().put("name", standing.quota().name()).put("used", standing.used());
            standing.limit().ifPresent(limit -> quota.put("limit", limit));
        }
        body.putNull("next_cursor");
        return ApiReply.ok(body);
    }

    /** About oneself everybody may ask; about others, who may see them. */
    private Holder holder(Caller caller, ApiRequest request) {
        String model = request.query("model");
        String pattern = request.query("pattern");
        String principal = request.query("principal");
        if (principal == null) {
            return admission.holder(caller, model, pattern);
        }
        caller.require(Permission.of("users", "read"));
        return admission.holder(caller, identity.users().show(caller, principal), model, pattern);
    }
}
