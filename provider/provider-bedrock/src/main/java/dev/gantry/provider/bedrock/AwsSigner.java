package dev.gantry.provider.bedrock;

import dev.gantry.kernel.Secret;
import dev.gantry.provider.PathSegment;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Signs requests with AWS Signature Version 4. Thread-safe. The key of a day is derived once; a request costs two digests and
 * one HMAC.
 *
 * @see <a href="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html">the reference</a>
 */
final class AwsSigner {
    private static final String ALGORITHM = "AWS4-HMAC-SHA256";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final int DATE_LENGTH = 8;

    private final String region;
    private final String service;
    private final Clock clock;
    private volatile @Nullable DayKey dayKey;

    /** What is derived from a key for one day. */
    private record DayKey(AwsKey of, String date, SecretKeySpec key) {}

    AwsSigner(String region, String service, Clock clock) {
        this.region = region;
        this.service = service;
        this.clock = clock;
    }

    /**
     * Signs a request that has no query.
     *
     * @param path the path as it is sent, with its encoding and without a query
     * @param headers what is signed besides what signing adds, with names in lower case; {@code host} is among them
     * @return the headers that signing adds, with their names in lower case
     */
    Map<String, String> sign(AwsKey by, String method, String path, Map<String, String> headers, byte[] body) {
        String time = TIME.format(Instant.now(clock));
        TreeMap<String, String> signed = new TreeMap<>(headers);
        signed.put("x-amz-date", time);
        Secret token = by.token();
        if (token != null) {
            signed.put("x-amz-security-token", token.reveal());
        }
        String names = String.join(";", signed.keySet());
        StringBuilder canonical = new StringBuilder(1_024)
                .append(method)
                .append('\n')
                .append(encodedAgain(path))
                .append("\n\n");
        signed.forEach((name, value) -> canonical
                .append(name)
                .append(':')
                .append(value.strip().replaceAll(" +", " "))
                .append('\n'));
        canonical.append('\n').append(names).append('\n').append(hex(digest(body)));
        String scope = time.substring(0, DATE_LENGTH) + "/" + region + "/" + service + "/aws4_request";
        String toSign = ALGORITHM + "\n" + time + "\n" + scope + "\n"
                + hex(digest(canonical.toString().getBytes(StandardCharsets.UTF_8)));
        String signature = hex(mac(keyOf(by, time.substring(0, DATE_LENGTH)), toSign));
        Map<String, String> added = new TreeMap<>();
        added.put("x-amz-date", time);
        if (token != null) {
            added.put("x-amz-security-token", token.reveal());
        }
        added.put(
                "authorization",
                ALGORITHM + " Credential=" + by.id() + "/" + scope + ", SignedHeaders=" + names + ", Signature="
                        + signature);
        return added;
    }

    /** All services but S3 sign a path whose segments are encoded once more. */
    private static String encodedAgain(String path) {
        StringBuilder encoded = new StringBuilder(path.length() + 16);
        int start = 0;
        for (int index = 0; index <= path.length(); index++) {
            if (index == path.length() || path.charAt(index) == '/') {
                encoded.append(PathSegment.of(path.substring(start, index)));
                if (index < path.length()) {
                    encoded.append('/');
                }
                start = index + 1;
            }
        }
        return encoded.toString();
    }

    private SecretKeySpec keyOf(AwsKey by, String date) {
        DayKey known = dayKey;
        if (known != null && known.date().equals(date) && known.of().equals(by)) {
            return known.key();
        }
        byte[] secret = ("AWS4" + by.secret().reveal()).getBytes(StandardCharsets.UTF_8);
        SecretKeySpec key = hmacKey(secret);
        for (String step : new String[] {date, region, service, "aws4_request"}) {
            key = hmacKey(mac(key, step));
        }
        dayKey = new DayKey(by, date, key);
        return key;
    }

    private static SecretKeySpec hmacKey(byte[] bytes) {
        return new SecretKeySpec(bytes, "HmacSHA256");
    }

    private static byte[] mac(SecretKeySpec key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every JDK has HmacSHA256", impossible);
        }
    }

    private static byte[] digest(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every JDK has SHA-256", impossible);
        }
    }

    private static String hex(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }
}
