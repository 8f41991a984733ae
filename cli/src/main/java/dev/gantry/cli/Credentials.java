package dev.gantry.cli;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * Address and key of a platform, as it writes them into its data folder for the commands on the same machine.
 *
 * @param key null when the file has none
 */
record Credentials(URI url, @Nullable Secret key) {
    static final String FILE = "credentials";

    /**
     * Reads the file of a data folder.
     *
     * @return empty if there is none
     * @throws CommandFailure if it may not be read or says nothing usable
     */
    static Optional<Credentials> read(Path dataDir) {
        Path file = dataDir.resolve(FILE);
        Properties lines = new Properties();
        try (var reader = Files.newBufferedReader(file)) {
            lines.load(reader);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (AccessDeniedException denied) {
            throw new CommandFailure(
                    "The key of the local platform may be read only by the user who started it",
                    file.toString(),
                    "Set GANTRY_URL and GANTRY_API_KEY to use a key of your own");
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new CommandFailure("The credentials cannot be read: " + unreadable.getMessage(), file.toString());
        }
        String url = lines.getProperty("url", "");
        if (url.isEmpty()) {
            throw new CommandFailure("The credentials name no url", file.toString(), "gantry up writes them anew");
        }
        String key = lines.getProperty("api_key", "");
        return Optional.of(new Credentials(address(url, file.toString()), key.isEmpty() ? null : Secret.of(key)));
    }

    /**
     * Reads the address of a platform.
     *
     * @param where names the place it was written at, for the message
     */
    static URI address(String text, String where) {
        try {
            URI url = URI.create(text.strip());
            if (url.getHost() != null && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
                return url;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below, with the other addresses that are none.
        }
        throw new CommandFailure(
                "'" + text + "' is not the address of a platform, such as http://127.0.0.1:7420", where);
    }
}
