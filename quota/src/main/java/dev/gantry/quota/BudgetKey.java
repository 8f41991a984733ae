package dev.gantry.quota;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Names one budget of an organization.
 *
 * @param subject a team's or project's name, a principal's id, or empty for the organization
 */
public record BudgetKey(BudgetLevel level, String subject, BudgetPeriod period, BudgetUnit unit)
        implements Comparable<BudgetKey> {
    private static final Comparator<BudgetKey> ORDER = Comparator.comparing(BudgetKey::level)
            .thenComparing(BudgetKey::subject)
            .thenComparing(BudgetKey::period)
            .thenComparing(BudgetKey::unit);

    /** Refuses a subject where there is none, and none where there must be one. */
    public BudgetKey {
        if (subject.isEmpty() != (level == BudgetLevel.ORGANIZATION)) {
            throw new IllegalArgumentException(
                    "A budget of level " + level.id() + " cannot have the subject '" + subject + "'");
        }
    }

    /** Returns the budgets that a subject can have. */
    static List<BudgetKey> all(BudgetLevel level, String subject) {
        List<BudgetKey> keys = new ArrayList<>();
        for (BudgetPeriod period : BudgetPeriod.values()) {
            for (BudgetUnit unit : BudgetUnit.values()) {
                keys.add(new BudgetKey(level, subject, period, unit));
            }
        }
        return keys;
    }

    @Override
    public int compareTo(BudgetKey other) {
        return ORDER.compare(this, other);
    }

    /** Returns which budget it is, for a person, such as {@code monthly budget of team 'research'}. */
    String show(String label) {
        String whose = switch (level) {
            case ORGANIZATION -> "the organization";
            case TEAM -> "team '" + label + "'";
            case PROJECT -> "project '" + label + "'";
            case USER -> label;
        };
        return (period == BudgetPeriod.DAY ? "daily" : "monthly") + (unit == BudgetUnit.TOKENS ? " token" : "")
                + " budget of " + whose;
    }

    /** Returns the subject of a level for somebody who pays; null when there is none. */
    static @Nullable String subject(
            BudgetLevel level, @Nullable String team, @Nullable String project, UUID principal) {
        return switch (level) {
            case ORGANIZATION -> "";
            case TEAM -> team == null || team.isEmpty() ? null : team;
            case PROJECT -> project == null || project.isEmpty() ? null : project;
            case USER -> principal.toString();
        };
    }
}
