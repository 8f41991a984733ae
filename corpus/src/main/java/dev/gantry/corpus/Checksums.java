package dev.gantry.corpus;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;

/** Check digits and characters of public formats, written from their specifications. */
final class Checksums {
    private static final String BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";

    private Checksums() {}

    /** Returns the digit that makes digits satisfy Luhn's formula (ISO/IEC 7812-1). */
    static int luhn(String digits) {
        int sum = 0;
        for (int index = 0; index < digits.length(); index++) {
            int digit = digits.charAt(digits.length() - 1 - index) - '0';
            int weighted = index % 2 == 0 ? digit * 2 : digit;
            sum += weighted / 10 + weighted % 10;
        }
        return (10 - sum % 10) % 10;
    }

    /** Returns the two check digits of an IBAN (ISO 13616): 98 minus the remainder modulo 97. */
    static String iban(String country, String account) {
        StringBuilder digits = new StringBuilder();
        (account + country + "00").chars().forEach(each -> digits.append(Character.digit(each, 36)));
        int remainder =
                new BigInteger(digits.toString()).mod(BigInteger.valueOf(97)).intValue();
        return String.format("%02d", 98 - remainder);
    }

    /** Returns bytes in Base58Check by an alphabet: a version, the payload, and four bytes of a double SHA-256. */
    static String base58Check(int version, byte[] payload, String alphabet) {
        byte[] versioned = new byte[payload.length + 1];
        versioned[0] = (byte) version;
        System.arraycopy(payload, 0, versioned, 1, payload.length);
        byte[] checked = Arrays.copyOf(versioned, versioned.length + 4);
        System.arraycopy(sha256(sha256(versioned)), 0, checked, versioned.length, 4);
        StringBuilder out = new StringBuilder();
        BigInteger rest = new BigInteger(1, checked);
        BigInteger base = BigInteger.valueOf(58);
        while (rest.signum() > 0) {
            out.append(alphabet.charAt(rest.mod(base).intValue()));
            rest = rest.divide(base);
        }
        for (int index = 0; index < checked.length && checked[index] == 0; index++) {
            out.append(alphabet.charAt(0));
        }
        return out.reverse().toString();
    }

    /** Returns a segregated witness address (BIP 173, BIP 350 from version 1 on). */
    static String bech32(String prefix, int version, byte[] program) {
        StringBuilder data = new StringBuilder();
        data.append(BECH32.charAt(version));
        int bits = 0;
        int value = 0;
        for (byte each : program) {
            value = value << 8 | (each & 0xFF);
            bits += 8;
            while (bits >= 5) {
                bits -= 5;
                data.append(BECH32.charAt(value >> bits & 31));
            }
        }
        if (bits > 0) {
            data.append(BECH32.charAt(value << (5 - bits) & 31));
        }
        int check = polymod(prefix, data + "qqqqqq") ^ (version == 0 ? 1 : 0x2bc830a3);
        for (int index = 0; index < 6; index++) {
            data.append(BECH32.charAt((check >> (5 * (5 - index))) & 31));
        }
        return prefix + "1" + data;
    }

    private static int polymod(String prefix, String data) {
        int[] generator = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
        int[] values = new int[prefix.length() * 2 + 1 + data.length()];
        int count = 0;
        for (int index = 0; index < prefix.length(); index++) {
            values[count++] = prefix.charAt(index) >> 5;
        }
        values[count++] = 0;
        for (int index = 0; index < prefix.length(); index++) {
            values[count++] = prefix.charAt(index) & 31;
        }
        for (int index = 0; index < data.length(); index++) {
            values[count++] = BECH32.indexOf(data.charAt(index));
        }
        int check = 1;
        for (int value : values) {
            int top = check >>> 25;
            check = (check & 0x1ffffff) << 5 ^ value;
            for (int index = 0; index < 5; index++) {
                check ^= (top >> index & 1) == 1 ? generator[index] : 0;
            }
        }
        return check;
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Returns the hexadecimal SHA-256 of text. */
    static String sha256Hex(String text) {
        return String.format("%064x", new BigInteger(1, sha256(text.getBytes(StandardCharsets.UTF_8))));
    }
}
