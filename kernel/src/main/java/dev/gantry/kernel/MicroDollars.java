package dev.gantry.kernel;

import java.math.BigDecimal;
import java.math.RoundingMode;

/**
 * An amount of money in millionths of a US dollar.
 *
 * @param value may be negative in a correction; sums overflow with an {@link ArithmeticException} and never wrap
 */
public record MicroDollars(long value) implements Comparable<MicroDollars> {
    /** Nothing. */
    public static final MicroDollars ZERO = new MicroDollars(0);

    private static final BigDecimal MICRO = BigDecimal.valueOf(1_000_000);

    /**
     * Converts an amount in dollars, as prices and budgets are written.
     *
     * @throws ArithmeticException if the amount is finer than a millionth of a dollar or does not fit
     */
    public static MicroDollars ofDollars(BigDecimal dollars) {
        return new MicroDollars(dollars.multiply(MICRO).longValueExact());
    }

    /** Returns the sum. */
    public MicroDollars plus(MicroDollars other) {
        return new MicroDollars(Math.addExact(value, other.value));
    }

    /** Returns the amount in dollars. */
    public BigDecimal dollars() {
        return BigDecimal.valueOf(value, 6);
    }

    @Override
    public int compareTo(MicroDollars other) {
        return Long.compare(value, other.value);
    }

    /** Returns dollars for a person: two decimals from a cent on, up to six below, such as {@code $0.000123}. */
    @Override
    public String toString() {
        BigDecimal dollars = dollars();
        if (value != 0 && Math.abs(value) < 10_000) {
            return "$" + dollars.stripTrailingZeros().toPlainString();
        }
        return "$"
                + dollars.setScale(value % 10_000 == 0 ? 2 : 4, RoundingMode.HALF_UP)
                        .toPlainString();
    }
}
