package dev.gantry.server;

import dev.gantry.gateway.Exchange;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.RateAdmission;
import dev.gantry.gateway.Router;
import dev.gantry.identity.Credentials;
import dev.gantry.registry.Registry;
import java.time.Clock;
import java.util.function.Supplier;

/** {@code POST /api/v1/execute}: through the gate, or, for a dry run, up to it. */
final class ExecuteRoute implements InboundHandler {
    static final String ENDPOINT = "/api/v1/execute";

    private final Gateway gateway;
    private final RateAdmission limits;
    private final Router router;
    private final Registry registry;
    private final Clock clock;
    private final SessionCookie cookie;
    private final ExecuteFormat format = new ExecuteFormat();

    ExecuteRoute(
            Gateway gateway,
            RateAdmission limits,
            Router router,
            Registry registry,
            SessionCookie cookie,
            Clock clock) {
        this.gateway = gateway;
        this.limits = limits;
        this.router = router;
        this.registry = registry;
        this.clock = clock;
        this.cookie = cookie;
    }

    @Override
    public void serve(Inbound inbound) {
        String accept = inbound.headers().get("Accept");
        gateway.serve(ask(
                inbound.origin(ENDPOINT, clock),
                cookie.credentials(inbound),
                inbound::requireJsonBody,
                accept != null && accept.contains("text/event-stream"),
                inbound.exchange()));
    }

    /** Returns a request that came by whatever way. */
    ExecuteAsk ask(
            Origin origin, Credentials credentials, Supplier<byte[]> body, boolean wantsEvents, Exchange exchange) {
        return new ExecuteAsk(origin, credentials, body, wantsEvents, exchange, limits, router, registry, format);
    }
}
