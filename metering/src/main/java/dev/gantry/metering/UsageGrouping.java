package dev.gantry.metering;

import java.util.Locale;

/** What the lines of a summary stand for. */
public enum UsageGrouping {
    /** The team that pays. */
    TEAM("team"),
    /** The tag for cost allocation. */
    PROJECT("project"),
    /** The user or service account. */
    PRINCIPAL("principal"),
    /** The model that answered. */
    MODEL("model"),
    /** The pattern that was run. */
    PATTERN("pattern"),
    /** The day, in UTC, such as {@code 2026-11-21}. */
    DAY("to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD')");

    private final String expression;

    UsageGrouping(String expression) {
        this.expression = expression;
    }

    /** Returns the name in options and on the wire, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the SQL expression; a constant, never a caller's text. */
    String expression() {
        return expression;
    }
}
