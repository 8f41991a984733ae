package dev.gantry.crypto;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/** Where wrapped data keys are kept. Thread-safe. */
interface KeyStore {
    /**
     * A data key as it is stored.
     *
     * @param version counts from 1 within the organization; the highest one seals
     * @param masterKeyId which master key wraps it
     * @param wrapped the key, sealed by the master key
     */
    record StoredKey(int version, String masterKeyId, Sealed wrapped) {}

    /** Returns all keys of an organization, in the order of their versions. */
    List<StoredKey> find(UUID organization);

    /** The same over a connection on which a transaction of the organization is under way. */
    List<StoredKey> find(UUID organization, Connection connection) throws SQLException;

    /** Stores a key, unless one of that version is there. */
    void add(UUID organization, StoredKey key);

    /** Replaces how a key is wrapped; the key itself stays the same. */
    void rewrap(UUID organization, StoredKey key);
}
