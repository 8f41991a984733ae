package dev.gantry.guard;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** The writing of bytes that Bitcoin's older addresses have, with a check of four bytes at the end. */
final class Base58 {
    private static final String ALPHABET = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
    /** The same characters in the order that Ripple gives them. */
    private static final String RIPPLE = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz";

    private static final byte[] VALUES = values(ALPHABET);
    private static final byte[] RIPPLE_VALUES = values(RIPPLE);

    private static byte[] values(String alphabet) {
        byte[] values = new byte[128];
        Arrays.fill(values, (byte) -1);
        for (int index = 0; index < alphabet.length(); index++) {
            values[alphabet.charAt(index)] = (byte) index;
        }
        return values;
    }

    private Base58() {}

    /** Returns the digit that a byte stands for; -1 when it stands for none. */
    static int value(int each) {
        return each < 0 || each >= VALUES.length ? -1 : VALUES[each];
    }

    /** Returns whether text is a version byte, twenty bytes and the check that goes with them. */
    static boolean isAddress(Passage text, int start, int end) {
        return isAddress(text, start, end, text.at(start) == 'r' ? RIPPLE_VALUES : VALUES);
    }

    private static boolean isAddress(Passage text, int start, int end, byte[] values) {
        byte[] decoded = new byte[25];
        for (int position = start; position < end; position++) {
            int carry = values[text.at(position)];
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
