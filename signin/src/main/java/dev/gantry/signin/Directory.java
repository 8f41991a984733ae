package dev.gantry.signin;

import dev.gantry.config.Setting;
import java.util.List;

/**
 * What becomes of those for whom a provider vouches.
 *
 * @param organization the organization that they belong to
 * @param create whether somebody who is not known here gets an account, without rights of their own
 * @param trustAddresses whether a verified address leads into the account of that address
 * @param samePeopleAs other providers whose people of a verified address are the same here
 * @param mapping how claims become somebody
 */
public record Directory(
        @Setting(value = "The organization that the provider's users belong to.", defaultValue = "default")
        String organization,

        @Setting(
                value =
                        "Whether somebody who signs in for the first time gets an account; it has no rights but those of its"
                                + " groups.",
                defaultValue = "true")
        boolean create,

        @Setting(
                value =
                        "Whether somebody who signs in for the first time gets the account that exists here under their e-mail"
                                + " address, or the roles that the configuration gives to it, if the provider says that the"
                                + " address is verified. Only for providers that verify addresses.",
                defaultValue = "false")
        boolean trustAddresses,

        @Setting(
                "Other providers, by name, whose people are the same: whoever signs in by this one for the first time gets"
                        + " the account of their verified address also if one of those signs in to it already. Needs"
                        + " trust_addresses.")
        List<String> samePeopleAs,

        @Setting("How the provider's claims become a user here.")
        MappingSettings mapping) {
    /** Refuses people who would be the same without anybody vouching for their address. */
    public Directory {
        samePeopleAs = List.copyOf(samePeopleAs);
        if (!samePeopleAs.isEmpty() && !trustAddresses) {
            throw new IllegalArgumentException(
                    "same_people_as goes by verified addresses; it needs trust_addresses: true");
        }
    }

    /** Everybody, in the first organization. */
    public static Directory defaults() {
        return new Directory("default", true, false, List.of(), MappingSettings.defaults());
    }
}
