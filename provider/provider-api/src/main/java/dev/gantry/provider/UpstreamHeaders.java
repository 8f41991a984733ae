package dev.gantry.provider;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Headers of a request, checked once and written many times. Immutable. */
public final class UpstreamHeaders {
    /** No headers. */
    public static final UpstreamHeaders NONE = new UpstreamHeaders(new CharSequence[0]);

    private static final Set<String> OF_CONNECTION = Set.of(
            "host",
            "connection",
            "content-length",
            "transfer-encoding",
            "keep-alive",
            "te",
            "trailer",
            "upgrade",
            "expect");
    private static final String TOKEN_MARKS = "!#$%&'*+-.^_`|~";

    private final CharSequence[] namesAndValues;

    private UpstreamHeaders(CharSequence[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    /**
     * Returns these headers and one more; a header of the same name is replaced.
     *
     * @throws IllegalArgumentException if the name or the value cannot stand in a header; the message does not hold the value
     */
    public UpstreamHeaders with(CharSequence name, String value) {
        if (!(name instanceof AsciiString) && !isToken(name)) {
            throw new IllegalArgumentException("A header has an impossible name");
        }
        if (!isValue(value)) {
            throw new IllegalArgumentException(
                    "The value of header '" + name + "' holds a character that none may hold");
        }
        CharSequence[] pairs = new CharSequence[namesAndValues.length + 2];
        int size = 0;
        for (int index = 0; index < namesAndValues.length; index += 2) {
            if (!AsciiString.contentEqualsIgnoreCase(namesAndValues[index], name)) {
                pairs[size++] = namesAndValues[index];
                pairs[size++] = namesAndValues[index + 1];
            }
        }
        pairs[size++] = name;
        pairs[size++] = value;
        return new UpstreamHeaders(size == pairs.length ? pairs : Arrays.copyOf(pairs, size));
    }

    /** Returns these headers and one more, or only these when {@code value} is null or cannot stand in a header. */
    public UpstreamHeaders withOptional(CharSequence name, @Nullable String value) {
        return value == null || !isValue(value) ? this : with(name, value);
    }

    /** Returns these headers and others, which go before in case of a conflict. */
    public UpstreamHeaders withAll(Map<String, String> headers) {
        UpstreamHeaders all = this;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            all = all.with(header.getKey(), header.getValue());
        }
        return all;
    }

    /**
     * Returns these headers and those that a client sent, as far as they do not stand here already, can stand in a header
     * at all, and do not describe the connection.
     */
    public UpstreamHeaders withClients(Map<String, String> headers) {
        UpstreamHeaders all = this;
        for (Map.Entry<String, String> header : headers.entrySet()) {
            String name = header.getKey();
            if (isToken(name) && !OF_CONNECTION.contains(name.toLowerCase(Locale.ROOT)) && !has(name)) {
                all = all.withOptional(name, header.getValue());
            }
        }
        return all;
    }

    private boolean has(String name) {
        for (int index = 0; index < namesAndValues.length; index += 2) {
            if (AsciiString.contentEqualsIgnoreCase(namesAndValues[index], name)) {
                return true;
            }
        }
        return false;
    }

    /** Writes them. */
    void addTo(MultiMap headers) {
        for (int index = 0; index < namesAndValues.length; index += 2) {
            headers.add(namesAndValues[index], namesAndValues[index + 1]);
        }
    }

    /** RFC 9110, section 5.6.2. */
    private static boolean isToken(CharSequence name) {
        for (int index = 0; index < name.length(); index++) {
            char character = name.charAt(index);
            boolean alphanumeric = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9');
            if (!alphanumeric && TOKEN_MARKS.indexOf(character) < 0) {
                return false;
            }
        }
        return name.length() > 0;
    }

    /** RFC 9110, section 5.5, without the obsolete bytes above ASCII. */
    private static boolean isValue(String value) {
        for (int index = 0; index < value.length(); index++) {
            char character = value.charAt(index);
            if ((character < ' ' && character != '\t') || character > '~') {
                return false;
            }
        }
        return true;
    }
}
