package dev.gantry.server;

import dev.gantry.kernel.Ids;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/**
 * W3C Trace Context of a request, version 00.
 *
 * @param traceId 32 hexadecimal digits: the client's, or a new one
 * @param parentSpanId the client's span; null when it sent none
 * @param spanId our own span, 16 hexadecimal digits
 * @param sampled whether the client asks for the trace to be kept
 */
record Trace(String traceId, @Nullable String parentSpanId, String spanId, boolean sampled) {
    private static final HexFormat HEX = HexFormat.of();

    /**
     * Reads {@code traceparent}; a malformed one counts as absent, as the specification asks.
     *
     * @param sampledByDefault whether a trace that begins here is kept
     */
    static Trace of(@Nullable String traceparent, boolean sampledByDefault) {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        String spanId = HEX.toHexDigits(random.nextLong() | 1);
        if (traceparent != null
                && traceparent.length() == 55
                && traceparent.startsWith("00-")
                && isHex(traceparent, 3, 35)
                && traceparent.charAt(35) == '-'
                && isHex(traceparent, 36, 52)
                && traceparent.charAt(52) == '-'
                && isHex(traceparent, 53, 55)
                && !isZero(traceparent, 3, 35)
                && !isZero(traceparent, 36, 52)) {
            return new Trace(
                    traceparent.substring(3, 35),
                    traceparent.substring(36, 52),
                    spanId,
                    (HexFormat.fromHexDigits(traceparent, 53, 55) & 1) == 1);
        }
        return new Trace(
                HEX.toHexDigits(random.nextLong() | 1) + HEX.toHexDigits(random.nextLong()),
                null,
                spanId,
                sampledByDefault);
    }

    /** Returns the header to send on. */
    String traceparent() {
        return "00-" + traceId + "-" + spanId + (sampled ? "-01" : "-00");
    }

    /** Returns the client's request id if it is fit for logs and headers, else a new one. */
    static String requestId(@Nullable String presented) {
        if (presented != null && !presented.isEmpty() && presented.length() <= 128 && isToken(presented)) {
            return presented;
        }
        return Ids.next().toString();
    }

    private static boolean isToken(String text) {
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            boolean letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
            boolean plain = letter
                    || (character >= '0' && character <= '9')
                    || character == '-'
                    || character == '_'
                    || character == '.'
                    || character == ':';
            if (!plain) {
                return false;
            }
        }
        return true;
    }

    /** Ids of nothing but zeros are invalid by the specification. */
    private static boolean isZero(String text, int start, int end) {
        return text.substring(start, end).chars().allMatch(character -> character == '0');
    }

    private static boolean isHex(String text, int start, int end) {
        for (int index = start; index < end; index++) {
            char character = text.charAt(index);
            if (!((character >= '0' && character <= '9') || (character >= 'a' && character <= 'f'))) {
                return false;
            }
        }
        return true;
    }
}
