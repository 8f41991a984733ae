package dev.gantry.signin;

import java.util.List;
import java.util.UUID;

/** What an operator is to hear of identity providers. Called after the commit, on the thread of who signs in. */
@FunctionalInterface
public interface DirectoryEvents {
    /**
     * A provider took somebody out of groups, who had to stay in them since nobody else could administer the organization.
     *
     * @param principal the person's name here
     * @param provider the provider's name in the configuration
     */
    void administratorKept(UUID organization, UUID principalId, String principal, String provider, List<String> groups);

    /**
     * A session ended since the provider that it came from does not vouch for it any more. Says nothing to anybody unless it is
     * overridden.
     *
     * @param why in words
     */
    default void sessionEnded(UUID organization, UUID principalId, String principal, String provider, String why) {}
}
