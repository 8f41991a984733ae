package dev.gantry.gateway;

import dev.gantry.metering.Model;
import dev.gantry.metering.Prices;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;

/**
 * How fast each model answers and how much is under way at it, as this node sees it. Thread-safe; figures are estimates, so
 * that two updates at the same instant may count as one.
 */
final class Loads {
    /** The average of latencies forgets half of what it knows in this time. */
    private static final double HALF_LIFE_NANOS = 10e9;

    /** A slow model that is not asked any more counts as half as slow after this time, so that it gets another chance. */
    private static final double FORGET_NANOS = 30e9;

    /** What a failure counts as at least: a model that fails fast is not a fast model. */
    private static final double FAILURE_MS = 1_000;

    /** Dollars per million tokens that even a free model counts as, so that load still matters among free ones. */
    private static final double PRICE_FLOOR = 0.01;

    private final LongSupplier nanoTime;
    private final Map<String, Load> loads = new ConcurrentHashMap<>();

    Loads(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** What is known about one model. Streams and whole answers are apart: of streams the first byte counts. */
    private static final class Load {
        private final AtomicInteger underWay = new AtomicInteger();
        private final Latency whole = new Latency();
        private final Latency stream = new Latency();
    }

    /** An average that weighs what was seen lately more. */
    private static final class Latency {
        private volatile double averageMs = Double.NaN;
        private volatile long updatedAt;

        void add(double ms, long now) {
            double before = averageMs;
            double keep = Double.isNaN(before) ? 0 : Math.pow(0.5, Math.max(1, now - updatedAt) / HALF_LIFE_NANOS);
            // A burst of answers at one instant still counts for something.
            keep = Math.min(keep, 0.9);
            averageMs = Double.isNaN(before) ? ms : before * keep + ms * (1 - keep);
            updatedAt = now;
        }

        double at(long now) {
            return averageMs * Math.pow(0.5, Math.max(0, now - updatedAt) / FORGET_NANOS);
        }
    }

    /** Notes that a request goes to a model. */
    void begun(Model model) {
        load(model).underWay.incrementAndGet();
    }

    /** Notes that a model has answered. */
    void answered(Model model, boolean stream, long nanos) {
        Load load = load(model);
        load.underWay.decrementAndGet();
        (stream ? load.stream : load.whole).add(nanos / 1e6, nanoTime.getAsLong());
    }

    /** Notes that a model has failed. */
    void failed(Model model, boolean stream, long nanos) {
        Load load = load(model);
        load.underWay.decrementAndGet();
        Latency latency = stream ? load.stream : load.whole;
        double known = latency.averageMs;
        double penalty = Math.max(FAILURE_MS, Double.isNaN(known) ? 0 : 2 * known);
        latency.add(Math.max(penalty, nanos / 1e6), nanoTime.getAsLong());
    }

    /** Notes that an attempt ended without saying anything about its model. */
    void abandoned(Model model) {
        load(model).underWay.decrementAndGet();
    }

    int underWay(Model model) {
        Load load = loads.get(model.qualifiedName());
        return load == null ? 0 : load.underWay.get();
    }

    /** Returns the average latency in milliseconds; not a number when nothing is known. */
    double latencyMs(Model model, boolean stream) {
        Load load = loads.get(model.qualifiedName());
        return load == null ? Double.NaN : (stream ? load.stream : load.whole).at(nanoTime.getAsLong());
    }

    /**
     * Returns whether the first of two models is the better choice. Each is rated by {@code (L × (n + 1))^(1 - b) × P^b}: L is
     * its latency, n what is under way, P its price and b the bias to cost; the lower rating wins. A weighted geometric mean
     * needs no common unit of time and money. Where the latency of one is not known, that of the other stands in for it, so
     * that load alone decides.
     */
    boolean prefers(Model first, Model second, boolean stream, double costBias) {
        double latencyOfFirst = latencyMs(first, stream);
        double latencyOfSecond = latencyMs(second, stream);
        if (Double.isNaN(latencyOfFirst) || Double.isNaN(latencyOfSecond)) {
            latencyOfFirst = 1;
            latencyOfSecond = 1;
        }
        return rating(first, latencyOfFirst, costBias) <= rating(second, latencyOfSecond, costBias);
    }

    private double rating(Model model, double latencyMs, double costBias) {
        double load = Math.max(latencyMs, 0.001) * (underWay(model) + 1);
        return Math.pow(load, 1 - costBias) * Math.pow(price(model), costBias);
    }

    /** Returns dollars per million tokens of a mixture of three prompt tokens to one generated. */
    static double price(Model model) {
        Prices prices = model.prices();
        return PRICE_FLOOR + (3.0 * prices.inputPerMillion() + prices.outputPerMillion()) / 4e6;
    }

    private Load load(Model model) {
        Load known = loads.get(model.qualifiedName());
        return known != null ? known : loads.computeIfAbsent(model.qualifiedName(), absent -> new Load());
    }
}
