package dev.gantry.gateway;

import dev.gantry.identity.Credentials;
import dev.gantry.identity.Identity;
import dev.gantry.identity.Standing;
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
import org.jspecify.annotations.Nullable;

/**
 * Asks again and again whether those whose answers are under way may still have them, and cuts the answers of those who may
 * not: whose key was revoked or has expired, whose session ended, who was deactivated, whose organization was suspended. While that cannot be
 * told, as when the database is away, answers go on: nothing can be revoked then either. Thread-safe.
 */
public final class LiveRequests implements AutoCloseable {
    /** A look at a key is a look-up in memory; news of changes empties that memory at once. */
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Identity identity;
    private final Set<Live> live = ConcurrentHashMap.newKeySet();
    private final Set<String> underCheck = ConcurrentHashMap.newKeySet();
    private final CountDownLatch closed = new CountDownLatch(1);

    /** Begins to watch. */
    public LiveRequests(Identity identity) {
        this.identity = identity;
        Thread.ofVirtual().name("gantry-live-requests").start(this::run);
    }

    /** A request while it is served; closing it ends the watch over it. */
    public final class Live implements AutoCloseable {
        private final @Nullable Standing standing;
        private final Exchange exchange;
        private final long sinceNanos = System.nanoTime();

        private Live(@Nullable Standing standing, Exchange exchange) {
            this.standing = standing;
            this.exchange = exchange;
        }

        @Override
        public void close() {
            live.remove(this);
        }
    }

    /**
     * Watches a request whose caller was authenticated just now; what came without proof has none to be revoked. The exchange
     * is cut, on a thread of its own, when its caller may have nothing more.
     *
     * @throws GantryException {@link ErrorCode#UNAUTHENTICATED} if that is so already
     */
    public Live watch(Credentials credentials, Exchange exchange) {
        if (credentials.isEmpty()) {
            return new Live(null, exchange);
        }
        Live request = new Live(identity.standing(credentials), exchange);
        live.add(request);
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
        Map<String, List<Live>> byProof = new HashMap<>();
        for (Live request : live) {
            Standing standing = request.standing;
            if (standing != null && now - request.sinceNanos >= PERIOD.toNanos()) {
                byProof.computeIfAbsent(standing.id(), first -> new ArrayList<>())
                        .add(request);
            }
        }
        byProof.forEach((proof, requests) -> {
            if (underCheck.add(proof)) {
                Thread.startVirtualThread(() -> check(proof, requests));
            }
        });
    }

    private void check(String proof, List<Live> requests) {
        try {
            Standing standing = requests.getFirst().standing;
            if (standing != null) {
                standing.require();
            }
        } catch (GantryException refusal) {
            if (refusal.code() == ErrorCode.UNAUTHENTICATED) {
                GantryException reason = new GantryException(
                        ErrorCode.UNAUTHENTICATED,
                        "The API key, session, token or certificate has been revoked or has expired, or its owner was"
                                + " deactivated, while the answer was under way");
                requests.forEach(request -> request.exchange.cut(reason));
            }
        } finally {
            underCheck.remove(proof);
        }
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
