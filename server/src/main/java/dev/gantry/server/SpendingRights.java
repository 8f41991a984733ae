package dev.gantry.server;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.quota.BudgetLevel;

/**
 * Whose spending somebody may see: everybody their own; a team's, a project's or the organization's with a right that names
 * it ({@code budgets:read:teams/research}, {@code budgets:read:projects/website}, {@code budgets:read:organization}); all with
 * {@code budgets:read}.
 */
final class SpendingRights {
    private SpendingRights() {}

    static Permission all() {
        return Permission.of("budgets", "read");
    }

    /**
     * Returns what seeing the spending of somebody needs.
     *
     * @param subject name of the team or project; of no importance for the organization and for users, who need the right to all
     */
    static Permission of(BudgetLevel level, String subject) {
        return switch (level) {
            case ORGANIZATION -> Permission.of("budgets", "read", "organization");
            case TEAM -> Permission.of("budgets", "read", "teams/" + subject);
            case PROJECT -> Permission.of("budgets", "read", "projects/" + subject);
            case USER -> all();
        };
    }

    static boolean seesAll(Caller caller) {
        return caller.may(all());
    }
}
