package dev.gantry.gateway;

import dev.gantry.kernel.RequestContext;
import dev.gantry.metering.Model;
import dev.gantry.provider.UpstreamHttp;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Asks a second model as well when the first takes long, and takes the answer that comes first. The other attempt is
 * cancelled, and paid as far as its model has worked; there must be room in the budget for both. Thread-safe.
 */
final class Hedging {
    private final Attempts attempts;
    private final @Nullable Duration delay;

    /** {@code delay} is how long the first has; null to never ask a second. */
    Hedging(Attempts attempts, @Nullable Duration delay) {
        this.attempts = attempts;
        this.delay = delay;
    }

    /** Returns whether a request may be asked twice: a stream may not, since its bytes go out as they come. */
    boolean applies(Admitted admitted) {
        return delay != null && !admitted.prompt().stream();
    }

    /** Returns the better outcome of the two; null when neither model could be asked. */
    @Nullable
    Answered ask(Guarded guarded, Deadline deadline, Model first, Model second, Trail trail) {
        BlockingQueue<Leg> done = new LinkedBlockingQueue<>();
        Leg leading = new Leg(first, done);
        leading.start(guarded, deadline);
        Leg early = await(done, delay);
        if (early == null
                && deadline.left().isPositive()
                && guarded.admitted().hold().enter(second)
                && guarded.admitted().hold().again()) {
            Leg following = new Leg(second, done);
            following.start(guarded, deadline);
            trail.hedged(second);
            Leg winner = require(done);
            Leg other = winner == leading ? following : leading;
            if (winner.isGood()) {
                other.cancel();
            }
            require(done);
            trail.addAll(leading.trail);
            trail.addAll(following.trail);
            return winner.isGood() || !other.isGood() ? better(winner, leading).result() : other.result();
        }
        require(early == null ? done : null, leading);
        trail.addAll(leading.trail);
        return leading.result();
    }

    /** When neither has answered, the failure of the model that was named is the one to tell. */
    private static Leg better(Leg winner, Leg leading) {
        return winner.isGood() || leading.answered == null ? winner : leading;
    }

    private static void require(@Nullable BlockingQueue<Leg> done, Leg leg) {
        if (done != null && require(done) != leg) {
            throw new IllegalStateException("Another leg ended");
        }
    }

    private static @Nullable Leg await(BlockingQueue<Leg> done, @Nullable Duration time) {
        long until = System.nanoTime() + (time == null ? 0 : time.toNanos());
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return done.poll(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
                } catch (InterruptedException early) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Waits for a leg; each ends by itself, at the deadline at the latest. */
    private static Leg require(BlockingQueue<Leg> done) {
        Leg leg = null;
        while (leg == null) {
            leg = await(done, Duration.ofMinutes(1));
        }
        return leg;
    }

    /** One of the two attempts, on a virtual thread of its own. */
    private final class Leg {
        private final Model model;
        private final BlockingQueue<Leg> done;
        private final Trail trail = new Trail();
        private volatile @Nullable Thread thread;
        private volatile @Nullable Answered answered;
        private volatile @Nullable RuntimeException crash;

        Leg(Model model, BlockingQueue<Leg> done) {
            this.model = model;
            this.done = done;
        }

        void start(Guarded guarded, Deadline deadline) {
            Runnable work = () -> run(guarded, deadline);
            if (RequestContext.CURRENT.isBound()) {
                RequestContext context = RequestContext.CURRENT.get();
                Runnable inner = work;
                work = () -> ScopedValue.where(RequestContext.CURRENT, context).run(inner);
            }
            if (UpstreamHttp.CLIENT_CONTEXT.isBound()) {
                var loop = UpstreamHttp.CLIENT_CONTEXT.get();
                Runnable inner = work;
                work = () ->
                        ScopedValue.where(UpstreamHttp.CLIENT_CONTEXT, loop).run(inner);
            }
            thread = Thread.startVirtualThread(work);
        }

        private void run(Guarded guarded, Deadline deadline) {
            try {
                answered = attempts.ask(guarded, deadline, model, trail);
            } catch (RuntimeException defect) {
                crash = defect;
            } finally {
                done.add(this);
            }
        }

        void cancel() {
            Thread running = thread;
            if (running != null) {
                running.interrupt();
            }
        }

        boolean isGood() {
            Answered outcome = answered;
            return outcome != null && outcome.failure() == null;
        }

        @Nullable
        Answered result() {
            RuntimeException defect = crash;
            if (defect != null) {
                throw defect;
            }
            return answered;
        }
    }
}
