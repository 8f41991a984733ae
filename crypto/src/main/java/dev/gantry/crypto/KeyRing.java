package dev.gantry.crypto;

import dev.gantry.crypto.KeyStore.StoredKey;
import dev.gantry.crypto.MasterKeys.MasterKey;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts what must not lie readable in the database, by envelope encryption: every organization has data keys of its
 * own, which are stored wrapped by a master key that is never stored beside them. Rotating a master key wraps the data
 * keys anew and touches no data.
 *
 * <p>Thread-safe. Data keys are kept in memory once they were used; an organization's first use asks the database.
 */
public final class KeyRing {
    private static final int ORGANIZATIONS_CACHED_MAX = 4_096;

    private volatile MasterKeys masterKeys;
    private final KeyStore store;
    private final Map<UUID, NavigableMap<Integer, SecretKey>> cache = new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, NavigableMap<Integer, SecretKey>> eldest) {
            return size() > ORGANIZATIONS_CACHED_MAX;
        }
    };

    /** Runs statements in one transaction that sees one organization's rows. */
    @FunctionalInterface
    public interface Transactions {
        /** Runs the work and commits. */
        void inOrganization(UUID organization, SqlWork work);
    }

    /** Statements over a connection. */
    @FunctionalInterface
    public interface SqlWork {
        /** Runs them. */
        void over(Connection connection) throws SQLException;
    }

    /**
     * Makes a ring over the table {@code data_keys} of this module's migration.
     *
     * @param transactions how the table is reached
     */
    public KeyRing(MasterKeys masterKeys, Transactions transactions) {
        this(masterKeys, new SqlKeyStore(transactions));
    }

    KeyRing(MasterKeys masterKeys, KeyStore store) {
        this.masterKeys = masterKeys;
        this.store = store;
    }

    /**
     * Encrypts a value.
     *
     * @param associatedData what the value belongs to, such as table, column and row id; the value can only be opened
     *     with the same, so that it cannot be moved to another place
     */
    public Sealed seal(UUID organization, byte[] plain, byte[] associatedData) {
        NavigableMap<Integer, SecretKey> keys = keys(organization);
        if (keys.isEmpty()) {
            keys = create(organization, 1);
        }
        Map.Entry<Integer, SecretKey> newest = keys.lastEntry();
        return seal(newest.getKey(), newest.getValue(), plain, bind(organization, associatedData));
    }

    /**
     * Decrypts a value.
     *
     * @throws GantryException {@link ErrorCode#INTERNAL} if the value was altered, or was sealed for another organization
     *     or place; {@link ErrorCode#INVALID_CONFIGURATION} if the master key is not there
     */
    public byte[] open(UUID organization, Sealed sealed, byte[] associatedData) {
        SecretKey key = keys(organization).get(sealed.keyVersion());
        if (key == null) {
            // Another node may have rotated the key since it was read.
            key = load(organization).get(sealed.keyVersion());
        }
        if (key == null) {
            throw cannotBeOpened(null);
        }
        return open(key, sealed, bind(organization, associatedData));
    }

    /**
     * Returns a fingerprint of data, by which equal data of an organization is found without being known: HMAC-SHA-256 under
     * a key that is derived from the organization's newest data key. After {@link #rotate} fingerprints are others.
     *
     * @param purpose what it is for; fingerprints for one purpose say nothing about those for another
     */
    public byte[] fingerprint(UUID organization, String purpose, byte[] data) {
        NavigableMap<Integer, SecretKey> keys = keys(organization);
        if (keys.isEmpty()) {
            keys = create(organization, 1);
        }
        byte[] context = bind(organization, ("fingerprint/" + purpose).getBytes(StandardCharsets.UTF_8));
        DataKey newest = DataKey.of(keys.lastEntry().getValue().getEncoded());
        return DataKey.of(newest.mac(context)).mac(data);
    }

    /**
     * Reads the keys of an organization unless they are known here, so that sealing and opening ask the database for nothing:
     * for whoever is about to hold a connection, and would have to wait for a second one.
     */
    public void prepare(UUID organization) {
        keys(organization);
    }

    /**
     * The same for whoever holds a connection already: what has to be read is read over that one.
     *
     * @param connection on which a transaction of the organization is under way
     */
    public void prepare(UUID organization, Connection connection) throws SQLException {
        if (known(organization) == null) {
            remember(organization, store.find(organization, connection));
        }
    }

    /** Makes a new data key for an organization, which seals from here on; what the others sealed stays readable. */
    public void rotate(UUID organization) {
        NavigableMap<Integer, SecretKey> keys = load(organization);
        create(organization, keys.isEmpty() ? 1 : keys.lastKey() + 1);
    }

    /** Wraps by other master keys from here on. */
    void use(MasterKeys others) {
        if (masterKeys != others) {
            masterKeys = others;
        }
    }

    /**
     * Wraps the data keys of an organization by the current master key, where another one wraps them.
     *
     * @return how many were wrapped anew
     */
    public int rewrap(UUID organization) {
        MasterKey current = masterKeys.current();
        int count = 0;
        for (StoredKey stored : store.find(organization)) {
            if (!stored.masterKeyId().equals(current.id())) {
                store.rewrap(organization, wrap(organization, stored.version(), unwrap(organization, stored)));
                count++;
            }
        }
        return count;
    }

    private NavigableMap<Integer, SecretKey> keys(UUID organization) {
        NavigableMap<Integer, SecretKey> cached = known(organization);
        return cached == null ? load(organization) : cached;
    }

    private @Nullable NavigableMap<Integer, SecretKey> known(UUID organization) {
        synchronized (cache) {
            return cache.get(organization);
        }
    }

    private NavigableMap<Integer, SecretKey> load(UUID organization) {
        return remember(organization, store.find(organization));
    }

    private NavigableMap<Integer, SecretKey> remember(UUID organization, List<StoredKey> stored) {
        NavigableMap<Integer, SecretKey> keys = new TreeMap<>();
        for (StoredKey key : stored) {
            keys.put(key.version(), unwrap(organization, key));
        }
        if (!keys.isEmpty()) {
            synchronized (cache) {
                cache.put(organization, keys);
            }
        }
        return keys;
    }

    /** Makes a key of a version; when another node was faster, that one's key is taken. */
    private NavigableMap<Integer, SecretKey> create(UUID organization, int version) {
        store.add(organization, wrap(organization, version, AesGcm.newKey()));
        return load(organization);
    }

    private StoredKey wrap(UUID organization, int version, SecretKey key) {
        MasterKey master = masterKeys.current();
        byte[] place = bind(organization, place(version, master.id()));
        return new StoredKey(version, master.id(), seal(version, master.key(), key.getEncoded(), place));
    }

    private SecretKey unwrap(UUID organization, StoredKey stored) {
        MasterKey master = masterKeys
                .find(stored.masterKeyId())
                .orElseThrow(() -> new GantryException(
                        ErrorCode.INVALID_CONFIGURATION,
                        "Secrets in the database are encrypted under the master key '" + stored.masterKeyId()
                                + "', which is not configured. Restore it from a backup."));
        byte[] place = bind(organization, place(stored.version(), stored.masterKeyId()));
        return AesGcm.key(open(master.key(), stored.wrapped(), place));
    }

    private static byte[] place(int version, String masterKeyId) {
        return ("data_keys/" + version + "/" + masterKeyId).getBytes(StandardCharsets.US_ASCII);
    }

    private static Sealed seal(int version, SecretKey key, byte[] plain, byte[] boundTo) {
        byte[] nonce = AesGcm.random(Sealed.NONCE_LENGTH);
        return Sealed.of(version, nonce, AesGcm.encrypt(key, nonce, plain, withHeader(version, boundTo)));
    }

    private static byte[] open(SecretKey key, Sealed sealed, byte[] boundTo) {
        try {
            return AesGcm.decrypt(key, sealed.nonce(), sealed.ciphertext(), withHeader(sealed.keyVersion(), boundTo));
        } catch (AEADBadTagException altered) {
            throw cannotBeOpened(altered);
        }
    }

    private static byte[] bind(UUID organization, byte[] associatedData) {
        return ByteBuffer.allocate(2 * Long.BYTES + associatedData.length)
                .putLong(organization.getMostSignificantBits())
                .putLong(organization.getLeastSignificantBits())
                .put(associatedData)
                .array();
    }

    private static byte[] withHeader(int version, byte[] boundTo) {
        return ByteBuffer.allocate(Sealed.HEADER_LENGTH + boundTo.length)
                .put(Sealed.header(version))
                .put(boundTo)
                .array();
    }

    private static GantryException cannotBeOpened(@Nullable Throwable cause) {
        return new GantryException(
                ErrorCode.INTERNAL,
                "A stored secret cannot be opened: it was altered, or belongs to another place or organization.",
                cause);
    }
}
