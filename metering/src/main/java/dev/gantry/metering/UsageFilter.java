package dev.gantry.metering;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.GantryException.FieldError;
import dev.gantry.kernel.Text;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which lines of the ledger are meant. A null component means: all.
 *
 * @param from earliest time, included
 * @param to latest time, excluded
 * @param team the team that pays
 * @param project the tag for cost allocation
 * @param principal e-mail address of a user or name of a service account
 * @param model canonical name of the model
 * @param pattern qualified name of the pattern
 */
public record UsageFilter(
        Instant from,
        Instant to,
        @Nullable String team,
        @Nullable String project,
        @Nullable String principal,
        @Nullable String model,
        @Nullable String pattern) {
    /**
     * Refuses what could find nothing.
     *
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST}, with the name of the component as pointer
     */
    public UsageFilter {
        if (!from.isBefore(to)) {
            throw invalid("from", "must be before 'to'");
        }
        requireText("team", team);
        requireText("project", project);
        requireText("principal", principal);
        requireText("model", model);
        requireText("pattern", pattern);
    }

    /** All lines of a period. */
    public static UsageFilter between(Instant from, Instant to) {
        return new UsageFilter(from, to, null, null, null, null, null);
    }

    private static void requireText(String name, @Nullable String value) {
        if (value != null && !value.equals(Text.storable(value, UsageRecord.TEXT_LENGTH_MAX))) {
            throw invalid(name, "must be at most " + UsageRecord.TEXT_LENGTH_MAX + " characters of text");
        }
    }

    private static GantryException invalid(String name, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST,
                "'" + name + "' " + problem,
                List.of(new FieldError("/" + name, problem)),
                null,
                null);
    }
}
