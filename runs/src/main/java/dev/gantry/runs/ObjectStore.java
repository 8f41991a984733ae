package dev.gantry.runs;

import java.util.List;
import java.util.UUID;

/** Keeps what is too large for the database, encrypted by who gives it. Thread-safe. */
public interface ObjectStore {
    /**
     * Stores an object durably before it returns.
     *
     * @param run what it belongs to
     * @return its name
     * @throws dev.gantry.kernel.GantryException if it cannot be stored
     */
    String put(UUID organization, UUID run, byte[] content);

    /**
     * Returns an object.
     *
     * @throws dev.gantry.kernel.GantryException if it is not there or cannot be read
     */
    byte[] get(String name);

    /** Returns the names of what belongs to a run. */
    List<String> names(UUID organization, UUID run);

    /** Removes an object, if it is there. */
    void remove(String name);

    /** Removes everything that belongs to a run. */
    void removeAll(UUID organization, UUID run);
}
