package dev.gantry.signin;

import dev.gantry.config.Setting;

/**
 * What becomes of those for whom a provider vouches.
 *
 * @param organization the organization that they belong to
 * @param create whether somebody who is not known here gets an account, without rights of their own
 * @param trustAddresses whether a verified address leads into the account of that address
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

        @Setting("How the provider's claims become a user here.")
        MappingSettings mapping) {
    /** Everybody, in the first organization. */
    public static Directory defaults() {
        return new Directory("default", true, false, MappingSettings.defaults());
    }
}
