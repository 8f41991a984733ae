package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.Admission;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.ChatRequest.Message;
import dev.gantry.provider.ChatRequest.Part;
import dev.gantry.registry.AssembledPrompt;
import dev.gantry.registry.ExecutionRequest;
import dev.gantry.registry.Registry;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** {@code POST /api/v1/execute}: through the gate, or, for a dry run, up to it. */
final class ExecuteRoute implements InboundHandler {
    private static final String ENDPOINT = "/api/v1/execute";
    private static final Duration AUDIT_TIMEOUT = Duration.ofSeconds(10);

    private final Gateway gateway;
    private final RateAdmission limits;
    private final Router router;
    private final Registry registry;
    private final Foundation base;
    private final ExecuteFormat format = new ExecuteFormat();

    ExecuteRoute(Gateway gateway, RateAdmission limits, Router router, Registry registry, Foundation base) {
        this.gateway = gateway;
        this.limits = limits;
        this.router = router;
        this.registry = registry;
        this.base = base;
    }

    @Override
    public void serve(Inbound inbound) {
        Optional<ExecutionRequest> dryRun = dryRun(inbound);
        if (dryRun.isPresent()) {
            show(inbound, dryRun.get());
        } else {
            gateway.serve(new ExecuteAsk(inbound, inbound.origin(ENDPOINT, base.clock()), router, registry, format));
        }
    }

    /** Returns the request if it asks for a dry run. Whatever is wrong with it is for the gate to say. */
    private Optional<ExecutionRequest> dryRun(Inbound inbound) {
        try {
            base.identity().authenticate(inbound.credentials());
            ExecutionRequest request = ExecutionRequest.parse(Json.readObject(inbound.requireJsonBody()));
            return Optional.of(request).filter(ExecutionRequest::dryRun);
        } catch (GantryException refusedByTheGateToo) {
            return Optional.empty();
        }
    }

    private void show(Inbound inbound, ExecutionRequest request) {
        AuditEntry entry = base.audit().open(inbound.origin(ENDPOINT, base.clock()));
        try {
            Caller caller = entry.by(base.identity().authenticate(inbound.credentials()));
            entry.about("pattern.dry_run", "patterns/" + request.pattern(), "execute");
            AssembledPrompt prompt = registry.assembler().assemble(caller, request);
            Model model = router.resolve(prompt.model() == null ? router.defaultModel() : prompt.model());
            if (request.model() != null) {
                caller.require(Admission.permissionFor(model));
            }
            ApiReply reply = ApiPipeline.limited(limits, caller, () -> {
                entry.succeed().await(AUDIT_TIMEOUT);
                return ApiReply.ok(describe(caller, request, prompt, model));
            });
            ApiPipeline.send(inbound.exchange(), reply);
        } catch (GantryException refusal) {
            ApiPipeline.record(entry, refusal, inbound);
            ApiPipeline.sendProblem(inbound, refusal);
        } catch (RuntimeException crash) {
            GantryException problem = ApiPipeline.crashed(inbound, crash);
            ApiPipeline.record(entry, problem, inbound);
            ApiPipeline.sendProblem(inbound, problem);
        }
    }

    private ObjectNode describe(Caller caller, ExecutionRequest request, AssembledPrompt prompt, Model model) {
        ObjectNode body = Json.object()
                .put("dry_run", true)
                .put("pattern", prompt.pattern().name().toString())
                .put("version", prompt.pattern().version())
                .put("model", model.name())
                .put("provider", model.provider());
        ArrayNode messages = body.putArray("messages");
        for (Message message : prompt.chat().messages()) {
            messages.addObject()
                    .put("role", message.role().name().toLowerCase(Locale.ROOT))
                    .put("content", text(message));
        }
        long tokens = prompt.estimateTokens();
        body.put("tokens", tokens);
        MicroDollars input = router.catalog().cost(model, new TokenUsage(tokens, 0, 0, 0, 0, true));
        ObjectNode cost = body.putObject("estimated_cost");
        cost.putObject("input")
                .put("micro_usd", input.value())
                .put("usd", input.dollars().toPlainString());
        Integer bound = prompt.chat().outputTokensMax();
        long outputMax = bound != null ? bound : model.outputTokensMax();
        if (outputMax > 0) {
            MicroDollars most = router.catalog().cost(model, new TokenUsage(tokens, outputMax, 0, 0, 0, true));
            cost.putObject("at_most")
                    .put("micro_usd", most.value())
                    .put("usd", most.dollars().toPlainString());
        }
        ObjectNode policy = body.putObject("policy");
        ArrayNode permissions = policy.putArray("permissions");
        permissions.add("patterns:execute:" + prompt.pattern().name());
        if (request.model() != null) {
            permissions.add(Admission.permissionFor(model).toString());
        }
        policy.put("team", caller.team());
        ArrayNode warnings = body.putArray("warnings");
        prompt.warnings().forEach(warnings::add);
        return body;
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
