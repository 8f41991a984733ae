package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Guard;
import dev.gantry.gateway.Plan;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.registry.AssembledPrompt;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Describes what running a pattern would send, on whose permission, and what it could cost. */
final class ExecutePreview {
    private ExecutePreview() {}

    /** Returns the reply to a dry run. */
    static ObjectNode describe(
            Router router, Caller caller, boolean ownModel, AssembledPrompt prompt, Plan plan, Guard.Preview passed) {
        Model model = plan.model();
        ObjectNode body = Json.object()
                .put("dry_run", true)
                .put("pattern", prompt.pattern().name().toString())
                .put("version", prompt.pattern().version())
                .put("model", model.name())
                .put("provider", model.provider());
        ArrayNode messages = body.putArray("messages");
        for (Message message : passed.conversation().messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", text(message));
        }
        long tokens = prompt.estimateTokens();
        body.put("tokens", tokens);
        body.set("estimated_cost", cost(router, model, tokens, prompt.chat().outputTokensMax()));
        ObjectNode policy = body.putObject("policy");
        ArrayNode permissions = policy.putArray("permissions");
        permissions.add("patterns:execute:" + prompt.pattern().name());
        if (ownModel) {
            permissions.add(plan.permission().toString());
        }
        policy.put("team", caller.team());
        policy.set("guard", GuardApi.findings(passed.report().prompt()));
        ArrayNode warnings = body.putArray("warnings");
        prompt.warnings().forEach(warnings::add);
        passed.report().warnings().forEach(warnings::add);
        return body;
    }

    /** What the prompt costs, and what it costs with the longest answer that may come. */
    private static ObjectNode cost(Router router, Model model, long tokens, @Nullable Integer outputTokensMax) {
        ObjectNode cost = Json.object();
        cost.set("input", amount(router.catalog().cost(model, new TokenUsage(tokens, 0, 0, 0, 0, true))));
        long longest = outputTokensMax != null ? outputTokensMax : model.outputTokensMax();
        if (longest > 0) {
            cost.set("at_most", amount(router.catalog().cost(model, new TokenUsage(tokens, longest, 0, 0, 0, true))));
        }
        return cost;
    }

    private static ObjectNode amount(MicroDollars amount) {
        return Json.object()
                .put("micro_usd", amount.value())
                .put("usd", amount.dollars().toPlainString());
    }

    private static String text(Message message) {
        StringBuilder text = new StringBuilder();
        for (Part part : message.parts()) {
            if (part instanceof Part.Text words) {
                text.append(text.isEmpty() ? "" : "\n\n").append(words.text());
            }
        }
        return text.toString();
    }
}
