package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import java.util.Map;

/** The way of one attempt at a guarded request. */
record Route(Guarded guarded, Model model, ChatProvider provider, CallContext context) {
    Prompt prompt() {
        return guarded.admitted().prompt();
    }

    Ask ask() {
        return guarded.admitted().ask();
    }

    /** Tells the caller who answers, and why. */
    void addHeaders(Map<String, String> headers) {
        headers.put("X-Gantry-Model", model.name());
        headers.put("X-Gantry-Provider", model.provider());
        String reason = reason();
        if (!reason.isEmpty()) {
            headers.put("X-Gantry-Route-Reason", reason);
        }
        guarded.cache().addHeaders(headers);
    }

    /** Returns why this model answers; empty when the caller named it. */
    String reason() {
        Plan plan = guarded.admitted().plan();
        if (model.equals(plan.model())) {
            return plan.reason();
        }
        String instead = "instead of " + plan.model().name() + ", which did not answer";
        return plan.reason().isEmpty() ? instead : plan.reason() + "; " + instead;
    }
}
