package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.util.Map;

/**
 * Who has which tier.
 *
 * @param keys by id
 * @param users by e-mail address, service accounts by name
 * @param teams by name, in every organization
 * @param organizations by name
 */
public record TierAssignments(
        @Setting("Tiers of single API keys, by the key's id; such a key has its tier's limits for itself alone.")
        Map<String, String> keys,

        @Setting("Tiers of users by e-mail address, and of service accounts by name.")
        Map<String, String> users,

        @Setting("Tiers of teams by name.") Map<String, String> teams,

        @Setting("Tiers of organizations by name.") Map<String, String> organizations) {
    /** Nobody has one. */
    public static final TierAssignments NONE = new TierAssignments(Map.of(), Map.of(), Map.of(), Map.of());

    /** Copies the maps. */
    public TierAssignments {
        keys = Map.copyOf(keys);
        users = Map.copyOf(users);
        teams = Map.copyOf(teams);
        organizations = Map.copyOf(organizations);
    }
}
