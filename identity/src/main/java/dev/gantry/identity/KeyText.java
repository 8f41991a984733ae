package dev.gantry.identity;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;

/**
 * The text of an API key: {@code gk_}, ten characters that name it, {@code _}, 43 characters that are secret, all of them
 * base 62. 43 characters hold 256 bits, so that a plain SHA-256 protects what is stored: there is no dictionary to try.
 * The hash is taken over the whole text.
 */
final class KeyText {
    private static final String START = "gk_";
    private static final int PREFIX_LENGTH = 10;
    private static final int SECRET_LENGTH = 43;
    private static final int SEPARATOR = START.length() + PREFIX_LENGTH;
    private static final int LENGTH = SEPARATOR + 1 + SECRET_LENGTH;
    private static final String ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

    /** Bytes from here on are thrown away, so that every character is equally likely. */
    private static final int UNBIASED = 256 / ALPHABET.length() * ALPHABET.length();

    private static final SecureRandom RANDOM = new SecureRandom();

    /** Never fed, only copied. */
    private static final MessageDigest SHA_256 = sha256();

    private KeyText() {}

    static String newPrefix() {
        return random(PREFIX_LENGTH);
    }

    /** Makes a key with a fresh secret. */
    static String issue(String prefix) {
        return START + prefix + "_" + random(SECRET_LENGTH);
    }

    /** Returns the prefix of a text that has the form of a key; null if it has not. */
    static @Nullable String prefix(String text) {
        if (text.length() != LENGTH || !text.startsWith(START) || text.charAt(SEPARATOR) != '_') {
            return null;
        }
        for (int index = START.length(); index < LENGTH; index++) {
            char letter = text.charAt(index);
            boolean base62 = (letter >= '0' && letter <= '9')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= 'a' && letter <= 'z');
            if (!base62 && index != SEPARATOR) {
                return null;
            }
        }
        return text.substring(START.length(), SEPARATOR);
    }

    static byte[] hash(String text) {
        try {
            // A copy costs a third of a search among the providers.
            MessageDigest digest = (MessageDigest) SHA_256.clone();
            return digest.digest(text.getBytes(StandardCharsets.ISO_8859_1));
        } catch (CloneNotSupportedException impossible) {
            throw new IllegalStateException("The JDK's SHA-256 can be copied", impossible);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    private static String random(int length) {
        StringBuilder text = new StringBuilder(length);
        byte[] bytes = new byte[length * 2];
        while (text.length() < length) {
            RANDOM.nextBytes(bytes);
            for (int index = 0; index < bytes.length && text.length() < length; index++) {
                int value = bytes[index] & 0xFF;
                if (value < UNBIASED) {
                    text.append(ALPHABET.charAt(value % ALPHABET.length()));
                }
            }
        }
        return text.toString();
    }
}
