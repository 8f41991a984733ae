package dev.gantry.registry;

import dev.gantry.identity.Caller;

/** Knows which teams there are. Thread-safe. */
@FunctionalInterface
public interface TeamDirectory {
    /** Returns whether the caller's organization has a team of this name, whether the caller is in it or not. */
    boolean exists(Caller caller, String team);
}
