package dev.gantry.server;

import dev.gantry.identity.Identity;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** Names of organizations, remembered since they never change. Thread-safe. */
final class OrganizationNames implements Function<UUID, String> {
    private static final int NAMES_MAX = 100_000;

    private final Identity identity;
    private final ConcurrentHashMap<UUID, String> names = new ConcurrentHashMap<>();

    OrganizationNames(Identity identity) {
        this.identity = identity;
    }

    @Override
    public String apply(UUID organization) {
        String known = names.get(organization);
        if (known != null) {
            return known;
        }
        String name = identity.organizationName(organization);
        if (names.size() < NAMES_MAX) {
            names.put(organization, name);
        }
        return name;
    }
}
