package dev.gantry.quota;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who asks, and what for: everything that a limit can be about.
 *
 * @param organizationName as the configuration names it
 * @param user the user or service account
 * @param userName e-mail address, or the service account's name
 * @param key the API key; null when something else proved the identity
 * @param team who pays; null without a team
 * @param model the model that is asked; null for a request that asks none
 * @param pattern the qualified name of the pattern that is run; null for none
 */
public record Holder(
        UUID organization,
        String organizationName,
        UUID user,
        String userName,
        @Nullable UUID key,
        @Nullable String team,
        @Nullable String model,
        @Nullable String pattern) {}
