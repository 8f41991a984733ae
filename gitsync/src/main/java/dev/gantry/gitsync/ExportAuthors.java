package dev.gantry.gitsync;

import java.util.UUID;

/** Knows the names and addresses of those who wrote versions. Implementations are thread-safe. */
public interface ExportAuthors {
    /** An author as a commit names them; the address may be empty. */
    record Author(String name, String address) {}

    /**
     * Returns an author.
     *
     * @param id all zeros for somebody elsewhere
     * @param written as the version names them
     */
    Author of(UUID organization, UUID id, String written);
}
