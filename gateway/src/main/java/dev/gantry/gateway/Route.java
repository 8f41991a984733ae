package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.provider.CallContext;
import dev.gantry.provider.ChatProvider;
import dev.gantry.provider.ChatRequest;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The way of one attempt at a guarded request.
 *
 * @param repeated notices instructions that come again; null when nothing is to be marked
 * @param ignored parameters of the request that the provider does not get, fit for a header
 */
record Route(
        Guarded guarded,
        Model model,
        ChatProvider provider,
        CallContext context,
        @Nullable RepeatedInstructions repeated,
        List<String> ignored) {
    /** Names the parameters that had no effect. */
    static final String IGNORED_HEADER = "X-Gantry-Ignored-Parameters";

    Prompt prompt() {
        return guarded.admitted().prompt();
    }

    /** Returns the conversation as the provider gets it. To be called once. */
    ChatRequest conversation() {
        ChatRequest conversation = prompt().conversation();
        if (repeated != null && provider.keepsMarkedPrompts() && prompt() instanceof Prompt.Composed) {
            conversation = repeated.mark(guarded.admitted().caller().organization(), model, conversation);
        }
        return conversation.withModel(model.upstreamName());
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
        if (!ignored.isEmpty()) {
            headers.put(IGNORED_HEADER, String.join(", ", ignored));
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
