package dev.gantry.quota;

import java.util.Locale;

/** Whose spending a budget bounds. */
public enum BudgetLevel {
    /** Everybody's; the subject is empty. */
    ORGANIZATION,
    /** What a team pays for; the subject is its name. */
    TEAM,
    /** What carries a tag for cost allocation; the subject is the tag. */
    PROJECT,
    /** One user's or service account's; the subject is its id. */
    USER;

    /** Returns the name on the wire and in the database, in lower case. */
    public String id() {
        return name().toLowerCase(Locale.ROOT);
    }
}
