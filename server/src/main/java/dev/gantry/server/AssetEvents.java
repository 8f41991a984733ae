package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetName;
import dev.gantry.triggers.TriggerEvents;
import dev.gantry.triggers.Triggers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells workflows that wait for it what happens in the registry, after it has happened: the event of a node that ends between
 * the two is lost. Thread-safe.
 */
record AssetEvents(Triggers triggers) {
    private static final Logger LOG = LoggerFactory.getLogger(AssetEvents.class);

    /**
     * An asset was shown to others, or a version of it was approved.
     *
     * @param outcome the visibility that it has now, or how its review ended
     */
    void published(Caller caller, AssetKind kind, AssetName name, int version, String outcome) {
        ObjectNode facts = Json.object()
                .put("kind", kind.id())
                .put("asset", name.toString())
                .put("namespace", name.namespace())
                .put("version", version)
                .put("by", caller.principal())
                .put("outcome", outcome);
        try {
            triggers.happened(caller.organization(), TriggerEvents.ASSET_PUBLISHED, facts);
        } catch (GantryException unavailable) {
            LOG.warn("Workflows that wait for it do not learn that {} was published", name, unavailable);
        }
    }
}
