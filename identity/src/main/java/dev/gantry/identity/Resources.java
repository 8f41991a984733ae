package dev.gantry.identity;

import dev.gantry.kernel.Text;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The resources that permissions speak of, and what can be done with each. A closed list, so that a misspelt grant is an
 * error when it is written and not a right that silently never applies.
 *
 * <p>{@code create_custom} is the weaker sister of {@code create}: it allows to create and change assets in one's own
 * namespace and in those of one's teams, whereas {@code create}, {@code update} and {@code delete} reach every namespace
 * that the caller sees, {@code shared} included. Whoever may {@code create} may also {@code create_custom}.
 *
 * <p>{@code users} stands for everything about people: users, service accounts, teams, groups, roles and their
 * assignments. For {@code keys}, rotating is {@code update} and revoking is {@code delete}. {@code organizations} and
 * {@code platform}, which is the installation's own keys and figures, have an effect in the first organization only.
 * Of {@code tools}, names are {@code server/tool} for tools of MCP servers, {@code http} for calls of addresses and
 * {@code shell/command} for commands of the operator.
 */
final class Resources {
    /** Stands for every resource or every action in a pattern. */
    static final String ANY = "*";

    private static final Map<String, Set<String>> ACTIONS = new LinkedHashMap<>();
    private static final Map<String, String> ALIASES = Map.of("stitches", "workflows");
    private static final Map<String, String> IMPLIED = Map.of("create", "create_custom");

    static {
        define(
                "patterns",
                "read",
                "execute",
                "create",
                "create_custom",
                "update",
                "delete",
                "publish",
                "review",
                "promote",
                "override");
        define(
                "workflows",
                "read",
                "execute",
                "create",
                "create_custom",
                "update",
                "delete",
                "publish",
                "review",
                "promote",
                "override");
        define("runs", "read", "execute", "update", "delete");
        define("models", "read", "execute");
        define("tools", "execute");
        define("memory", "read", "create", "update", "delete");
        define("policies", "read", "create", "update", "delete");
        define("analyses", "read", "execute", "delete");
        define("clusters", "read", "create", "update", "delete");
        define("workloads", "read", "create", "update", "delete");
        define("bundles", "read", "create", "delete");
        define("backups", "read", "create", "execute", "delete");
        define("organizations", "read", "create", "update", "delete");
        define("platform", "read", "update");
        define("users", "read", "create", "update", "delete", "provision");
        define("keys", "read", "create", "update", "delete");
        define("budgets", "read", "create", "update", "delete");
        define("audit", "read", "export", "delete", "rotate");
        define("reports", "read", "create");
        define("config", "read", "update");
    }

    private Resources() {}

    private static void define(String resource, String... actions) {
        ACTIONS.put(resource, new LinkedHashSet<>(Arrays.asList(actions)));
    }

    /**
     * Returns the resource's own name for a name or an alias of it.
     *
     * @throws IllegalArgumentException with the nearest name if there is no such resource
     */
    static String canonical(String resource) {
        String canonical = ALIASES.getOrDefault(resource, resource);
        if (!ACTIONS.containsKey(canonical)) {
            Set<String> known = new LinkedHashSet<>(ACTIONS.keySet());
            known.addAll(ALIASES.keySet());
            throw new IllegalArgumentException("there is no resource '" + Text.shorten(resource, 60) + "'"
                    + Text.didYouMean(resource, known) + "; the resources are " + String.join(", ", ACTIONS.keySet()));
        }
        return canonical;
    }

    /**
     * Checks an action of a resource that {@link #canonical} returned.
     *
     * @throws IllegalArgumentException with the nearest name if the resource has no such action
     */
    static void requireAction(String resource, String action) {
        Set<String> actions = ACTIONS.getOrDefault(resource, Set.of());
        if (!actions.contains(action)) {
            throw new IllegalArgumentException("'" + resource + "' has no action '" + Text.shorten(action, 60) + "'"
                    + Text.didYouMean(action, actions) + "; its actions are " + String.join(", ", actions));
        }
    }

    /** Returns the action that comes with this one, or null. */
    static @Nullable String implied(String resource, String action) {
        String implied = IMPLIED.get(action);
        return implied != null && ACTIONS.getOrDefault(resource, Set.of()).contains(implied) ? implied : null;
    }

    /** Returns the actions of a resource. */
    static Set<String> actions(String resource) {
        return Set.copyOf(ACTIONS.getOrDefault(resource, Set.of()));
    }
}
