package dev.gantry.identity;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whether somebody may do something, and why.
 *
 * @param principal the user's e-mail address or the service account's name
 * @param permission what was asked about
 * @param allowed whether they may
 * @param reason one sentence that says why or why not
 * @param grants every way in which the permission comes to them; empty when none does
 * @param near what they were granted of the same resource and does not suffice, sorted
 */
public record AccessExplanation(
        String principal,
        Permission permission,
        boolean allowed,
        String reason,
        List<Grant> grants,
        List<String> near) {
    /** Copies the lists. */
    public AccessExplanation {
        grants = List.copyOf(grants);
        near = List.copyOf(near);
    }

    /**
     * One way in which a permission comes to somebody.
     *
     * @param permission the pattern that grants it
     * @param role the role that lists the pattern
     * @param origin who defined the role
     * @param group the group whose members have the role; null when it was given to the principal itself
     */
    public record Grant(
            String permission,
            String role,
            Role.Origin origin,
            @Nullable String group) {}
}
