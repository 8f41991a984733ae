package dev.gantry.provider.testing;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/** A request that reached the simulator. */
public record ReceivedRequest(String method, String uri, MultiMap headers, Buffer body) {
    /** Returns the body as a JSON object. */
    public ObjectNode json() {
        return Json.readObject(body.getBytes());
    }
}
