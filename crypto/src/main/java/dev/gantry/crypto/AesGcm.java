package dev.gantry.crypto;

import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 in Galois/Counter Mode (NIST SP 800-38D) with random nonces of 96 bits: with fewer than 2^32 messages under one
 * key the chance that a nonce repeats stays below 2^-32.
 */
final class AesGcm {
    static final int KEY_LENGTH = 32;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AesGcm() {}

    static SecretKey newKey() {
        return key(random(KEY_LENGTH));
    }

    static SecretKey key(byte[] bytes) {
        return new SecretKeySpec(bytes, "AES");
    }

    static byte[] random(int length) {
        byte[] bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    static byte[] encrypt(SecretKey key, byte[] nonce, byte[] plain, byte[] associatedData) {
        try {
            return run(Cipher.ENCRYPT_MODE, key, nonce, plain, associatedData);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK lacks AES/GCM", impossible);
        }
    }

    /** Decrypts; fails when key, nonce, ciphertext or associated data are not those of the encryption. */
    static byte[] decrypt(SecretKey key, byte[] nonce, byte[] ciphertext, byte[] associatedData)
            throws AEADBadTagException {
        try {
            return run(Cipher.DECRYPT_MODE, key, nonce, ciphertext, associatedData);
        } catch (AEADBadTagException altered) {
            throw altered;
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("the JDK lacks AES/GCM", impossible);
        }
    }

    private static byte[] run(int mode, SecretKey key, byte[] nonce, byte[] text, byte[] associatedData)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD(associatedData);
        return cipher.doFinal(text);
    }
}
