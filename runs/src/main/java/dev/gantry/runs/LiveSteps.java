package dev.gantry.runs;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** The attempts that this node makes at the moment, so that those of a cancelled run can be told. Thread-safe. */
final class LiveSteps {
    private final Map<UUID, Set<Attempt>> attempts = new ConcurrentHashMap<>();

    void add(UUID run, Attempt attempt) {
        attempts.compute(run, (_, known) -> {
            Set<Attempt> set = known == null ? ConcurrentHashMap.newKeySet() : known;
            set.add(attempt);
            return set;
        });
    }

    void remove(UUID run, Attempt attempt) {
        attempts.computeIfPresent(run, (_, known) -> {
            known.remove(attempt);
            return known.isEmpty() ? null : known;
        });
    }

    void cancel(UUID run) {
        attempts.getOrDefault(run, Set.of()).forEach(Attempt::cancel);
    }
}
