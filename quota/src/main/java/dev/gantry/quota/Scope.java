package dev.gantry.quota;

import java.util.Locale;

/** Whom or what a limit is about. */
enum Scope {
    GLOBAL,
    ORGANIZATION,
    TIER,
    TEAM,
    USER,
    KEY,
    MODEL,
    PATTERN;

    /** Returns the name on the wire. */
    String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
