package dev.gantry.crypto;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;

/**
 * The keys that wrap data keys. The first one wraps; the others are kept to unwrap what they wrapped, until everything is
 * wrapped anew. Immutable.
 */
public final class MasterKeys {
    private final List<MasterKey> keys;

    /**
     * One key.
     *
     * @param id a fingerprint, which is no secret
     */
    record MasterKey(String id, SecretKey key) {
        static MasterKey generate() {
            return of(AesGcm.random(AesGcm.KEY_LENGTH));
        }

        private static MasterKey of(byte[] bytes) {
            return new MasterKey(fingerprint(bytes), AesGcm.key(bytes));
        }

        /** Seals another master key, so that who has this one can take it. */
        Sealed offer(MasterKey other) {
            byte[] nonce = AesGcm.random(Sealed.NONCE_LENGTH);
            return Sealed.of(1, nonce, AesGcm.encrypt(key, nonce, other.key().getEncoded(), place(other.id())));
        }

        /**
         * Opens what {@link #offer} gave.
         *
         * @throws GantryException {@link ErrorCode#INTERNAL} if it is another key or was altered
         */
        MasterKey take(String otherId, Sealed offered) {
            try {
                MasterKey taken = of(AesGcm.decrypt(key, offered.nonce(), offered.ciphertext(), place(otherId)));
                if (taken.id().equals(otherId)) {
                    return taken;
                }
            } catch (AEADBadTagException altered) {
                throw new GantryException(ErrorCode.INTERNAL, "The new master key was altered on its way.", altered);
            }
            throw new GantryException(ErrorCode.INTERNAL, "The new master key is not the one that it is said to be.");
        }

        private byte[] place(String otherId) {
            return ("master_keys/" + otherId + "/" + id).getBytes(StandardCharsets.US_ASCII);
        }

        Secret encoded() {
            return Secret.of(Base64.getEncoder().encodeToString(key.getEncoded()));
        }
    }

    private MasterKeys(List<MasterKey> keys) {
        this.keys = List.copyOf(keys);
    }

    /**
     * Takes keys as they are configured.
     *
     * @param encoded each 32 bytes in Base64, the current one first
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if there is none or one has another length
     */
    public static MasterKeys of(List<Secret> encoded) {
        if (encoded.isEmpty()) {
            throw invalid("There is no master key.");
        }
        List<MasterKey> keys = new ArrayList<>();
        for (Secret text : encoded) {
            byte[] bytes;
            try {
                bytes = Base64.getDecoder().decode(text.reveal().strip());
            } catch (IllegalArgumentException notBase64) {
                throw invalid("A master key is not written in Base64.");
            }
            if (bytes.length != AesGcm.KEY_LENGTH) {
                throw invalid("A master key has " + bytes.length + " bytes instead of " + AesGcm.KEY_LENGTH
                        + ". Make one with: openssl rand -base64 32");
            }
            keys.add(MasterKey.of(bytes));
        }
        return new MasterKeys(keys);
    }

    /** Returns a new random key as it is configured. */
    static Secret generate() {
        return MasterKey.generate().encoded();
    }

    /** Returns these keys and one more, which does not wrap yet. */
    MasterKeys with(MasterKey other) {
        List<MasterKey> more = new ArrayList<>(keys);
        more.add(other);
        return new MasterKeys(more);
    }

    /** Returns those of some fingerprints, the one that wraps first. */
    MasterKeys inOrder(String current, Set<String> kept) {
        List<MasterKey> ordered = new ArrayList<>(
                keys.stream().filter(key -> kept.contains(key.id())).toList());
        ordered.sort(Comparator.comparing(key -> !key.id().equals(current)));
        return new MasterKeys(ordered);
    }

    /** Returns the fingerprints, the one that wraps first. */
    List<String> ids() {
        return keys.stream().map(MasterKey::id).toList();
    }

    /** Returns the keys as they are configured, the one that wraps first. */
    List<Secret> encoded() {
        return keys.stream().map(MasterKey::encoded).toList();
    }

    MasterKey current() {
        return keys.getFirst();
    }

    Optional<MasterKey> find(String id) {
        return keys.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    private static String fingerprint(byte[] key) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update("gantry master key".getBytes(StandardCharsets.US_ASCII));
            return HexFormat.of().formatHex(Arrays.copyOf(digest.digest(key), 8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static GantryException invalid(String message) {
        return new GantryException(ErrorCode.INVALID_CONFIGURATION, message);
    }
}
