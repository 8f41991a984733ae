package dev.gantry.runs;

import java.util.ArrayList;
import java.util.List;
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
 * @param bounds the {@code permissions} of the workflows around, outermost first: only what each of them includes may be done;
 *     empty for a run that is within no other
 * @param region where models must be that its steps ask, children's among them; null for anywhere
 */
public record Starter(
        UUID organization,
        UUID principal,
        @Nullable UUID key,
        String name,
        @Nullable String team,
        @Nullable String project,
        List<List<String>> bounds,
        @Nullable String region) {
    /** Copies the lists. */
    public Starter {
        bounds = bounds.stream().map(List::copyOf).toList();
    }

    /** Somebody whose run is within no other. */
    public Starter(
            UUID organization,
            UUID principal,
            @Nullable UUID key,
            String name,
            @Nullable String team,
            @Nullable String project) {
        this(organization, principal, key, name, team, project, List.of(), null);
    }

    /** The same, known by other means than a key. */
    public Starter(UUID organization, UUID principal, String name, @Nullable String team, @Nullable String project) {
        this(organization, principal, null, name, team, project);
    }

    /** Returns the same person, whose data stays in a region; null for anywhere. */
    public Starter in(@Nullable String where) {
        return new Starter(organization, principal, key, name, team, project, bounds, where);
    }

    /**
     * Returns the same person within a workflow.
     *
     * @param permissions the most that the workflow lets be done; null when it does not say
     */
    public Starter within(@Nullable List<String> permissions) {
        if (permissions == null || bounds.contains(permissions)) {
            return this;
        }
        List<List<String>> more = new ArrayList<>(bounds);
        more.add(permissions);
        return new Starter(organization, principal, key, name, team, project, more, region);
    }
}
