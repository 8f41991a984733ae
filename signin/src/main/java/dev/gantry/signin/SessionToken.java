package dev.gantry.signin;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * The secret of a session: {@code gs_} and 256 random bits. It tells nothing; only its SHA-256 is stored, which is enough
 * where there is nothing to guess.
 */
final class SessionToken {
    static final String START = "gs_";

    private static final int SECRET_BYTES = 32;
    private static final int KEY_LENGTH = 43;
    private static final int LENGTH = START.length() + KEY_LENGTH;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

    private SessionToken() {}

    /** Makes a fresh one. */
    static String issue() {
        return START + random();
    }

    /** Returns 256 random bits as text that is fit for headers and addresses. */
    static String random() {
        byte[] secret = new byte[SECRET_BYTES];
        RANDOM.nextBytes(secret);
        return BASE64.encodeToString(secret);
    }

    /** Returns whether a text has the form of one. */
    static boolean hasForm(String text) {
        if (text.length() != LENGTH || !text.startsWith(START)) {
            return false;
        }
        for (int index = START.length(); index < LENGTH; index++) {
            char letter = text.charAt(index);
            boolean base64 = (letter >= '0' && letter <= '9')
                    || (letter >= 'A' && letter <= 'Z')
                    || (letter >= 'a' && letter <= 'z')
                    || letter == '-'
                    || letter == '_';
            if (!base64) {
                return false;
            }
        }
        return true;
    }

    /** Returns the SHA-256 of any text. */
    static byte[] hash(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }

    /** Returns the hash that {@link #key} wrote; null if it is none. */
    static byte @Nullable [] hashOf(String key) {
        try {
            byte[] hash = key.length() == KEY_LENGTH ? Base64.getUrlDecoder().decode(key) : new byte[0];
            return hash.length == SECRET_BYTES ? hash : null;
        } catch (IllegalArgumentException malformed) {
            return null;
        }
    }

    /** Returns a hash as the text under which it is remembered. */
    static String key(byte[] hash) {
        return BASE64.encodeToString(hash);
    }
}
