package dev.gantry.guard;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The writing of bytes that Bitcoin's older addresses have, with a check of four bytes at the end. */
final class Base58 {
    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    private static final byte[] VALUES = new byte[128];

    static {
        Arrays.fill(VALUES, (byte) -1);
        for (int index = 0; index < ALPHABET.length(); index++) {
            VALUES[ALPHABET.charAt(index)] = (byte) index;
        }
    }

    private Base58() {}

    /** Returns the digit that a byte stands for; -1 when it stands for none. */
    static int value(int each) {
        return each < 0 || each >= VALUES.length ? -1 : VALUES[each];
    }

    /** Returns whether text is a version byte, twenty bytes and the check that goes with them. */
    static boolean isAddress(Passage text, int start, int end) {
        byte[] decoded = new byte[25];
        for (int position = start; position < end; position++) {
            int carry = value(text.at(position));
            for (int index = decoded.length - 1; index >= 0; index--) {
                carry += (decoded[index] & 0xFF) * 58;
                decoded[index] = (byte) carry;
                carry >>>= 8;
            }
            if (carry != 0) {
                return false;
            }
        }
        byte[] check = sha256(sha256(Arrays.copyOf(decoded, 21)));
        return Arrays.equals(check, 0, 4, decoded, 21, 25);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
