package dev.gantry.gateway;

import dev.gantry.database.GroupCommit.Commit;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.UsageLedger;
import dev.gantry.metering.UsageRecord;
import java.time.Duration;

/** Turns what was consumed into money and into a row of the ledger. Thread-safe. */
public final class Settlement {
    private static final Commit NOTHING = new Commit() {
        @Override
        public void await(Duration timeout) {}

        @Override
        public boolean isDurable() {
            return true;
        }
    };

    private final Router router;
    private final UsageLedger ledger;

    /** A settlement by the router's catalog into a ledger. */
    public Settlement(Router router, UsageLedger ledger) {
        this.router = router;
        this.ledger = ledger;
    }

    /** Prices an answer. */
    Settled settle(Answered answered) {
        Route route = answered.route();
        MicroDollars cost = router.catalog().cost(route.model(), answered.usage());
        return new Settled(
                Ids.next(),
                route.guarded().admitted().caller(),
                route.prompt(),
                route.model(),
                answered.usage(),
                cost,
                Duration.ofNanos(System.nanoTime() - route.ask().origin().startedNanos()),
                Duration.ofNanos(answered.providerNanos()),
                answered.failure());
    }

    /** Writes the row; nothing consumed needs none. */
    Commit record(Origin origin, Settled settled) {
        if (settled.failure() != null && settled.usage().equals(TokenUsage.NONE)) {
            return NOTHING;
        }
        return ledger.append(new UsageRecord(
                settled.id(),
                origin.startedAt(),
                settled.caller().organization(),
                settled.caller().team(),
                settled.caller().project(),
                settled.caller().principalId(),
                settled.caller().principal(),
                settled.caller().keyId(),
                settled.prompt().subject().pattern(),
                settled.prompt().subject().patternVersion(),
                settled.model().name(),
                settled.model().provider(),
                settled.usage(),
                settled.cost(),
                origin.endpoint(),
                settled.status(),
                settled.duration().toMillis(),
                origin.requestId()));
    }
}
