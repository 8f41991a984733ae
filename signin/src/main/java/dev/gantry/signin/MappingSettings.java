package dev.gantry.signin;

import dev.gantry.config.Setting;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How the claims of an identity provider become somebody here.
 *
 * @param user the claim with the user's e-mail address
 * @param addressVerified the claim that says whether the address is verified; {@code email_verified} for {@code email}
 * @param displayName the claim with the name for people to read
 * @param groups the claim with the groups
 * @param groupNames groups that are called otherwise here
 * @param serviceAccount the claim with the name of a service account, in tokens without the user's claim
 * @param organization the claim with the organization's name
 * @param teams teams that the members of groups join
 * @param requiredGroups groups of which one is needed to sign in
 */
public record MappingSettings(
        @Setting(value = "The claim with the user's e-mail address; dots lead into objects.", defaultValue = "email")
        String user,

        @Setting(
                "The claim that says whether that address is verified: email_verified where the user is the claim email,"
                        + " and none for other claims.")
        Optional<String> addressVerified,

        @Setting(value = "The claim with the name for people to read.", defaultValue = "name")
        String displayName,

        @Setting(value = "The claim with the groups; dots lead into objects.", defaultValue = "groups")
        String groups,

        @Setting(
                "The claim with the name of a service account, for tokens of programs, which have no user; choose one that"
                        + " tokens of people lack. Without it they are refused.")
        Optional<String> serviceAccount,

        @Setting("The claim with the name of the organization, where the provider's users belong to several.")
        Optional<String> organization,

        @Setting("What groups of the provider are called here; others keep their names.")
        Map<String, String> groupNames,

        @Setting("Teams that members of the provider's groups join, and leave with them.")
        Map<String, String> teams,

        @Setting("The provider's groups of which one is needed to sign in; without, none is.")
        List<String> requiredGroups) {
    /** Copies the collections. */
    public MappingSettings {
        groupNames = Map.copyOf(groupNames);
        teams = Map.copyOf(teams);
        requiredGroups = List.copyOf(requiredGroups);
    }

    /** Returns the claim that says whether the user's address is verified; empty if there is none. */
    Optional<String> verification() {
        return addressVerified.or(() -> user.equals("email") ? Optional.of("email_verified") : Optional.empty());
    }

    /** The claims of OpenID Connect, and groups by their own names. */
    public static MappingSettings defaults() {
        return new MappingSettings(
                "email",
                Optional.empty(),
                "name",
                "groups",
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                Map.of(),
                List.of());
    }
}
