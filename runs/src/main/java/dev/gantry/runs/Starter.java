package dev.gantry.runs;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Who started a run, on whose permissions and account its steps are done.
 *
 * @param principal id of the user or service account
 * @param key the API key that was used, to whose permissions and life the run is bound; null when something else proved who
 *     it was
 * @param name as shown: the e-mail address, or the service account's name
 * @param team which pays; null for none
 * @param project tag for cost allocation; null for none
 */
public record Starter(
        UUID organization,
        UUID principal,
        @Nullable UUID key,
        String name,
        @Nullable String team,
        @Nullable String project) {
    /** Somebody who was known by other means than a key. */
    public Starter(UUID organization, UUID principal, String name, @Nullable String team, @Nullable String project) {
        this(organization, principal, null, name, team, project);
    }
}
