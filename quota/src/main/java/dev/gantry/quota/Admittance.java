package dev.gantry.quota;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.quota.RateLimitRules.Limit;
import dev.gantry.quota.RateLimitRules.Measure;
import dev.gantry.quota.RateLimitRules.Rule;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** What one request took from the limits. Ends once, by {@link #settle} or {@link #release}. Used by one thread. */
public final class Admittance {
    private static final long PARALLEL_WAIT_NANOS = 1_000_000_000L;
    private static final long SECOND_NANOS = 1_000_000_000L;

    private final RateLimits limits;
    private final Holder holder;
    private final LongSupplier estimate;
    private final List<TakenRate> rates = new ArrayList<>(6);
    private final List<TakenSlot> slots = new ArrayList<>(2);
    private final Set<String> entered = new HashSet<>(0);
    private long tokens = -1;
    private boolean ended;

    private record TakenRate(Limit limit, Meter meter, long amount, long takenIn) {}

    private record TakenSlot(Occupancy occupancy, Slots.Lease lease) {}

    Admittance(RateLimits limits, Holder holder, LongSupplier estimate) {
        this.limits = limits;
        this.holder = holder;
        this.estimate = estimate;
    }

    /** Takes of all or of none. Of those that have no room the one is told for which the wait is longest. */
    void take(List<Limit> wanted) {
        try {
            Limit exhausted = null;
            long longest = 0;
            for (Limit limit : wanted) {
                long wait = take(limit);
                if (wait > longest) {
                    longest = wait;
                    exhausted = limit;
                }
            }
            if (exhausted != null) {
                limits.refused(holder);
                throw refusal(exhausted, longest);
            }
        } catch (RuntimeException refused) {
            release();
            throw refused;
        }
    }

    /**
     * Takes what the limits of a further model ask for, so that it may be asked as well; once for each model.
     *
     * @return false if they have no room; nothing is taken then
     */
    public boolean enter(String model) {
        if (model.equals(holder.model()) || entered.contains(model)) {
            return true;
        }
        int ratesBefore = rates.size();
        int slotsBefore = slots.size();
        List<Limit> more = new ArrayList<>(2);
        limits.rules().addModel(more, model);
        for (Limit limit : more) {
            if (take(limit) > 0) {
                List<TakenRate> ownRates = rates.subList(ratesBefore, rates.size());
                List<TakenSlot> ownSlots = slots.subList(slotsBefore, slots.size());
                giveBack(ownRates, ownSlots);
                ownRates.clear();
                ownSlots.clear();
                return false;
            }
        }
        entered.add(model);
        return true;
    }

    /** Returns zero when it was taken, otherwise the nanoseconds until there is room. */
    private long take(Limit limit) {
        return switch (limit.rule().measure) {
            case PARALLEL -> takeSlot(limit);
            case REQUESTS -> takeRate(limit);
            case TOKENS -> tokens() == 0 ? 0 : takeRate(limit);
        };
    }

    private long takeSlot(Limit limit) {
        while (true) {
            Occupancy occupancy = limits.buckets().occupancy(limit);
            Slots.Attempt attempt = occupancy.take(limits.now());
            switch (attempt.outcome()) {
                case TAKEN -> {
                    if (attempt.lease() != null) {
                        slots.add(new TakenSlot(occupancy, attempt.lease()));
                    }
                    return 0;
                }
                case FULL -> {
                    return PARALLEL_WAIT_NANOS;
                }
                case RETIRED -> limits.buckets().forget(limit, occupancy);
            }
        }
    }

    private long takeRate(Limit limit) {
        while (true) {
            Meter meter = limits.buckets().meter(limit);
            long now = limits.now();
            // What is larger than a whole limit goes through when the limit is untouched; its true size is charged
            // later.
            long amount =
                    limit.rule().measure == Measure.TOKENS ? Math.clamp(tokens(), 0, Math.max(1, meter.most())) : 1;
            long takenIn = meter.take(amount, now);
            if (takenIn >= 0) {
                rates.add(new TakenRate(limit, meter, amount, takenIn));
                return 0;
            }
            if (takenIn != SlidingWindow.RETIRED) {
                return -takenIn;
            }
            limits.buckets().forget(limit, meter);
        }
    }

    private long tokens() {
        if (tokens < 0) {
            tokens = Math.max(0, estimate.getAsLong());
        }
        return tokens;
    }

    /** Ends it as a request that was served, by no model or by the one that it was admitted for. */
    public void settle(long consumedTokens) {
        settle(consumedTokens, _ -> consumedTokens);
    }

    /**
     * Ends it as a request that was served: frees its slots and corrects the estimate of tokens to the true number.
     *
     * @param consumedTokens by all models together
     * @param ofModel what each of them consumed
     */
    public void settle(long consumedTokens, ToLongFunction<String> ofModel) {
        if (ended) {
            return;
        }
        ended = true;
        long now = limits.now();
        for (TakenRate taken : rates) {
            Rule rule = taken.limit.rule();
            if (rule.measure == Measure.TOKENS) {
                long consumed = rule.scope == Scope.MODEL ? ofModel.applyAsLong(taken.limit.name()) : consumedTokens;
                long surplus = taken.amount - consumed;
                if (surplus > 0) {
                    taken.meter.giveBack(surplus, taken.takenIn, now);
                } else if (surplus < 0) {
                    charge(taken, -surplus, now);
                }
            }
        }
        freeSlots(slots, now);
    }

    private void charge(TakenRate taken, long amount, long now) {
        Meter meter = taken.meter;
        while (!meter.charge(amount, now)) {
            limits.buckets().forget(taken.limit, meter);
            meter = limits.buckets().meter(taken.limit);
        }
    }

    /** Gives everything back, as if the request had never come; without effect when it has ended. */
    public void release() {
        if (ended) {
            return;
        }
        ended = true;
        giveBack(rates, slots);
    }

    private void giveBack(List<TakenRate> takenRates, List<TakenSlot> takenSlots) {
        long now = limits.now();
        for (TakenRate taken : takenRates) {
            taken.meter.giveBack(taken.amount, taken.takenIn, now);
        }
        freeSlots(takenSlots, now);
    }

    private static void freeSlots(List<TakenSlot> takenSlots, long now) {
        takenSlots.forEach(slot -> slot.occupancy.giveBack(slot.lease, now));
    }

    /** Returns the {@code X-RateLimit-} headers: of the limit on requests of which the least is left, and of tokens. */
    public Map<String, String> headers() {
        if (rates.isEmpty()) {
            return Map.of();
        }
        Map<String, String> headers = new HashMap<>(8);
        describe(headers, tightest(Measure.REQUESTS), "");
        describe(headers, tightest(Measure.TOKENS), "-Tokens");
        return headers;
    }

    private @Nullable TakenRate tightest(Measure measure) {
        long now = limits.now();
        TakenRate tightest = null;
        double least = Double.MAX_VALUE;
        for (TakenRate taken : rates) {
            if (taken.limit.rule().measure == measure) {
                double left = (double) (taken.meter.most() - taken.meter.used(now)) / taken.limit.rule().amount;
                if (left < least) {
                    least = left;
                    tightest = taken;
                }
            }
        }
        return tightest;
    }

    private void describe(Map<String, String> headers, @Nullable TakenRate taken, String suffix) {
        if (taken != null) {
            long now = limits.now();
            long remaining = taken.meter.most() - taken.meter.used(now);
            describe(headers, taken.limit.rule(), remaining, taken.meter.resetNanos(now), suffix);
        }
    }

    private void describe(Map<String, String> headers, Rule rule, long remaining, long resetNanos, String suffix) {
        headers.put("X-RateLimit-Limit" + suffix, Integer.toString(rule.amount));
        headers.put("X-RateLimit-Remaining" + suffix, Long.toString(Math.max(0, remaining)));
        long resetSecond = (limits.clock().millis() + resetNanos / 1_000_000 + 999) / 1000;
        headers.put("X-RateLimit-Reset" + suffix, Long.toString(resetSecond));
    }

    private GantryException refusal(Limit limit, long waitNanos) {
        Rule rule = limit.rule();
        Duration wait = Duration.ofNanos(waitNanos);
        Map<String, String> headers = new HashMap<>();
        String suffix = rule.measure == Measure.TOKENS ? "-Tokens" : "";
        long reset = waitNanos;
        if (rule.measure != Measure.PARALLEL) {
            Meter meter = limits.buckets().meter(limit);
            reset = Math.max(waitNanos, meter.resetNanos(limits.now()));
        }
        describe(headers, rule, 0, reset, suffix);
        headers.put("X-RateLimit-Scope", rule.scope.id());
        return new GantryException(ErrorCode.RATE_LIMITED, words(limit, waitNanos), List.of(), wait, null)
                .withHeaders(headers);
    }

    private static String words(Limit limit, long waitNanos) {
        Rule rule = limit.rule();
        String whose = switch (rule.scope) {
            case GLOBAL -> "this installation";
            case ORGANIZATION -> "your organization";
            case TIER -> "tier " + limit.name();
            case TEAM, USER, KEY, MODEL, PATTERN -> rule.scope.id() + " " + limit.name();
        };
        String what = switch (rule.measure) {
            case REQUESTS -> rule.amount + " requests in a " + rule.windowWords;
            case TOKENS -> rule.amount + " tokens in a " + rule.windowWords;
            case PARALLEL -> rule.amount + " requests at the same time";
        };
        String then = rule.measure == Measure.PARALLEL
                ? "try again when one of them has ended"
                : "there is room again in " + (waitNanos + SECOND_NANOS - 1) / SECOND_NANOS + " s";
        return "The limit of " + whose + " is reached: " + what + "; " + then;
    }
}
