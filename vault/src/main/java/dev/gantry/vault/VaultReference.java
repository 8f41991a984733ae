package dev.gantry.vault;

import dev.gantry.config.UnavailableSecretException;
import dev.gantry.kernel.Text;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A place in Vault.
 *
 * @param path as Vault's API has it, after {@code /v1/}
 * @param field of the secret there; null for its only one, or the one that is called {@code value}
 */
record VaultReference(String path, @Nullable String field) {
    private static final Pattern PATH = Pattern.compile("[^/#?\\p{Cntrl}]+(/[^/#?\\p{Cntrl}]+)+");
    private static final int LENGTH_MAX = 512;

    /**
     * Reads a path, or one of our names for it, with or without a field after a number sign.
     *
     * @param names paths by their names
     * @throws UnavailableSecretException if it is none of these
     */
    static VaultReference parse(String text, Map<String, String> names) throws UnavailableSecretException {
        int mark = text.indexOf('#');
        String place = mark < 0 ? text : text.substring(0, mark);
        String field = mark < 0 ? null : text.substring(mark + 1);
        if (field != null && (field.isEmpty() || field.indexOf('#') >= 0 || field.length() > LENGTH_MAX)) {
            throw new UnavailableSecretException(
                    "a reference to Vault reads path#field, such as secret/data/gantry#key");
        }
        String path = names.get(place);
        if (path == null && place.indexOf('/') < 0) {
            throw new UnavailableSecretException("'" + Text.shorten(place, 60)
                    + "' is no name of secret_management.secrets, and no path such as secret/data/gantry"
                    + Text.didYouMean(place, names.keySet()));
        }
        try {
            requirePath(path == null ? place : path);
        } catch (IllegalArgumentException malformed) {
            throw new UnavailableSecretException(String.valueOf(malformed.getMessage()));
        }
        return new VaultReference(path == null ? place : path, field);
    }

    /** Refuses what is no path within Vault, by an {@code IllegalArgumentException}. */
    static void requirePath(String path) {
        boolean climbs = path.startsWith("./") || path.contains("/./") || path.contains("../") || path.endsWith("/..");
        if (path.length() > LENGTH_MAX || climbs || !PATH.matcher(path).matches() || path.startsWith("v1/")) {
            throw new IllegalArgumentException("'" + Text.shorten(path, 60)
                    + "' is no path in Vault; write it as in secret/data/gantry, without /v1/ before it");
        }
    }
}
