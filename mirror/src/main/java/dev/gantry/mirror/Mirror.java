package dev.gantry.mirror;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A registry that is mirrored.
 *
 * @param name the operator's own
 * @param organization whose registry it feeds
 */
public record Mirror(String name, UUID organization, MirrorSettings settings) {
    /** Returns a hash of the settings that decide which assets mean what. */
    String settingsHash() {
        return hash(String.join(
                "\n",
                settings.url(),
                settings.namespace().orElse(""),
                String.join(",", settings.namespaces()),
                settings.visibility().name(),
                Integer.toString(settings.historyMax())));
    }

    /** Returns SHA-256 of a text, in hexadecimal digits. */
    static String hash(String text) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
