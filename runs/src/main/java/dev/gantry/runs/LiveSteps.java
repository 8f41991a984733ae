package dev.gantry.runs;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The strands that this node works on, so that the attempts of a cancelled run can be told to stop. Thread-safe. */
final class LiveSteps {
    private final Map<UUID, Set<Strand>> strands = new ConcurrentHashMap<>();

    /** A strand that hears of its run's being cancelled, from now until it is closed. */
    Strand enter(UUID run) {
        Strand strand = new Strand(run);
        strands.compute(run, (_, known) -> {
            Set<Strand> set = known == null ? ConcurrentHashMap.newKeySet() : known;
            set.add(strand);
            return set;
        });
        return strand;
    }

    void cancel(UUID run) {
        strands.getOrDefault(run, Set.of()).forEach(Strand::cancel);
    }

    /** One strand, which makes one attempt at a time. A cancellation that came before its attempt counts for it too. */
    final class Strand implements AutoCloseable {
        private final UUID run;
        private @Nullable Attempt attempt;
        private boolean cancelled;

        private Strand(UUID run) {
            this.run = run;
        }

        synchronized void begins(Attempt begun) {
            attempt = begun;
            if (cancelled) {
                begun.cancel();
            }
        }

        synchronized void ended() {
            attempt = null;
        }

        private synchronized void cancel() {
            cancelled = true;
            if (attempt != null) {
                attempt.cancel();
            }
        }

        @Override
        public void close() {
            strands.computeIfPresent(run, (_, known) -> {
                known.remove(this);
                return known.isEmpty() ? null : known;
            });
        }
    }
}
