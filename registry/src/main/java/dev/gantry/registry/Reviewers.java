package dev.gantry.registry;

import dev.gantry.identity.Caller;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Knows who people are at the moment. Thread-safe; may block. */
public interface Reviewers {
    /** Returns somebody with the teams and rights that they have now; null if they may no longer come in. */
    @Nullable
    Caller now(UUID organization, UUID principal);

    /** Returns the names of the groups of the organization that somebody is in now. */
    List<String> groups(Caller caller);
}
