package dev.gantry.identity;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.gantry.kernel.GantryException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which roles somebody has and what these grant. Compiled rights are shared between all who have the same
 * grants; the cache is bounded by the number of patterns it holds. Thread-safe.
 */
final class RightsResolver {
    private static final Logger LOG = LoggerFactory.getLogger(RightsResolver.class);
    private static final long CACHED_PATTERNS_MAX = 200_000;

    private final RoleBook book;
    private final Cache<Set<PermissionPattern>, AccessRights> compiled = Caffeine.newBuilder()
            .maximumWeight(CACHED_PATTERNS_MAX)
            .<Set<PermissionPattern>, AccessRights>weigher((patterns, rights) -> patterns.size() + 1)
            .build();

    RightsResolver(RoleBook book) {
        this.book = book;
    }

    /** Returns the rights that a set of patterns makes. */
    AccessRights compile(Set<PermissionPattern> patterns) {
        return compiled.get(Set.copyOf(patterns), AccessRights::of);
    }

    /** Returns the names of the roles that a principal has in any way, sorted. */
    Set<String> rolesOf(Handle handle, UUID principal, String name) {
        Set<String> roles = new TreeSet<>(RoleStore.rolesOfPrincipal(handle, principal));
        roles.addAll(book.assigned(name, PrincipalStore.groups(handle, principal)));
        return roles;
    }

    /** Returns the names of the roles that a group gives to its members. */
    Set<String> rolesOf(Handle handle, Group group) {
        Set<String> roles = new TreeSet<>(RoleStore.rolesOfGroup(handle, group.id()));
        roles.addAll(book.assigned("", List.of(group.name())));
        return roles;
    }

    /** Returns everything that a principal's roles grant. */
    Set<PermissionPattern> grantsOf(Handle handle, UUID principal, String name) {
        return grants(handle, rolesOf(handle, principal, name));
    }

    /** Returns everything that some roles grant; a role that does not exist grants nothing. */
    Set<PermissionPattern> grants(Handle handle, Collection<String> roles) {
        Set<PermissionPattern> patterns = new LinkedHashSet<>();
        find(handle, roles).values().forEach(role -> patterns.addAll(parse(role.permissions(), "role " + role.name())));
        return patterns;
    }

    /** Returns the roles that exist among some names: the configuration's go before the organization's own. */
    Map<String, Role> find(Handle handle, Collection<String> names) {
        Map<String, Role> found = new LinkedHashMap<>();
        Set<String> others = new LinkedHashSet<>();
        for (String name : names) {
            book.find(name).ifPresentOrElse(role -> found.put(name, role), () -> others.add(name));
        }
        if (!others.isEmpty()) {
            RoleStore.roles(handle, others).forEach(role -> found.put(role.name(), role));
        }
        return found;
    }

    /**
     * Reads permissions that were stored. One that a newer or older version of Gantry wrote and this one does not know
     * grants nothing.
     */
    static Set<PermissionPattern> parse(Collection<String> permissions, String where) {
        return permissions.stream()
                .flatMap(text -> {
                    try {
                        return Stream.of(PermissionPattern.parse(text));
                    } catch (GantryException unknown) {
                        LOG.warn("A stored permission of {} is ignored: {}", where, unknown.getMessage());
                        return Stream.empty();
                    }
                })
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    RoleBook book() {
        return book;
    }
}
