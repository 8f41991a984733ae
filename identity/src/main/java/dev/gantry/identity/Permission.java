package dev.gantry.identity;

/**
 * One thing that somebody wants to do, as an endpoint asks for it: an action on a resource, where it matters with the
 * name of the single object. What is granted is a {@link PermissionPattern}.
 *
 * @param resource canonical name, such as {@code patterns}; {@link #of} also takes the alias {@code stitches}
 * @param action one of the resource's actions, such as {@code execute}
 * @param namespace the namespace that the object lies in ({@code shared}, a team, {@code ~user}; for models the provider);
 *     empty when the resource has none
 * @param name the object's name inside of its namespace; empty for the action as such, on whatever object, which only a
 *     grant of all names allows
 */
public record Permission(String resource, String action, String namespace, String name) {
    /** Refuses resources and actions that do not exist: those are defects of the caller's code. */
    public Permission {
        resource = Resources.canonical(resource);
        Resources.requireAction(resource, action);
    }

    /** An action on all objects of a resource. */
    public static Permission of(String resource, String action) {
        return new Permission(resource, action, "", "");
    }

    /** An action on one object of a resource without namespaces. */
    public static Permission of(String resource, String action, String name) {
        return new Permission(resource, action, "", name);
    }

    /** An action on one object of a resource with namespaces. */
    public static Permission of(String resource, String action, String namespace, String name) {
        return new Permission(resource, action, namespace, name);
    }

    /** Returns the permission as the pattern that would grant just this, such as {@code patterns:execute:team-a/x}. */
    @Override
    public String toString() {
        String named = namespace.isEmpty() ? name : namespace + "/" + name;
        return named.isEmpty() ? resource + ":" + action : resource + ":" + action + ":" + named;
    }
}
