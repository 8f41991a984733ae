package dev.gantry.accounts;

import java.util.Optional;
import java.util.UUID;

/** Who there is; only active users of active organizations are somebody. Thread-safe; methods may block. */
public interface People {
    /** Returns a user by name. */
    Optional<Person> named(UUID organization, String name);

    /** Returns a user by id. */
    Optional<Person> find(UUID organization, UUID id);

    /** Learns that somebody's password is another or a factor is gone: whatever was opened with them must end. */
    void credentialsChanged(Person person);
}
