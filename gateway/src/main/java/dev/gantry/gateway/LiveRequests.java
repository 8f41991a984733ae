package dev.gantry.gateway;

import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Proof;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Asks again and again whether those whose answers are under way may still have them, and cuts the answers of those who may
 * not: whose key was revoked or has expired, who was deactivated, whose organization was suspended. While that cannot be
 * told, as when the database is away, answers go on: nothing can be revoked then either. Thread-safe.
 */
final class LiveRequests implements AutoCloseable {
    /** A look at a key is a look-up in memory; news of changes empties that memory at once. */
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Identity identity;
    private final Set<Live> live = ConcurrentHashMap.newKeySet();
    private final Set<String> underCheck = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    LiveRequests(Identity identity) {
        this.identity = identity;
        Thread.ofVirtual().name("gantry-live-requests").start(this::run);
    }

    /** A request while it is served; closing it ends the watch over it. */
    final class Live implements AutoCloseable {
        private final Credentials credentials;
        private final Exchange exchange;
        private final long sinceNanos = System.nanoTime();

        private Live(Credentials credentials, Exchange exchange) {
            this.credentials = credentials;
            this.exchange = exchange;
        }

        @Override
        public void close() {
            live.remove(this);
        }
    }

    /** Watches a request whose caller was authenticated just now; what came without proof has none to be revoked. */
    Live watch(Ask ask) {
        Live request = new Live(ask.credentials(), ask.exchange());
        if (!ask.credentials().isEmpty()) {
            live.add(request);
        }
        return request;
    }

    private void run() {
        try {
            while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS)) {
                sweep();
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    /** Each proof is looked at once, whatever the number of its requests. */
    private void sweep() {
        long now = System.nanoTime();
        Map<String, List<Live>> byKey = new HashMap<>();
        for (Live request : live) {
            if (now - request.sinceNanos >= PERIOD.toNanos()) {
                byKey.computeIfAbsent(proof(request.credentials), first -> new ArrayList<>())
                        .add(request);
            }
        }
        byKey.forEach((key, requests) -> {
            if (underCheck.add(key)) {
                Thread.startVirtualThread(() -> check(key, requests));
            }
        });
    }

    private static String proof(Credentials credentials) {
        Proof connection = credentials.proof();
        return credentials.presentedKey() + (connection == null ? "" : " " + connection.id());
    }

    private void check(String key, List<Live> requests) {
        try {
            identity.authenticate(requests.getFirst().credentials);
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                GantryException reason = new GantryException(
                        ErrorCode.UNAUTHENTICATED,
                        "The API key or certificate has been revoked or has expired, or its owner was deactivated, while"
                                + " the answer was under way");
                requests.forEach(request -> request.exchange.cut(reason));
            }
        } finally {
            underCheck.remove(key);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
