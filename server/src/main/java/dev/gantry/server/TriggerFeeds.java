package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.quota.BudgetAlert;
import dev.gantry.quota.BudgetListener;
import dev.gantry.registry.AssetVersion;
import dev.gantry.registry.PutResult;
import dev.gantry.triggers.TriggerEvents;
import dev.gantry.triggers.Triggers;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells triggers of what happens elsewhere on the platform. What has happened stays so when they cannot be told: such an event is
 * logged and lost. Thread-safe.
 */
final class TriggerFeeds implements BudgetListener {
    private static final Logger LOG = LoggerFactory.getLogger(TriggerFeeds.class);

    private volatile @Nullable Triggers triggers;

    /** Says whom to tell from now on: budgets exist before triggers do. */
    void to(Triggers opened) {
        triggers = opened;
    }

    void published(Caller caller, PutResult result) {
        AssetVersion asset = result.asset();
        tell(
                caller.organization(),
                TriggerEvents.ASSET_PUBLISHED,
                Json.object()
                        .put("kind", asset.kind().id())
                        .put("asset", asset.name().toString())
                        .put("namespace", asset.name().namespace())
                        .put("version", asset.version())
                        .put("by", caller.principal())
                        .put("outcome", result.outcome().name().toLowerCase(Locale.ROOT)));
    }

    @Override
    public void alert(BudgetAlert alert) {
        tell(
                alert.organization(),
                TriggerEvents.BUDGET_ALERT,
                Json.object()
                        .put("alert", alert.id().toString())
                        .put("level", alert.budget().level().id())
                        .put("subject", alert.label())
                        .put("period", alert.budget().period().id())
                        .put("unit", alert.budget().unit().id())
                        .put("threshold", alert.threshold())
                        .put("limit", alert.limit())
                        .put("spent", alert.spent()));
    }

    private void tell(UUID organization, String event, ObjectNode facts) {
        Triggers told = triggers;
        if (told == null) {
            return;
        }
        try {
            told.happened(organization, event, facts);
        } catch (GantryException untold) {
            LOG.warn("The event {} was not told to triggers: {}", event, untold.getMessage());
        }
    }
}
