package dev.gantry.server;

import dev.gantry.audit.AuditDetail;
import dev.gantry.gateway.AuditTrail;
import dev.gantry.gateway.Circuits;
import java.time.Clock;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells operators that a model is not asked any more, or again: in the log, as a metric and as an audit event. */
final class CircuitNotes implements Circuits.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(CircuitNotes.class);

    private final AuditTrail audit;
    private final Metrics metrics;
    private final Clock clock;

    CircuitNotes(AuditTrail audit, Metrics metrics, Clock clock) {
        this.audit = audit;
        this.metrics = metrics;
        this.clock = clock;
    }

    @Override
    public void changed(String provider, String model, String state) {
        LOG.warn("The circuit of model {} of provider {} is {}", model, provider, state.replace('_', ' '));
        metrics.circuitChanged(provider, state);
        try {
            audit.note(
                    clock.instant(),
                    "provider.circuit",
                    "models/" + model,
                    state,
                    Map.of("provider", AuditDetail.of(provider), "state", AuditDetail.of(state)));
        } catch (RuntimeException notNoted) {
            LOG.warn("A change of the circuit of {} could not be written to the audit log", model, notNoted);
        }
    }
}
