package dev.gantry.provider;

import java.nio.charset.StandardCharsets;

/** Writes names into paths. */
public final class PathSegment {
    private static final String PLAIN = "-._~";

    private PathSegment() {}

    /**
     * Returns a name as one segment of a path: everything but letters, digits and {@code -._~} is encoded (RFC 3986), so that
     * no name reaches another path.
     */
    public static String of(String name) {
        StringBuilder segment = new StringBuilder(name.length() + 16);
        for (byte octet : name.getBytes(StandardCharsets.UTF_8)) {
            char character = (char) (octet & 0xff);
            boolean plain = (character >= 'a' && character <= 'z')
                    || (character >= 'A' && character <= 'Z')
                    || (character >= '0' && character <= '9')
                    || PLAIN.indexOf(character) >= 0;
            if (plain) {
                segment.append(character);
            } else {
                segment.append('%')
                        .append(Character.toUpperCase(Character.forDigit(character >> 4, 16)))
                        .append(Character.toUpperCase(Character.forDigit(character & 0xf, 16)));
            }
        }
        return segment.toString();
    }
}
