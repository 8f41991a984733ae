package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who people are; a test may take somebody's rights. */
final class TestingPeople implements Reviewers {
    private final Map<UUID, Caller> known = new ConcurrentHashMap<>();
    private final Set<String> security = ConcurrentHashMap.newKeySet();

    Caller add(Caller caller) {
        known.put(caller.principalId(), caller);
        return caller;
    }

    /** A developer. */
    Caller member(UUID organization, String name, String... teams) {
        return add(TestingCallers.developer(organization, name, teams));
    }

    /** From now on they may no longer come in. */
    void forget(Caller caller) {
        known.remove(caller.principalId());
    }

    /** The members of the group {@code security}. */
    Set<String> security() {
        return security;
    }

    @Override
    public @Nullable Caller now(UUID organization, UUID principal) {
        return known.get(principal);
    }

    @Override
    public List<String> groups(Caller caller) {
        return security.contains(caller.principal()) ? List.of("security") : List.of();
    }
}
