package dev.gantry.gateway;

import java.util.Locale;

/**
 * A place where data may be: words with hyphens between, from large to small, such as {@code eu} or {@code eu-west-1}. What
 * is in {@code eu-west-1} is in {@code eu} too, not the other way round.
 */
record Region(String name) {
    private static final int LENGTH_MAX = 60;

    /**
     * Reads a region; upper and lower case are the same.
     *
     * @throws IllegalArgumentException if it is none
     */
    static Region of(String text) {
        String name = text.strip().toLowerCase(Locale.ROOT);
        if (name.length() > LENGTH_MAX || !name.matches("[a-z0-9]+(-[a-z0-9]+)*")) {
            throw new IllegalArgumentException(
                    "a region is letters and digits with hyphens between, such as eu or eu-west-1");
        }
        return new Region(name);
    }

    /** Returns whether everything that is here is in another region too. */
    boolean isWithin(Region other) {
        return name.startsWith(other.name)
                && (name.length() == other.name.length() || name.charAt(other.name.length()) == '-');
    }

    @Override
    public String toString() {
        return name;
    }
}
