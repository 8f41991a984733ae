package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.gateway.AuditEntry;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.triggers.Hooks;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
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
            Hooks.Taken taken = hooks.call(new Hooks.Call(
                    inbound.path().substring(PREFIX.length()), headers, inbound.requireJsonBody(), inbound.address()));
            ObjectNode body = Json.object()
                    .put("run", taken.run() == null ? null : taken.run().toString())
                    .put("repeated", taken.repeated());
            inbound.exchange().send(202, "application/json", Map.of(), Buffer.buffer(Json.write(body)));
        } catch (GantryException refusal) {
            refuse(inbound, entry, refusal);
        } catch (RuntimeException crash) {
            refuse(inbound, entry, ApiPipeline.crashed(inbound, crash));
        }
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
