package dev.gantry.workflow;

import dev.gantry.kernel.Json;
import java.time.Instant;
import java.util.Map;

/** Scopes for tests. */
final class TestingScopes {
    static final Scope EMPTY =
            new Scope(new Scope.RunFacts("", "", "", "", Instant.EPOCH), Json.object(), Map.of(), Map.of());

    private TestingScopes() {}
}
