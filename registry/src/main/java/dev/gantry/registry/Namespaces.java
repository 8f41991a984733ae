package dev.gantry.registry;

import dev.gantry.identity.Caller;
import dev.gantry.identity.Permission;
import dev.gantry.identity.PermissionPattern;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which namespaces a caller sees, what the names that they write mean there, and where they may write.
 *
 * <p>A caller sees their own namespace, those of their teams and {@code shared}; whoever holds all rights to patterns
 * also reaches every other namespace by its full name.
 */
final class Namespaces {
    private static final PermissionPattern ALL_PATTERNS = PermissionPattern.parse("patterns:*");

    private Namespaces() {}

    /** Returns the namespaces in which an unqualified name is looked up, in that order, without the built-in one. */
    static List<String> visible(Caller caller) {
        Set<String> namespaces = new LinkedHashSet<>();
        namespaces.add(own(caller));
        if (caller.team() != null) {
            namespaces.add(caller.team());
        }
        namespaces.addAll(caller.teams());
        namespaces.add(AssetName.SHARED);
        return List.copyOf(namespaces);
    }

    static String own(Caller caller) {
        return caller.namespace();
    }

    static boolean isAdministrator(Caller caller) {
        return caller.rights().cover(ALL_PATTERNS);
    }

    static boolean sees(Caller caller, String namespace) {
        return namespace.equals(AssetName.BUILTIN) || visible(caller).contains(namespace) || isAdministrator(caller);
    }

    /**
     * Returns the full names that a name may stand for, the first that exists and that the caller sees counts. A first part
     * that is a visible namespace is taken as such before it is taken as part of a path, any other namespace after that.
     */
    static List<AssetName> candidates(Caller caller, String written) {
        String name = written.toLowerCase(Locale.ROOT);
        if (name.startsWith("~")) {
            return List.of(personal(caller, name));
        }
        List<String> visible = visible(caller);
        List<AssetName> candidates = new ArrayList<>();
        int slash = name.indexOf('/');
        String first = slash < 0 ? "" : name.substring(0, slash);
        boolean qualified = visible.contains(first) || first.equals(AssetName.BUILTIN);
        if (qualified) {
            candidates.add(new AssetName(first, name.substring(slash + 1)));
        }
        String problem = AssetName.pathProblem(name);
        if (problem == null) {
            visible.forEach(namespace -> candidates.add(new AssetName(namespace, name)));
            candidates.add(new AssetName(AssetName.BUILTIN, name));
        } else if (!qualified) {
            throw invalid(written, problem);
        }
        if (!qualified && AssetName.namespaceProblem(first) == null) {
            candidates.add(new AssetName(first, name.substring(slash + 1)));
        }
        return candidates;
    }

    /**
     * Returns the asset that a write means: the named one where the first part is a namespace that the caller sees, or for
     * an administrator any team; otherwise one in the caller's own namespace.
     */
    static AssetName target(Caller caller, String written, TeamDirectory teams) {
        if (written.startsWith("~")) {
            return personal(caller, written);
        }
        int slash = written.indexOf('/');
        String first = slash < 0 ? "" : written.substring(0, slash);
        boolean qualified = visible(caller).contains(first)
                || first.equals(AssetName.BUILTIN)
                || (!first.isEmpty() && isAdministrator(caller) && teams.exists(caller, first));
        return qualified ? new AssetName(first, written.substring(slash + 1)) : new AssetName(own(caller), written);
    }

    /**
     * Insists that the caller may change an asset.
     *
     * @param action {@code create}, {@code update} or {@code delete}
     */
    static void requireWrite(Caller caller, AssetKind kind, AssetName name, String action) {
        String namespace = name.namespace();
        if (namespace.equals(AssetName.BUILTIN)) {
            throw builtin(name);
        }
        if (!visible(caller).contains(namespace) && !isAdministrator(caller)) {
            throw new GantryException(
                    ErrorCode.PERMISSION_DENIED,
                    "'" + Text.shorten(namespace, 80) + "' is not a namespace of " + caller.principal()
                            + "; only its members and administrators may write there");
        }
        Permission full = Permission.of(kind.resource(), action, namespace, name.path());
        Permission custom = Permission.of(kind.resource(), "create_custom", namespace, name.path());
        if (!namespace.equals(AssetName.SHARED) && caller.may(custom)) {
            return;
        }
        caller.require(full);
    }

    /** Says that what comes with the product cannot be changed. */
    static GantryException builtin(AssetName name) {
        return new GantryException(
                ErrorCode.PERMISSION_DENIED,
                "'" + name + "' comes with Gantry and cannot be changed; put your own version into '" + AssetName.SHARED
                        + "/" + name.path() + "' or your own namespace, which go before it");
    }

    /** Insists that the caller may read or execute an asset that they see. */
    static void require(Caller caller, AssetKind kind, AssetName name, String action) {
        caller.require(Permission.of(kind.resource(), action, name.namespace(), name.path()));
    }

    /** Returns whether the caller may read an asset that they see. */
    static boolean mayRead(Caller caller, AssetKind kind, AssetName name) {
        return caller.may(Permission.of(kind.resource(), "read", name.namespace(), name.path()));
    }

    /**
     * Insists that there may be something the caller can read.
     *
     * @param kind null for whatever kind
     */
    static void requireSomeReading(Caller caller, @Nullable AssetKind kind) {
        boolean some = Stream.of(AssetKind.values())
                .filter(each -> kind == null || each == kind)
                .anyMatch(each -> caller.rights().allowSome(each.resource(), "read"));
        if (!some) {
            caller.require(Permission.of((kind == null ? AssetKind.PATTERN : kind).resource(), "read"));
        }
    }

    private static AssetName personal(Caller caller, String written) {
        int slash = written.indexOf('/');
        if (slash < 0) {
            throw invalid(written, "after '~' and a user comes a slash and the name, as in ~/draft");
        }
        String namespace = slash == 1 ? own(caller) : written.substring(0, slash);
        return new AssetName(namespace, written.substring(slash + 1));
    }

    private static GantryException invalid(String written, String problem) {
        return new GantryException(
                ErrorCode.INVALID_REQUEST, "'" + Text.shorten(written, 120) + "' cannot be a name: " + problem);
    }
}
