package dev.gantry.server;

import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.Router;
import dev.gantry.registry.Registry;
import java.time.Clock;

/** {@code POST /api/v1/execute}: through the gate, or, for a dry run, up to it. */
final class ExecuteRoute implements InboundHandler {
    private static final String ENDPOINT = "/api/v1/execute";

    private final Gateway gateway;
    private final RateAdmission limits;
    private final Router router;
    private final Registry registry;
    private final Clock clock;
    private final ExecuteFormat format = new ExecuteFormat();

    ExecuteRoute(Gateway gateway, RateAdmission limits, Router router, Registry registry, Clock clock) {
        this.gateway = gateway;
        this.limits = limits;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
    }

    @Override
    public void serve(Inbound inbound) {
        gateway.serve(new ExecuteAsk(inbound, inbound.origin(ENDPOINT, clock), limits, router, registry, format));
    }
}
