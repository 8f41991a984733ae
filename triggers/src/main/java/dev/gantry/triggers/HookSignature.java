package dev.gantry.triggers;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Who sent a call: HMAC-SHA-256 over the body as GitHub does it ({@code X-Hub-Signature-256: sha256=<hex>}, the key being the
 * secret as it is written), or over id, time and body as Standard Webhooks does ({@code webhook-id}, {@code webhook-timestamp},
 * {@code webhook-signature: v1,<base64>}, the key being what follows {@code whsec_}, decoded). Every secret is tried, whether
 * or not an earlier one fits, and compared in constant time.
 */
final class HookSignature {
    static final String SECRET_PREFIX = "whsec_";

    private static final String HMAC = "HmacSHA256";
    private static final int ID_LENGTH_MAX = 256;
    private static final int SIGNATURES_MAX = 10;

    private HookSignature() {}

    /**
     * Returns what names the call among those of its webhook, or null if no secret fits.
     *
     * @param headers by name in lower case
     */
    static byte @Nullable [] verify(
            Map<String, String> headers, byte[] body, List<String> secrets, Instant now, Duration tolerance) {
        String standard = headers.get("webhook-signature");
        return standard != null
                ? verifyStandard(headers, standard, body, secrets, now, tolerance)
                : verifyGitHub(headers.getOrDefault("x-hub-signature-256", ""), body, secrets);
    }

    private static byte @Nullable [] verifyStandard(
            Map<String, String> headers,
            String signatures,
            byte[] body,
            List<String> secrets,
            Instant now,
            Duration tolerance) {
        String id = headers.getOrDefault("webhook-id", "");
        String time = headers.getOrDefault("webhook-timestamp", "");
        byte[] start = (id + "." + time + ".").getBytes(StandardCharsets.UTF_8);
        boolean fits = false;
        for (String secret : secrets) {
            byte[] expected = mac(decoded(secret), start, body);
            for (String written : signatures.split(" ", SIGNATURES_MAX)) {
                byte[] given = written.startsWith("v1,") ? base64(written.substring(3)) : new byte[0];
                fits |= MessageDigest.isEqual(expected, given);
            }
        }
        boolean named = !id.isEmpty() && id.length() <= ID_LENGTH_MAX && isRecent(time, now, tolerance);
        return fits && named ? digest("id\n", id.getBytes(StandardCharsets.UTF_8)) : null;
    }

    private static boolean isRecent(String seconds, Instant now, Duration tolerance) {
        try {
            Instant sent = Instant.ofEpochSecond(Long.parseLong(seconds));
            return Duration.between(sent, now).abs().compareTo(tolerance) <= 0;
        } catch (ArithmeticException | DateTimeException | NumberFormatException none) {
            return false;
        }
    }

    private static byte @Nullable [] verifyGitHub(String signature, byte[] body, List<String> secrets) {
        byte[] given = hex(signature.startsWith("sha256=") ? signature.substring(7) : "");
        boolean fits = false;
        for (String secret : secrets) {
            fits |= MessageDigest.isEqual(mac(secret.getBytes(StandardCharsets.UTF_8), new byte[0], body), given);
        }
        // GitHub's own id of a call is not signed, so that only the body can tell whether it came before.
        return fits ? digest("body\n", body) : null;
    }

    private static byte[] decoded(String secret) {
        return base64(secret.startsWith(SECRET_PREFIX) ? secret.substring(SECRET_PREFIX.length()) : secret);
    }

    private static byte[] base64(String text) {
        try {
            return Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException foreign) {
            return new byte[0];
        }
    }

    private static byte[] hex(String text) {
        try {
            return HexFormat.of().parseHex(text);
        } catch (IllegalArgumentException foreign) {
            return new byte[0];
        }
    }

    private static byte[] mac(byte[] key, byte[] start, byte[] body) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(key.length == 0 ? new byte[1] : key, HMAC));
            mac.update(start);
            return mac.doFinal(body);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static byte[] digest(String start, byte[] bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(start.getBytes(StandardCharsets.UTF_8));
            return digest.digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
