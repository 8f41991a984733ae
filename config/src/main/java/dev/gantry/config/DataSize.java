package dev.gantry.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An amount of data. Written as a whole number and a unit: {@code 512Mi} or {@code 512MiB} (powers of 1024, as
 * Kubernetes writes them) or {@code 10GB} or {@code 10G} (powers of 1000), {@code 100B}.
 *
 * @param bytes the amount in bytes, not negative
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern FORM = Pattern.compile("([0-9]{1,19}) ?([A-Za-z]+)");
    private static final Map<String, Long> UNITS = Map.ofEntries(
            Map.entry("B", 1L),
            Map.entry("k", 1_000L),
            Map.entry("kB", 1_000L),
            Map.entry("K", 1_000L),
            Map.entry("KB", 1_000L),
            Map.entry("M", 1_000_000L),
            Map.entry("MB", 1_000_000L),
            Map.entry("G", 1_000_000_000L),
            Map.entry("GB", 1_000_000_000L),
            Map.entry("T", 1_000_000_000_000L),
            Map.entry("TB", 1_000_000_000_000L),
            Map.entry("Ki", 1L << 10),
            Map.entry("KiB", 1L << 10),
            Map.entry("Mi", 1L << 20),
            Map.entry("MiB", 1L << 20),
            Map.entry("Gi", 1L << 30),
            Map.entry("GiB", 1L << 30),
            Map.entry("Ti", 1L << 40),
            Map.entry("TiB", 1L << 40));
    private static final String[] SHOWN = {"Ti", "Gi", "Mi", "Ki"};

    /** Refuses a negative amount. */
    public DataSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("A size is never negative");
        }
    }

    /**
     * Reads an amount as it is written in a file.
     *
     * @throws IllegalArgumentException if it has another form or is larger than a long; the message does not quote it
     */
    public static DataSize parse(String text) {
        Matcher matcher = FORM.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("a size is a whole number with a unit, such as 512Mi or 10GB");
        }
        Long unit = UNITS.get(matcher.group(2));
        if (unit == null) {
            throw new IllegalArgumentException(
                    "a size's unit is B, Ki, Mi, Gi, Ti (powers of 1024) or kB, MB, GB, TB (powers of 1000)");
        }
        try {
            return new DataSize(Math.multiplyExact(Long.parseLong(matcher.group(1)), unit));
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw new IllegalArgumentException("the size is larger than any that can be handled", tooLarge);
        }
    }

    /** Returns the amount as an int, for limits of buffers; at most {@link Integer#MAX_VALUE}. */
    public int toIntBytes() {
        return (int) Math.min(bytes, Integer.MAX_VALUE);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    /** Returns the amount as it could be written in a file, in the largest binary unit that divides it. */
    @Override
    public String toString() {
        for (String name : SHOWN) {
            long unit = UNITS.getOrDefault(name, 1L);
            if (bytes != 0 && bytes % unit == 0) {
                return bytes / unit + name;
            }
        }
        return bytes + "B";
    }
}
