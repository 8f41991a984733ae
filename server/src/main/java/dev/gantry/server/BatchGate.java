package dev.gantry.server;

import dev.gantry.batch.BatchItem;
import dev.gantry.batch.ItemGate;
import dev.gantry.batch.ItemReply;
import dev.gantry.gateway.Ask;
import dev.gantry.gateway.Gateway;
import dev.gantry.gateway.Origin;
import dev.gantry.gateway.Wishes;
import dev.gantry.identity.Credentials;
import dev.gantry.kernel.Ids;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes requests of batches like any other, but for the connection. Thread-safe. */
final class BatchGate implements ItemGate {
    /** What audit events have in the place of the client's address. */
    private static final String ADDRESS = "batch";

    private final Gateway gateway;
    private final GatedRoutes routes;

    BatchGate(Gateway gateway, GatedRoutes routes) {
        this.gateway = gateway;
        this.routes = routes;
    }

    @Override
    public ItemReply pass(BatchItem item) {
        String requestId = Ids.next().toString();
        BatchExchange exchange = new BatchExchange();
        gateway.serve(new BatchAsk(ask(item, requestId, exchange), item));
        return exchange.reply(requestId);
    }

    private Ask ask(BatchItem item, String requestId, BatchExchange exchange) {
        Origin origin = new Origin(
                item.endpoint(),
                ADDRESS,
                requestId,
                Trace.of(null, false).traceId(),
                null,
                null,
                item.idempotencyKey(),
                wishes(item.batch().wishes()),
                item.startedAt(),
                System.nanoTime());
        return routes.ask(origin, new Credentials(null, ADDRESS), item::body, exchange);
    }

    private static Wishes wishes(Map<String, String> said) {
        return new Wishes(
                text(said, BatchesApi.REGION),
                text(said, BatchesApi.TASK),
                text(said, BatchesApi.TAGS),
                null,
                text(said, BatchesApi.CACHE_CONTROL),
                text(said, BatchesApi.CACHE));
    }

    private static @Nullable String text(Map<String, String> said, String name) {
        return said.get(name);
    }
}
