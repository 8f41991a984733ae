package dev.gantry.proof;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/**
 * A public key that verifies signed notes: Ed25519 in the form that C2SP's signed-note gives it, {@code
 * name+hash+base64(0x01 ‖ key)}, where the hash is the first four bytes of {@code SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key)}.
 *
 * @param name who signs; without spaces and plus signs
 * @param id the hash, which finds the key of a signature
 * @param key the key
 */
public record NoteKey(String name, int id, PublicKey key) {
    static final byte ED25519 = 1;
    static final int RAW_LENGTH = 32;

    /** The DER of an Ed25519 public key (RFC 8410) before its 32 bytes. */
    private static final byte[] X509_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /** Takes the raw 32 bytes of a key. */
    static NoteKey of(String name, byte[] raw) {
        if (name.isEmpty() || !name.chars().allMatch(c -> c > ' ' && c != '+' && c < 0x7F)) {
            throw new IllegalArgumentException("Not a name of a key: '" + name + "'");
        }
        if (raw.length != RAW_LENGTH) {
            throw new IllegalArgumentException("An Ed25519 key has 32 bytes, not " + raw.length);
        }
        try {
            byte[] encoded = Arrays.copyOf(X509_PREFIX, X509_PREFIX.length + RAW_LENGTH);
            System.arraycopy(raw, 0, encoded, X509_PREFIX.length, RAW_LENGTH);
            PublicKey key = KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(name.getBytes(StandardCharsets.US_ASCII));
            digest.update((byte) '\n');
            digest.update(ED25519);
            return new NoteKey(name, ByteBuffer.wrap(digest.digest(raw)).getInt(), key);
        } catch (GeneralSecurityException unusable) {
            throw new IllegalArgumentException("Not an Ed25519 key", unusable);
        }
    }

    /**
     * Reads a key as {@link #text()} gives it.
     *
     * @throws IllegalArgumentException if it is none
     */
    public static NoteKey parse(String text) {
        String[] parts = text.strip().split("\\+", 3);
        if (parts.length != 3) {
            throw new IllegalArgumentException("A key reads name+hash+base64, not '" + text + "'");
        }
        byte[] bytes = Base64.getDecoder().decode(parts[2]);
        if (bytes.length != RAW_LENGTH + 1 || bytes[0] != ED25519) {
            throw new IllegalArgumentException("Only Ed25519 keys are known");
        }
        NoteKey key = of(parts[0], Arrays.copyOfRange(bytes, 1, bytes.length));
        if (!HexFormat.of().toHexDigits(key.id()).equals(parts[1])) {
            throw new IllegalArgumentException("The hash in the key does not fit its name and bytes");
        }
        return key;
    }

    /** Returns the key as one line of text. */
    public String text() {
        byte[] encoded = key.getEncoded();
        byte[] bytes = new byte[RAW_LENGTH + 1];
        bytes[0] = ED25519;
        System.arraycopy(encoded, encoded.length - RAW_LENGTH, bytes, 1, RAW_LENGTH);
        return name + "+" + HexFormat.of().toHexDigits(id) + "+"
                + Base64.getEncoder().encodeToString(bytes);
    }

    boolean verifies(byte[] text, byte[] signature) {
        try {
            Signature verifier = Signature.getInstance("Ed25519");
            verifier.initVerify(key);
            verifier.update(text);
            return verifier.verify(signature);
        } catch (GeneralSecurityException malformed) {
            return false;
        }
    }
}
