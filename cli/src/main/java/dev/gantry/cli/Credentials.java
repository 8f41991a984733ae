package dev.gantry.cli;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Properties;

/** What names a platform and lets commands in: its address, and the key that a local one leaves in its data folder. */
final class Credentials {
    private static final String FILE = "credentials";
    private static final String KEY = "api_key";

    private Credentials() {}

    /**
     * Reads the key of a local platform.
     *
     * @return empty if there is none, as when somebody took it away
     * @throws CommandFailure if the file may not be read
     */
    static Optional<Secret> key(Path dataDir) {
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
                    "Set GANTRY_API_KEY to use a key of your own");
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new CommandFailure("The credentials cannot be read: " + unreadable.getMessage(), file.toString());
        }
        String key = lines.getProperty(KEY, "");
        return key.isEmpty() ? Optional.empty() : Optional.of(Secret.of(key));
    }

    /**
     * Puts another key in place of the one in the file, which stays readable by its owner alone.
     *
     * @throws CommandFailure if the file cannot be written
     */
    static void replaceKey(Path dataDir, String key) {
        Path file = dataDir.resolve(FILE);
        try {
            List<String> lines = new ArrayList<>(Files.readAllLines(file));
            lines.replaceAll(line -> line.startsWith(KEY + "=") ? KEY + "=" + key : line);
            AtomicFile.write(file, String.join("\n", lines) + "\n");
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    "The new key could not be put into the credentials: " + unreadable.getMessage(), file.toString());
        }
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
