package dev.gantry.quota;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * On whose budgets a request is.
 *
 * @param organization the tenant
 * @param team the team that pays; null for none
 * @param project the tag for cost allocation; null for none
 * @param principalId the user or service account
 * @param principal its name, for people
 */
public record BudgetPayer(
        UUID organization, @Nullable String team, @Nullable String project, UUID principalId, String principal) {}
