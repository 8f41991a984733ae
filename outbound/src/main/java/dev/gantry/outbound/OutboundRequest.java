package dev.gantry.outbound;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One request.
 *
 * @param method in capitals
 * @param uri absolute, {@code http} or {@code https}, as {@link Addresses#parse} returns it
 * @param headers of the request; those that belong to the connection are set by the client alone
 * @param body empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // Neither compared nor kept.
public record OutboundRequest(String method, URI uri, Map<String, String> headers, byte[] body) {
    private static final Pattern METHOD = Pattern.compile("[A-Z]{1,20}");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9!#$%&'*+.^_`|~-]{1,200}");
    private static final int VALUE_LENGTH_MAX = 16_384;

    /** Headers that say how the message is framed or where it goes; giving one of them is refused. */
    private static final Set<String> RESERVED = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "te",
            "trailer",
            "upgrade",
            "expect",
            "keep-alive",
            "accept-encoding",
            "proxy-authorization",
            "proxy-connection");

    /**
     * Copies the headers.
     *
     * @throws IllegalArgumentException if a method or header could not be sent as it is, in words for whoever wrote it
     */
    public OutboundRequest {
        if (!METHOD.matcher(method).matches()) {
            throw new IllegalArgumentException("the method is not a word in capitals");
        }
        Map<String, String> copied = new LinkedHashMap<>();
        headers.forEach((name, value) -> copied.put(requireName(name), requireValue(name, value)));
        headers = copied;
    }

    private static String requireName(String name) {
        if (!NAME.matcher(name).matches()) {
            throw new IllegalArgumentException("a header has a name that is none");
        }
        if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
            throw new IllegalArgumentException("the header '" + name + "' is set by the client alone");
        }
        return name;
    }

    private static String requireValue(String name, String value) {
        if (value.length() > VALUE_LENGTH_MAX) {
            throw new IllegalArgumentException("the header '" + name + "' is longer than " + VALUE_LENGTH_MAX);
        }
        for (int index = 0; index < value.length(); index++) {
            char letter = value.charAt(index);
            if (letter != '\t' && (letter < ' ' || letter > '~')) {
                throw new IllegalArgumentException(
                        "the header '" + name + "' has characters other than printable ASCII");
            }
        }
        return value;
    }
}
