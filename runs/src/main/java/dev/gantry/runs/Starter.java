package dev.gantry.runs;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who started a run, on whose permissions and account its steps are done.
 *
 * @param principal id of the user or service account
 * @param name as shown: the e-mail address, or the service account's name
 * @param team who pays; null without a team
 * @param project tag for cost allocation; null for none
 */
public record Starter(
        UUID organization,
        UUID principal,
        String name,
        @Nullable String team,
        @Nullable String project) {}
