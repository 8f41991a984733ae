package dev.gantry.crypto;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Mac;
import javax.crypto.SecretKey;

/**
 * A key of 256 bits for the data of one thing, such as one person, so that destroying the key destroys the data wherever it
 * lies. Its owner stores it, wrapped by a {@link KeyRing}. Thread-safe.
 */
public final class DataKey {
    private final SecretKey key;

    private DataKey(SecretKey key) {
        this.key = key;
    }

    /** Makes a new random key. */
    public static DataKey generate() {
        return new DataKey(AesGcm.newKey());
    }

    /**
     * Takes a key from its bytes.
     *
     * @throws IllegalArgumentException if there are not 32
     */
    public static DataKey of(byte[] bytes) {
        if (bytes.length != AesGcm.KEY_LENGTH) {
            throw new IllegalArgumentException("A data key has " + AesGcm.KEY_LENGTH + " bytes, not " + bytes.length);
        }
        return new DataKey(AesGcm.key(bytes));
    }

    /** Returns the secret bytes, to be wrapped. */
    public byte[] bytes() {
        return key.getEncoded();
    }

    /**
     * Encrypts by AES-256-GCM.
     *
     * @param associatedData what the value belongs to; it opens with the same only
     * @return nonce of 12 bytes, ciphertext, tag of 16 bytes
     */
    public byte[] seal(byte[] plain, byte[] associatedData) {
        byte[] nonce = AesGcm.random(Sealed.NONCE_LENGTH);
        byte[] ciphertext = AesGcm.encrypt(key, nonce, plain, associatedData);
        byte[] sealed = Arrays.copyOf(nonce, nonce.length + ciphertext.length);
        System.arraycopy(ciphertext, 0, sealed, nonce.length, ciphertext.length);
        return sealed;
    }

    /**
     * Decrypts what {@link #seal} gave.
     *
     * @throws GantryException {@link ErrorCode#INTERNAL} if it was altered or belongs to another key or place
     */
    public byte[] open(byte[] sealed, byte[] associatedData) {
        try {
            if (sealed.length > Sealed.NONCE_LENGTH) {
                return AesGcm.decrypt(
                        key,
                        Arrays.copyOf(sealed, Sealed.NONCE_LENGTH),
                        Arrays.copyOfRange(sealed, Sealed.NONCE_LENGTH, sealed.length),
                        associatedData);
            }
        } catch (AEADBadTagException altered) {
            throw new GantryException(ErrorCode.INTERNAL, "A sealed value was altered, or has another key.", altered);
        }
        throw new GantryException(ErrorCode.INTERNAL, "A sealed value is too short to be one.");
    }

    /** Returns the HMAC-SHA-256 of data under this key, by which equal data is found without being known. */
    public byte[] mac(byte[] data) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(data);
        } catch (NoSuchAlgorithmException | InvalidKeyException impossible) {
            throw new IllegalStateException("the JDK lacks HMAC-SHA-256", impossible);
        }
    }
}
