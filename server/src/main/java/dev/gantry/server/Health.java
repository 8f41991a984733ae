package dev.gantry.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import io.vertx.core.buffer.Buffer;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Answers the probes. Thread-safe. */
final class Health {
    private final String version;
    private final Map<String, Supplier<State>> dependencies;
    private volatile boolean stopping;

    /**
     * How a dependency is.
     *
     * @param required whether the node can serve nothing without it
     * @param detail for a person; no secrets
     */
    record State(boolean up, boolean required, String detail) {}

    /** Probes over dependencies, each asked at every request for {@code /ready}: a supplier must answer at once. */
    Health(String version, Map<String, Supplier<State>> dependencies) {
        this.version = version;
        this.dependencies = new LinkedHashMap<>(dependencies);
    }

    /** Adds dependencies; before requests are served. */
    void watch(Map<String, Supplier<State>> more) {
        dependencies.putAll(more);
    }

    /** From now on the node is alive but not ready. */
    void stopping() {
        stopping = true;
    }

    void alive(Inbound inbound) {
        ObjectNode body = Json.object().put("status", "up").put("version", version);
        inbound.exchange().send(200, "application/json", Map.of(), Buffer.buffer(Json.write(body)));
    }

    void ready(Inbound inbound) {
        ObjectNode body = Json.object();
        ObjectNode states = Json.object();
        boolean ready = !stopping;
        for (Map.Entry<String, Supplier<State>> dependency : dependencies.entrySet()) {
            State state = dependency.getValue().get();
            ready &= state.up() || !state.required();
            states.putObject(dependency.getKey())
                    .put("status", state.up() ? "up" : "down")
                    .put("required", state.required())
                    .put("detail", state.detail());
        }
        body.put("status", stopping ? "stopping" : ready ? "ready" : "not ready")
                .put("version", version);
        body.set("dependencies", states);
        inbound.exchange().send(ready ? 200 : 503, "application/json", Map.of(), Buffer.buffer(Json.write(body)));
    }
}
