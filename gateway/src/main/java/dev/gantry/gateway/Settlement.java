package dev.gantry.gateway;

import dev.gantry.database.GroupCommit.Commit;
import dev.gantry.database.SqlErrors;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Ids;
import dev.gantry.kernel.MicroDollars;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.metering.ModelCatalog;
import dev.gantry.metering.UsageLedger;
import dev.gantry.metering.UsageRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

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

    /** Prices an answer, and every attempt before it. */
    Settled settle(Answered answered) {
        return settle(router.catalog(), answered);
    }

    static Settled settle(ModelCatalog catalog, Answered answered) {
        Route route = answered.route();
        CacheOutcome cache = route.guarded().cache();
        // Nobody asked a model for what came from the cache, whatever it took when it was new.
        TokenUsage consumed = cache.isHit() ? TokenUsage.NONE : answered.usage();
        MicroDollars own = catalog.cost(route.model(), consumed);
        TokenUsage usage = consumed;
        MicroDollars cost = own;
        List<Settled.Paid> others = new ArrayList<>(0);
        for (Attempt attempt : answered.others()) {
            if (attempt.hasConsumed()) {
                MicroDollars price = catalog.cost(attempt.model(), attempt.usage());
                others.add(new Settled.Paid(Ids.next(), attempt, price));
                usage = usage.plus(attempt.usage());
                cost = cost.plus(price);
            }
        }
        return new Settled(
                executionId(answered),
                route.guarded().admitted().caller(),
                route.prompt(),
                route.model(),
                route.reason(),
                usage,
                cost,
                Duration.ofNanos(System.nanoTime() - route.ask().origin().startedNanos()),
                Duration.ofNanos(answered.providerNanos()),
                answered.failure(),
                consumed,
                own,
                others,
                answered.attempts(),
                route.guarded().report(),
                answered.usage(),
                cache);
    }

    /** Writes a row for each attempt that consumed something; an answer has one in any case. */
    Commit record(Ask ask, Settled settled) {
        Origin origin = ask.origin();
        boolean empty = settled.failure() != null && settled.answerUsage().equals(TokenUsage.NONE);
        Commit own = empty
                ? NOTHING
                : ledger.append(row(
                        origin,
                        settled,
                        settled.id(),
                        new Attempt(settled.model(), settled.answerUsage(), status(settled), 0),
                        settled.answerCost(),
                        settled.duration()));
        own = ask.executionId() == null ? own : new Once(own);
        if (settled.others().isEmpty()) {
            return own;
        }
        List<Commit> commits = new ArrayList<>();
        commits.add(own);
        for (Settled.Paid paid : settled.others()) {
            Attempt attempt = paid.attempt();
            String status =
                    attempt.outcome().equals("success") || attempt.outcome().equals("cancelled")
                            ? "cancelled"
                            : "error";
            commits.add(ledger.append(row(
                    origin,
                    settled,
                    paid.id(),
                    new Attempt(attempt.model(), attempt.usage(), status, 0),
                    paid.cost(),
                    Duration.ofNanos(attempt.nanos()))));
        }
        return new All(commits);
    }

    /** An answer that is brought twice has one line in the ledger; attempts that failed have one each. */
    private static UUID executionId(Answered answered) {
        UUID given = answered.failure() == null ? answered.route().ask().executionId() : null;
        return given == null ? Ids.next() : given;
    }

    private static String status(Settled settled) {
        return settled.cache().isHit() && settled.failure() == null ? "cached" : settled.status();
    }

    private static UsageRecord row(
            Origin origin, Settled settled, UUID id, Attempt attempt, MicroDollars cost, Duration duration) {
        return new UsageRecord(
                id,
                origin.startedAt(),
                settled.caller().organization(),
                settled.caller().team(),
                settled.caller().project(),
                settled.caller().principalId(),
                settled.caller().principal(),
                settled.caller().keyId(),
                settled.prompt().subject().pattern(),
                settled.prompt().subject().patternVersion(),
                attempt.model().name(),
                attempt.model().provider(),
                attempt.usage(),
                cost,
                origin.endpoint(),
                attempt.outcome(),
                duration.toMillis(),
                origin.requestId());
    }

    /**
     * The row of work that may be done twice: one that is there already counts it, and the database refuses a second one.
     */
    private record Once(Commit row) implements Commit {
        @Override
        public void await(Duration timeout) {
            try {
                row.await(timeout);
            } catch (GantryException refusal) {
                if (SqlErrors.violatedUniqueConstraint(refusal).isEmpty()) {
                    throw refusal;
                }
            }
        }

        @Override
        public boolean isDurable() {
            return row.isDurable();
        }
    }

    /** Several rows of one request. */
    private record All(List<Commit> commits) implements Commit {
        @Override
        public void await(Duration timeout) {
            commits.forEach(commit -> commit.await(timeout));
        }

        @Override
        public boolean isDurable() {
            return commits.stream().allMatch(Commit::isDurable);
        }
    }
}
