package dev.gantry.accounts;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import java.util.zip.GZIPInputStream;

/**
 * The list of common passwords, in lower case, one a line. It is read anew for each question, a few milliseconds, because
 * passwords are chosen rarely and the list would take megabytes for ever.
 */
final class CommonPasswords {
    private static final String LIST = "common-passwords.txt.gz";

    private CommonPasswords() {}

    /** Returns which of some texts are on the list. */
    static Set<String> among(Collection<String> texts) {
        Set<String> wanted = new HashSet<>(texts);
        Set<String> found = new HashSet<>();
        try (InputStream resource = CommonPasswords.class.getResourceAsStream(LIST)) {
            if (resource == null) {
                throw new IllegalStateException("The list of common passwords is missing");
            }
            BufferedReader lines = new BufferedReader(
                    new InputStreamReader(new GZIPInputStream(resource, 1 << 16), StandardCharsets.US_ASCII));
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (wanted.contains(line)) {
                    found.add(line);
                }
            }
            return found;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
