package dev.gantry.metering;

import static org.assertj.core.api.Assertions.assertThat;

import dev.gantry.kernel.TokenUsage;
import java.math.BigInteger;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What holds for the cost of every request, whatever the prices. */
class CostLawsTest {
    private final ModelCatalog catalog = new ModelCatalog(List.of());

    @Property(tries = 500)
    void shouldNeverCostLessWhenMoreIsConsumed(
            @ForAll("models") Model model, @ForAll("usages") TokenUsage usage, @ForAll("usages") TokenUsage more) {
        assertThat(cost(model, sum(usage, more))).isGreaterThanOrEqualTo(cost(model, usage));
    }

    @Property(tries = 500)
    void shouldCostTheSameInPartsAsInOnePieceUpToOneRounding(
            @ForAll("models") Model model, @ForAll("usages") TokenUsage usage, @ForAll("usages") TokenUsage more) {
        long parts = cost(model, usage) + cost(model, more);

        assertThat(cost(model, sum(usage, more))).isBetween(parts - 1, parts + 1);
    }

    @Property(tries = 500)
    void shouldBeTheExactSumRoundedHalfUp(@ForAll("models") Model model, @ForAll("usages") TokenUsage usage) {
        Prices prices = model.prices();
        BigInteger exact = product(usage.input(), prices.inputPerMillion())
                .add(product(usage.output(), prices.outputPerMillion()))
                .add(product(usage.cacheRead(), prices.cacheReadPerMillion()))
                .add(product(usage.cacheWrite(), prices.cacheWritePerMillion()))
                .add(product(usage.cacheWriteLong(), prices.cacheWriteLongPerMillion()));
        BigInteger difference = BigInteger.valueOf(cost(model, usage))
                .multiply(BigInteger.valueOf(1_000_000))
                .subtract(exact);

        // Half up: the rounded amount lies above the exact one by at most a half, below it by less than a half.
        assertThat(difference).isBetween(BigInteger.valueOf(-499_999), BigInteger.valueOf(500_000));
    }

    private long cost(Model model, TokenUsage usage) {
        return catalog.cost(model, usage).value();
    }

    private static BigInteger product(long count, long price) {
        return BigInteger.valueOf(count).multiply(BigInteger.valueOf(price));
    }

    private static TokenUsage sum(TokenUsage left, TokenUsage right) {
        return left.plus(right);
    }

    /** Prices on both sides of the bound up to which machine arithmetic is exact. */
    @Provide
    Arbitrary<Model> models() {
        Arbitrary<Long> price = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 100_000_000),
                Arbitraries.longs().between((1L << 30) - 10, (1L << 30) + 10),
                Arbitraries.longs().between(0, Prices.PER_MILLION_MAX));
        return Combinators.combine(price, price, price, price, price)
                .as((input, output, read, write, writeLong) -> new Model(
                        "m",
                        "p",
                        "u",
                        new Prices(input, output, read, write, writeLong),
                        0,
                        0,
                        List.of(),
                        Tier.SIMPLE,
                        List.of()));
    }

    /** Counts on both sides of the same bound; five at the highest price still fit into an amount. */
    @Provide
    Arbitrary<TokenUsage> usages() {
        Arbitrary<Long> count = Arbitraries.oneOf(
                Arbitraries.longs().between(0, 2_000_000),
                Arbitraries.longs().between((1L << 30) - 10, (1L << 30) + 10),
                Arbitraries.longs().between(0, 800_000_000_000L));
        return Combinators.combine(count, count, count, count, count)
                .as((input, output, read, write, writeLong) ->
                        new TokenUsage(input, output, read, write, writeLong, output / 2, false));
    }
}
