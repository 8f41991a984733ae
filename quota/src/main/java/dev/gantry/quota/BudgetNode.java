package dev.gantry.quota;

import dev.gantry.database.Database;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What all organizations' budgets of one node share.
 *
 * @param id of this run of the node; leases are its own
 * @param nanoTime for lengths of time
 * @param timing how long things last
 * @param counters for metrics
 */
record BudgetNode(
        UUID id,
        Database database,
        BudgetRules rules,
        BudgetHistory history,
        Clock clock,
        LongSupplier nanoTime,
        Timing timing,
        Counters counters) {
    /**
     * Lengths of time.
     *
     * @param leaseTerm after which a node that no longer renews its leases counts as gone
     * @param settlingWait how long a request waits for other requests and nodes to return what they do not need, before it
     *     is refused
     * @param refusalTerm how long a refusal is repeated without asking the database
     * @param idleTerm how long an unused rest stays at hand before it is returned
     */
    record Timing(Duration leaseTerm, Duration settlingWait, Duration refusalTerm, Duration idleTerm) {
        static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(30), Duration.ofMillis(800), Duration.ofSeconds(1), Duration.ofSeconds(5));
    }

    /** Counts since the start. */
    record Counters(LongAdder draws, LongAdder refusals, LongAdder overruns) {
        Counters() {
            this(new LongAdder(), new LongAdder(), new LongAdder());
        }
    }
}
