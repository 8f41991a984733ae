package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.quota.Holder;
import dev.gantry.quota.QuotaStanding;
import dev.gantry.quota.Quotas;
import dev.gantry.quota.RateLimits;
import dev.gantry.quota.RateStanding;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** What limits the caller, and how much of it is left. Asking is not limited itself. */
final class LimitsApi {
    /** The operation that tells a caller when to come back, so that it must always answer. */
    static final String UNLIMITED_OPERATION = "getLimits";

    private final RateLimits limits;
    private final RateAdmission admission;
    private final Quotas quotas;

    LimitsApi(Throttle throttle) {
        this.limits = throttle.limits();
        this.admission = throttle.admission();
        this.quotas = throttle.quotas();
    }

    Map<String, ApiHandler> handlers() {
        return Map.of(UNLIMITED_OPERATION, this::get);
    }

    private ApiReply get(Caller caller, ApiRequest request) {
        Holder holder = admission.holder(caller, request.query("model"), request.query("pattern"));
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
        ObjectNode body = Json.object().put("tier", limits.tier(holder));
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
}
