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
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
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
    record MasterKey(String id, SecretKey key) {}

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
            keys.add(new MasterKey(fingerprint(bytes), AesGcm.key(bytes)));
        }
        return new MasterKeys(keys);
    }

    /** Returns a new random key as it is configured. */
    static Secret generate() {
        return Secret.of(Base64.getEncoder().encodeToString(AesGcm.random(AesGcm.KEY_LENGTH)));
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
