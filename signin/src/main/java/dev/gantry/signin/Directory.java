package dev.gantry.signin;

import dev.gantry.config.Setting;

/**
 * What becomes of those for whom a provider vouches.
 *
 * @param organization the organization that they belong to
 * @param create whether somebody who is not known here gets an account, without rights of their own
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

        @Setting("How the provider's claims become a user here.")
        MappingSettings mapping) {
    /** Everybody, in the first organization. */
    public static Directory defaults() {
        return new Directory("default", true, MappingSettings.defaults());
    }
}
