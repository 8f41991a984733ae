package dev.gantry.audit;

import dev.gantry.crypto.DataKey;
import dev.gantry.crypto.KeyRing;
import dev.gantry.crypto.Sealed;
import dev.gantry.kernel.Ids;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * The keys of the people whom events name, in the table {@code audit_subjects}: each wrapped by the organization's key ring,
 * found by a keyed hash of the name, so that the table tells nobody who they are. Thread-safe.
 */
final class SubjectKeys {
    /** The row that holds an organization's key for the hashes of names. */
    static final UUID INDEX = new UUID(0, 0);

    private static final String PURPOSE = "gantry audit personal v1";
    private static final int INDEX_KEYS_MAX = 4_096;

    private final KeyRing keyRing;
    private final Map<UUID, DataKey> indexKeys = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, DataKey> eldest) {
            return size() > INDEX_KEYS_MAX;
        }
    });

    /** A person's key. */
    record Subject(UUID id, DataKey key) {}

    SubjectKeys(KeyRing keyRing) {
        this.keyRing = keyRing;
    }

    /** Returns what a sealed value is bound to. */
    static byte[] boundTo(UUID subject) {
        byte[] purpose = PURPOSE.getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(purpose.length + 2 * Long.BYTES)
                .put(purpose)
                .putLong(subject.getMostSignificantBits())
                .putLong(subject.getLeastSignificantBits())
                .array();
    }

    /**
     * Returns the keys of people, in a transaction of their organization; makes those that do not exist.
     *
     * @param names as {@link AuditPersons#key} gives them
     */
    Map<String, Subject> findOrMake(Handle handle, UUID organization, Collection<String> names) throws SQLException {
        DataKey index = indexKey(handle, organization);
        Map<ByteBuffer, String> lookups = lookups(index, names);
        Map<String, Subject> found = find(handle, organization, lookups);
        if (found.size() < lookups.size()) {
            for (String name : lookups.values()) {
                if (!found.containsKey(name)) {
                    insert(handle, organization, Ids.next(), lookup(index, name), DataKey.generate());
                }
            }
            // Another node may have made one in the meantime: then that one counts.
            found.putAll(find(handle, organization, lookups));
        }
        return found;
    }

    /** Returns the subject of a person, in a transaction of the organization; null when no event names the person. */
    @Nullable
    UUID find(Handle handle, UUID organization, String name) throws SQLException {
        List<UUID> subjects = findAll(handle, organization, name);
        return subjects.isEmpty() ? null : subjects.getFirst();
    }

    /**
     * Returns the subjects of a person. Names were once told apart by capitals, so that there can be one for the name as it is
     * written here beside the one that is used now, which comes first.
     */
    private List<UUID> findAll(Handle handle, UUID organization, String name) throws SQLException {
        List<String> spellings =
                Stream.of(AuditPersons.key(name), name).distinct().toList();
        Map<String, Subject> found = find(handle, organization, lookups(indexKey(handle, organization), spellings));
        return spellings.stream()
                .flatMap(spelling -> Stream.ofNullable(found.get(spelling)))
                .map(Subject::id)
                .toList();
    }

    /** Returns the keys of subjects that were not erased, in a transaction of the organization. */
    Map<UUID, DataKey> open(Handle handle, UUID organization, Collection<UUID> subjects) throws SQLException {
        Map<UUID, DataKey> keys = new HashMap<>();
        if (subjects.isEmpty()) {
            return keys;
        }
        Connection connection = handle.getConnection();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT subject, wrapped_key
                        FROM audit_subjects
                        WHERE organization_id = ? AND subject = ANY (?) AND wrapped_key IS NOT NULL
                        """)) {
            select.setObject(1, organization);
            select.setArray(2, connection.createArrayOf("uuid", subjects.toArray()));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    UUID subject = rows.getObject(1, UUID.class);
                    keys.put(subject, unwrap(organization, subject, rows.getBytes(2)));
                }
            }
        }
        return keys;
    }

    /**
     * Destroys a person's keys and the way to them, in a transaction of the organization. What was sealed stays as it is and
     * opens for nobody.
     *
     * @param name in the capitals in which events named the person, should some be from before these stopped to matter
     * @return the subject; null when no event names the person
     */
    @Nullable
    UUID erase(Handle handle, UUID organization, String name) throws SQLException {
        List<UUID> erased = findAll(handle, organization, name);
        handle.createUpdate("""
                        UPDATE audit_subjects
                        SET lookup = NULL, wrapped_key = NULL, erased_at = now()
                        WHERE organization_id = :organization AND subject = ANY (:subjects)
                        """)
                .bind("organization", organization)
                .bindArray("subjects", UUID.class, erased)
                .execute();
        return erased.isEmpty() ? null : erased.getFirst();
    }

    private static byte[] lookup(DataKey index, String name) {
        return index.mac(name.getBytes(StandardCharsets.UTF_8));
    }

    private static Map<ByteBuffer, String> lookups(DataKey index, Collection<String> names) {
        Map<ByteBuffer, String> lookups = new LinkedHashMap<>();
        for (String name : names) {
            lookups.put(ByteBuffer.wrap(lookup(index, name)), name);
        }
        return lookups;
    }

    private Map<String, Subject> find(Handle handle, UUID organization, Map<ByteBuffer, String> lookups)
            throws SQLException {
        Map<String, Subject> found = new HashMap<>();
        Connection connection = handle.getConnection();
        try (PreparedStatement select = connection.prepareStatement("""
                        SELECT subject, lookup, wrapped_key
                        FROM audit_subjects
                        WHERE organization_id = ? AND lookup = ANY (?)
                        """)) {
            select.setObject(1, organization);
            select.setArray(
                    2,
                    connection.createArrayOf(
                            "bytea",
                            lookups.keySet().stream().map(ByteBuffer::array).toArray(byte[][]::new)));
            try (ResultSet rows = select.executeQuery()) {
                while (rows.next()) {
                    UUID subject = rows.getObject(1, UUID.class);
                    String name = lookups.get(ByteBuffer.wrap(rows.getBytes(2)));
                    if (name != null) {
                        found.put(name, new Subject(subject, unwrap(organization, subject, rows.getBytes(3))));
                    }
                }
            }
        }
        return found;
    }

    private DataKey indexKey(Handle handle, UUID organization) throws SQLException {
        DataKey known = indexKeys.get(organization);
        if (known != null) {
            return known;
        }
        Map<UUID, DataKey> stored = open(handle, organization, List.of(INDEX));
        if (stored.isEmpty()) {
            insert(handle, organization, INDEX, null, DataKey.generate());
            // Not kept: the transaction may be rolled back.
            return Objects.requireNonNull(
                    open(handle, organization, List.of(INDEX)).get(INDEX), "it was just made");
        }
        DataKey key = Objects.requireNonNull(stored.get(INDEX), "there is one");
        indexKeys.put(organization, key);
        return key;
    }

    private void insert(Handle handle, UUID organization, UUID subject, byte @Nullable [] lookup, DataKey key)
            throws SQLException {
        byte[] wrapped =
                keyRing.seal(organization, key.bytes(), boundTo(subject)).toBytes();
        try (PreparedStatement insert = handle.getConnection().prepareStatement("""
                        INSERT INTO audit_subjects (organization_id, subject, lookup, wrapped_key)
                        VALUES (?, ?, ?, ?)
                        ON CONFLICT DO NOTHING
                        """)) {
            insert.setObject(1, organization);
            insert.setObject(2, subject);
            insert.setBytes(3, lookup);
            insert.setBytes(4, wrapped);
            insert.executeUpdate();
        }
    }

    private DataKey unwrap(UUID organization, UUID subject, byte[] wrapped) {
        return DataKey.of(keyRing.open(organization, Sealed.fromBytes(wrapped), boundTo(subject)));
    }
}
