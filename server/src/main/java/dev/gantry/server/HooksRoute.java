package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.runs.Runs;
import dev.gantry.triggers.Hooks;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers calls of webhooks, whose senders have no key but sign what they send. A call that is refused is audited like every
 * refused request; one that starts a run is audited with the run. Thread-safe.
 */
final class HooksRoute implements InboundHandler {
    static final String PREFIX = "/hooks/";

    private static final Logger LOG = LoggerFactory.getLogger(HooksRoute.class);

    private final Hooks hooks;
    private final AuditTrail audit;
    private final Clock clock;
    private final Duration commitTimeout;

    HooksRoute(Hooks hooks, AuditTrail audit, Clock clock, Duration commitTimeout) {
        this.hooks = hooks;
        this.audit = audit;
        this.clock = clock;
        this.commitTimeout = commitTimeout;
    }

    @Override
    public void serve(Inbound inbound) {
        AuditEntry entry = audit.open(inbound.origin(PREFIX, clock));
        entry.about("webhook.call", "webhooks", "execute");
        try {
            Map<String, String> headers = new HashMap<>();
            inbound.headers()
                    .forEach(
                            header -> headers.putIfAbsent(header.getKey().toLowerCase(Locale.ROOT), header.getValue()));
            String name = inbound.path().substring(PREFIX.length());
            if (Runs.isCall(name)) {
                UUID run = hooks.callStep(name, inbound.requireJsonBody(), inbound.address());
                answer(inbound, run, false);
                return;
            }
            Hooks.Taken taken = hooks.call(new Hooks.Call(name, headers, inbound.requireJsonBody(), inbound.address()));
            answer(inbound, taken.run(), taken.repeated());
        } catch (GantryException refusal) {
            refuse(inbound, entry, refusal);
        } catch (RuntimeException crash) {
            refuse(inbound, entry, ApiPipeline.crashed(inbound, crash));
        }
    }

    private static void answer(Inbound inbound, @Nullable UUID run, boolean repeated) {
        ObjectNode body =
                Json.object().put("run", run == null ? null : run.toString()).put("repeated", repeated);
        inbound.exchange().send(202, "application/json", Map.of(), Buffer.buffer(Json.write(body)));
    }

    private void refuse(Inbound inbound, AuditEntry entry, GantryException refusal) {
        try {
            entry.refuse(refusal).await(commitTimeout);
        } catch (GantryException notDurable) {
            LOG.warn("The audit event of refused call {} is not durable yet", inbound.requestId());
        }
        ApiPipeline.sendProblem(inbound, refusal);
    }
}
