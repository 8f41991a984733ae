package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.identity.Caller;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Permission;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.registry.AssetKind;
import dev.gantry.registry.Assets;
import dev.gantry.runs.EventAudience;
import dev.gantry.runs.Starter;
import dev.gantry.triggers.TriggerEvents;
import java.util.Arrays;

/**
 * Lets owners of triggers, and of runs that wait, hear of what they may look up: their own runs and, with {@code runs:read}, those of others; assets
 * that they see; budgets with {@code budgets:read}. Thread-safe.
 */
record TriggerAudience(Identity identity, Assets assets) implements EventAudience {
    @Override
    public boolean mayHear(Starter owner, String event, ObjectNode facts) {
        Caller caller = StepCaller.of(identity, owner);
        if (event.equals(TriggerEvents.BUDGET_ALERT)) {
            return caller.may(Permission.of("budgets", "read"));
        }
        if (event.equals(TriggerEvents.ASSET_PUBLISHED) || event.equals(TriggerEvents.ASSET_STORED)) {
            return sees(caller, facts.path("kind").asText(), facts.path("asset").asText());
        }
        return facts.path("user").asText().equals(owner.name()) || caller.may(Permission.of("runs", "read"));
    }

    private boolean sees(Caller caller, String kind, String asset) {
        try {
            return Arrays.stream(AssetKind.values())
                    .filter(known -> known.id().equals(kind))
                    .findFirst()
                    .map(known -> assets.get(caller, known, asset))
                    .isPresent();
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.NOT_FOUND || refusal.code() == ErrorCode.PERMISSION_DENIED) {
                return false;
            }
            throw refusal;
        }
    }
}
