package dev.gantry.gateway;

import dev.gantry.gateway.RoutingSettings.RetrySettings;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.Model;
import dev.gantry.provider.ProviderException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Asks the models of a plan one after the other until one answers. Once every one has failed, those are asked again whose
 * failure makes that safe. Nothing else is tried after a byte of an answer went out, after the caller has gone, or after the
 * deadline. Thread-safe.
 */
public final class Failover {
    private final Router router;
    private final Attempts attempts;
    private final Hedging hedging;
    private final RoutingSettings settings;
    private final Supplier<RandomGenerator> random;

    /** A failover over the parts of routing. */
    public Failover(Router router, RoutingSettings settings) {
        this(router, settings, ThreadLocalRandom::current);
    }

    Failover(Router router, RoutingSettings settings, Supplier<RandomGenerator> random) {
        this.router = router;
        this.settings = settings;
        this.random = random;
        this.attempts = new Attempts(router);
        this.hedging = new Hedging(attempts, settings.hedging().delay().orElse(null));
    }

    /**
     * Brings back an answer, or the failure of the model that was asked first.
     *
     * @throws GantryException if no model could be asked at all; nothing was consumed then
     */
    Answered execute(Guarded guarded) {
        return new Run(guarded).answer();
    }

    /** One request on its way through its candidates. Used by the request's own thread. */
    private final class Run {
        private final Guarded guarded;
        private final Admitted admitted;
        private final Deadline deadline;
        private final Trail trail = new Trail();
        private final long started = System.nanoTime();
        private @Nullable Answered first;

        Run(Guarded guarded) {
            this.guarded = guarded;
            this.admitted = guarded.admitted();
            this.deadline = router.deadline(admitted.ask().origin());
        }

        Answered answer() {
            List<Model> round = admitted.plan().candidates();
            for (int number = 0; ; number++) {
                List<Again> again = new ArrayList<>();
                Answered answered = round(round, again);
                if (answered != null) {
                    return finish(answered);
                }
                if (number >= settings.retry().rounds() || again.isEmpty() || !pause(number, again)) {
                    return giveUp();
                }
                round = again.stream().map(Again::model).toList();
            }
        }

        /** Asks each model once; null when all of them have failed in a way that lets others be tried. */
        private @Nullable Answered round(List<Model> models, List<Again> again) {
            for (int index = 0; index < models.size(); index++) {
                Model model = models.get(index);
                if (trail.wasHedged(model)) {
                    continue;
                }
                if (!mayGoOn()) {
                    return null;
                }
                if (!admitted.hold().enter(model)) {
                    trail.add(new Attempt(model, TokenUsage.NONE, "limit_reached", 0));
                    continue;
                }
                Model next = index + 1 < models.size() ? models.get(index + 1) : null;
                Answered answered = trail.isEmpty() && next != null && hedging.applies(admitted)
                        ? hedging.ask(guarded, deadline, model, next, trail)
                        : attempts.ask(guarded, deadline, model, trail);
                if (answered == null) {
                    continue;
                }
                if (answered.failure() == null
                        || !Retry.mayGoOn(answered, admitted.ask().exchange())) {
                    return answered;
                }
                first = first == null ? answered : first;
                ProviderException cause = Retry.cause(answered);
                if (cause != null && Retry.isSafe(cause, idempotent(), settings.retry())) {
                    again.add(new Again(
                            answered.route().model(), cause.retryAfter().orElse(Duration.ZERO)));
                }
            }
            return null;
        }

        /** What was reserved is enough for one attempt that consumes. */
        private boolean mayGoOn() {
            if (first == null) {
                return true;
            }
            return trail.size() < settings.attemptsMax()
                    && deadline.left().isPositive()
                    && (!trail.hasConsumed() || admitted.hold().again());
        }

        private boolean idempotent() {
            return admitted.ask().origin().idempotencyKey() != null;
        }

        private boolean pause(int number, List<Again> again) {
            RetrySettings retry = settings.retry();
            Duration shortest = again.stream()
                    .map(Again::notBefore)
                    .min(Duration::compareTo)
                    .orElse(Duration.ZERO);
            Duration wait = Retry.backoff(retry, number, random.get());
            wait = wait.compareTo(shortest) < 0 ? shortest : wait;
            if (wait.compareTo(deadline.left()) >= 0) {
                return false;
            }
            Exchange exchange = admitted.ask().exchange();
            try (Cancellation _ = Cancellation.whenGone(exchange)) {
                Thread.sleep(wait);
                return !exchange.isGone();
            } catch (InterruptedException gone) {
                return false;
            }
        }

        /** The caller named the first model, so that its failure is the one to tell. */
        private Answered giveUp() {
            if (first == null) {
                GantryException unreadable = trail.unreadable();
                throw unreadable != null ? unreadable : attempts.nothingAsked(admitted.plan(), trail.attempts());
            }
            return finish(first);
        }

        private Answered finish(Answered last) {
            if (trail.size() == 1) {
                return last;
            }
            return last.after(trail.attempts(), System.nanoTime() - started);
        }
    }

    /** A model that may be asked again, and how long it wants to be left alone. */
    private record Again(Model model, Duration notBefore) {}
}
