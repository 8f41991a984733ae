package dev.gantry.identity;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Somebody whose identity was established, and what they may do. Travels as a parameter from the edge to wherever a
 * decision is made.
 *
 * @param organization the tenant
 * @param principalId the user or service account
 * @param principal the user's e-mail address in lower case, or the service account's name
 * @param kind which of the two it is
 * @param keyId the API key that was used; null when something else proved the identity
 * @param teams names of the teams whose namespaces the caller sees; a key that is bound to a team has just that one
 * @param team the team that pays: the key's own, otherwise the one that the principal joined first; null without teams
 * @param project the tag for cost allocation that the key carries; null when it has none
 * @param rights what the caller may do
 * @param proof what the identity was proven by, when that ends and binds what is made with it; null for other keys, and for
 *     work that was handed in earlier
 */
public record Caller(
        UUID organization,
        UUID principalId,
        String principal,
        PrincipalKind kind,
        @Nullable UUID keyId,
        List<String> teams,
        @Nullable String team,
        @Nullable String project,
        AccessRights rights,
        @Nullable PassingProof proof) {
    /** Copies the teams. */
    public Caller {
        teams = List.copyOf(teams);
    }

    /** Somebody who came with a key, or whose work is done. */
    public Caller(
            UUID organization,
            UUID principalId,
            String principal,
            PrincipalKind kind,
            @Nullable UUID keyId,
            List<String> teams,
            @Nullable String team,
            @Nullable String project,
            AccessRights rights) {
        this(organization, principalId, principal, kind, keyId, teams, team, project, rights, null);
    }

    /** Returns the same, known by other means than a key. */
    Caller withoutKey() {
        return new Caller(organization, principalId, principal, kind, null, teams, team, project, rights);
    }

    /** Returns the same, as they come with a proof that ends. */
    public Caller provenBy(PassingProof by) {
        return new Caller(organization, principalId, principal, kind, keyId, teams, team, project, rights, by);
    }

    /** Returns whether the caller may do something. */
    public boolean may(Permission permission) {
        return rights.allow(permission);
    }

    /**
     * Insists that the caller may do something.
     *
     * @throws GantryException {@link ErrorCode#PERMISSION_DENIED} with the missing permission's name
     */
    public void require(Permission permission) {
        if (!rights.allow(permission)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "This needs the permission " + permission + ", which " + principal
                            + (keyId == null ? " does not have" : " does not have with this key"));
        }
    }

    /** Returns the caller's own namespace, such as {@code ~alice@example.com}. */
    public String namespace() {
        return "~" + principal;
    }
}
