package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.crypto.MasterKeyRotation;
import dev.gantry.crypto.MasterKeyStatus;
import dev.gantry.kernel.Json;
import java.util.Locale;
import java.util.Map;

/** Operations on the keys that wrap all other keys. */
record MasterKeysApi(MasterKeyRotation masterKeys) {
    Map<String, ApiHandler> handlers() {
        return Map.of(
                "showMasterKeys", (caller, request) -> ApiReply.ok(view(masterKeys.status())),
                "rotateMasterKey", (caller, request) -> ApiReply.ok(view(masterKeys.rotate())),
                "retireMasterKey", (caller, request) -> ApiReply.ok(view(masterKeys.retire())));
    }

    private static ObjectNode view(MasterKeyStatus status) {
        ObjectNode view = Json.object().put("state", status.state().name().toLowerCase(Locale.ROOT));
        ArrayNode keys = view.putArray("keys");
        status.keys()
                .forEach(key -> keys.addObject()
                        .put("id", key.id())
                        .put("current", key.current())
                        .put("data_keys", key.dataKeys())
                        .put("created_at", key.createdAt().toString()));
        ArrayNode nodes = view.putArray("nodes");
        status.nodes().forEach(node -> {
            ArrayNode known = nodes.addObject()
                    .put("name", node.name())
                    .put("current", node.current())
                    .put("seen_at", node.seenAt().toString())
                    .putArray("known");
            node.known().forEach(known::add);
        });
        return view;
    }
}
