package dev.gantry.gitsync;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * A repository that assets are taken from.
 *
 * @param name the operator's own
 * @param organization whose registry it feeds
 */
public record GitSource(String name, UUID organization, GitSourceSettings settings) {
    /** Returns a hash of the settings that decide which files mean what. */
    String settingsHash() {
        String text = String.join(
                "\n",
                settings.repository(),
                settings.branch(),
                settings.layout().name(),
                settings.namespace(),
                String.join(",", settings.namespaces()),
                settings.directory().orElse(""),
                settings.signatures().name(),
                settings.brokenFiles().name());
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash, 0, 16);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java platform has SHA-256", impossible);
        }
    }
}
