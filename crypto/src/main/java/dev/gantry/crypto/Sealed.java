package dev.gantry.crypto;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * An encrypted value together with what is needed to find its key: a byte that tells the format, the version of the
 * organization's data key in four bytes, a nonce of twelve, then the ciphertext with its tag of sixteen. Immutable.
 */
public final class Sealed {
    static final int NONCE_LENGTH = 12;
    static final int HEADER_LENGTH = 1 + Integer.BYTES;
    private static final int TAG_LENGTH = 16;

    /** How many bytes a sealed value has more than what it seals. */
    public static final int OVERHEAD_LENGTH = HEADER_LENGTH + NONCE_LENGTH + TAG_LENGTH;

    private static final byte FORMAT = 1;

    private final byte[] bytes;

    private Sealed(byte[] bytes) {
        this.bytes = bytes;
    }

    static Sealed of(int keyVersion, byte[] nonce, byte[] ciphertext) {
        return new Sealed(ByteBuffer.allocate(HEADER_LENGTH + nonce.length + ciphertext.length)
                .put(header(keyVersion))
                .put(nonce)
                .put(ciphertext)
                .array());
    }

    /**
     * Reads what {@link #toBytes()} gave.
     *
     * @throws GantryException {@link ErrorCode#INTERNAL} if the bytes were not made by this class
     */
    public static Sealed fromBytes(byte[] bytes) {
        if (bytes.length < OVERHEAD_LENGTH || bytes[0] != FORMAT) {
            throw new GantryException(ErrorCode.INTERNAL, "A stored secret does not have the form of one.");
        }
        return new Sealed(bytes.clone());
    }

    /** Returns the whole as bytes, to be stored. */
    public byte[] toBytes() {
        return bytes.clone();
    }

    int keyVersion() {
        return ByteBuffer.wrap(bytes, 1, Integer.BYTES).getInt();
    }

    byte[] nonce() {
        return Arrays.copyOfRange(bytes, HEADER_LENGTH, HEADER_LENGTH + NONCE_LENGTH);
    }

    byte[] ciphertext() {
        return Arrays.copyOfRange(bytes, HEADER_LENGTH + NONCE_LENGTH, bytes.length);
    }

    static byte[] header(int keyVersion) {
        return ByteBuffer.allocate(HEADER_LENGTH).put(FORMAT).putInt(keyVersion).array();
    }
}
