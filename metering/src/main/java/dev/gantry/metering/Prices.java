package dev.gantry.metering;

import java.math.BigDecimal;

/**
 * What a model costs by kind of token, each in micro-dollars per million tokens. A price of two dollars per million tokens
 * is 2,000,000.
 *
 * @param inputPerMillion prompt tokens that do not touch the provider's prompt cache
 * @param outputPerMillion generated tokens, reasoning included
 * @param cacheReadPerMillion prompt tokens served from the provider's prompt cache
 * @param cacheWritePerMillion prompt tokens written to the provider's prompt cache for its usual, short time
 * @param cacheWriteLongPerMillion prompt tokens written to it for longer
 */
public record Prices(
        long inputPerMillion,
        long outputPerMillion,
        long cacheReadPerMillion,
        long cacheWritePerMillion,
        long cacheWriteLongPerMillion) {
    /** Costs nothing: models that run on the operator's own machines. */
    public static final Prices FREE = new Prices(0, 0, 0, 0);

    /** The highest price that is accepted: a dollar for a single token. A higher one is a slip of the decimal point. */
    public static final long PER_MILLION_MAX = 1_000_000L * 1_000_000L;

    private static final BigDecimal MICRO_DOLLARS_PER_DOLLAR = BigDecimal.valueOf(1_000_000);

    /** Refuses negative and absurd prices. */
    public Prices {
        requireSensible(inputPerMillion);
        requireSensible(outputPerMillion);
        requireSensible(cacheReadPerMillion);
        requireSensible(cacheWritePerMillion);
        requireSensible(cacheWriteLongPerMillion);
    }

    /** Prices of a provider that writes to its cache for one length of time only. */
    public Prices(long inputPerMillion, long outputPerMillion, long cacheReadPerMillion, long cacheWritePerMillion) {
        this(inputPerMillion, outputPerMillion, cacheReadPerMillion, cacheWritePerMillion, cacheWritePerMillion);
    }

    /**
     * Converts a price as it is written in price lists and in {@code models.yaml}.
     *
     * @param dollars dollars per million tokens
     * @return micro-dollars per million tokens
     * @throws ArithmeticException if the price is finer than a millionth of a dollar or does not fit
     */
    public static long perMillion(BigDecimal dollars) {
        return dollars.multiply(MICRO_DOLLARS_PER_DOLLAR).longValueExact();
    }

    private static void requireSensible(long price) {
        if (price < 0 || price > PER_MILLION_MAX) {
            throw new IllegalArgumentException(
                    "A price must be between 0 and " + PER_MILLION_MAX + " micro-dollars per million tokens: " + price);
        }
    }
}
