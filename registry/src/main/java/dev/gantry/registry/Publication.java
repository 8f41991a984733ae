package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What is to be known about an asset, and to whom.
 *
 * @param visibility null leaves it
 * @param team whose members see it, for {@link Visibility#TEAM}; null for the team whose namespace it is, or else the one
 *     team that the caller is in
 * @param owners names of users and teams that answer for it; null leaves them
 * @param tags tags besides those that its text gives; null leaves them
 */
public record Publication(
        @Nullable Visibility visibility,
        @Nullable String team,
        @Nullable List<String> owners,
        @Nullable List<String> tags) {
    private static final int OWNERS_MAX = 20;
    private static final int OWNER_LENGTH_MAX = 254;

    /** Checks the bounds. */
    public Publication {
        if (team != null && visibility != Visibility.TEAM) {
            throw invalid("'team' goes with the visibility 'team' only");
        }
        if (owners != null) {
            owners = owners.stream()
                    .map(owner -> owner.strip().toLowerCase(Locale.ROOT))
                    .distinct()
                    .toList();
            if (owners.isEmpty() || owners.size() > OWNERS_MAX) {
                throw invalid("an asset has 1 to " + OWNERS_MAX + " owners");
            }
            owners.forEach(Publication::requireOwner);
        }
        if (tags != null) {
            tags = FrontMatterReader.checkTags(tags);
        }
    }

    private static void requireOwner(String owner) {
        if (owner.isEmpty()
                || owner.length() > OWNER_LENGTH_MAX
                || owner.codePoints()
                        .anyMatch(letter -> letter <= ' ' || letter == '/' || Character.isISOControl(letter))) {
            throw invalid("'" + Text.storable(owner, 60) + "' is not the name of a user or a team");
        }
    }

    private static GantryException invalid(String problem) {
        return new GantryException(ErrorCode.INVALID_REQUEST, problem);
    }
}
