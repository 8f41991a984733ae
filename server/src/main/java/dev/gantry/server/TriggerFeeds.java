package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.quota.BudgetAlert;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.AssetListener;
import dev.gantry.registry.AssetName;
import dev.gantry.registry.Visibility;
import dev.gantry.triggers.TriggerEvents;
import dev.gantry.triggers.Triggers;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Tells triggers, and steps that wait, of what happens elsewhere on the platform, in the transaction in which it happens: no
 * event is lost, and none is told of what did not happen. Thread-safe.
 */
final class TriggerFeeds implements AssetListener {
    private volatile @Nullable Triggers triggers;

    /** Says whom to tell: budgets exist before triggers do. */
    void to(Triggers opened) {
        triggers = opened;
    }

    @Override
    public void stored(Handle handle, List<Written> written) {
        UUID organization = written.getFirst().author().organization();
        tell(
                handle,
                organization,
                TriggerEvents.ASSET_STORED,
                written.stream().map(TriggerFeeds::facts).toList());
        tell(
                handle,
                organization,
                TriggerEvents.ASSET_PUBLISHED,
                written.stream()
                        .filter(asset -> asset.visibility() != Visibility.PRIVATE)
                        .map(TriggerFeeds::facts)
                        .toList());
    }

    private static ObjectNode facts(Written asset) {
        return facts(
                asset.author(),
                asset.kind(),
                asset.name(),
                asset.version(),
                asset.outcome().name().toLowerCase(Locale.ROOT));
    }

    @Override
    public void published(Handle handle, Caller caller, AssetKind kind, AssetName name, int version, String outcome) {
        tell(handle, caller.organization(), TriggerEvents.ASSET_PUBLISHED, facts(caller, kind, name, version, outcome));
    }

    private static ObjectNode facts(Caller caller, AssetKind kind, AssetName name, int version, String outcome) {
        return Json.object()
                .put("kind", kind.id())
                .put("asset", name.toString())
                .put("namespace", name.namespace())
                .put("version", version)
                .put("by", caller.principal())
                .put("outcome", outcome);
    }

    /** An alert was raised; before triggers can be told, it is not, and raised again at the next look. */
    void raised(Handle handle, BudgetAlert alert) {
        if (triggers == null) {
            throw new GantryException(ErrorCode.INTERNAL, "The node is not ready to raise alerts yet.");
        }
        tell(
                handle,
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

    private void tell(Handle handle, UUID organization, String event, ObjectNode facts) {
        tell(handle, organization, event, List.of(facts));
    }

    private void tell(Handle handle, UUID organization, String event, List<ObjectNode> facts) {
        Triggers told = triggers;
        if (told != null) {
            told.happened(handle, organization, event, facts);
        }
    }
}
