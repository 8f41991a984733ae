package dev.gantry.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.FileProblem;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Locale;
import java.util.Optional;

/**
 * The sessions that {@code gantry login} began, one for each platform, in a file that its owner alone may read:
 * {@code $XDG_CONFIG_HOME/gantry/logins}, otherwise {@code ~/.config/gantry/logins}.
 */
final class Logins {
    private final Path file;

    Logins(Context context) {
        Path home = context.variable("XDG_CONFIG_HOME")
                .map(Path::of)
                .orElseGet(() -> context.variable("HOME")
                        .map(Path::of)
                        .orElse(Path.of(System.getProperty("user.home", ".")))
                        .resolve(".config"));
        this.file = home.resolve("gantry").resolve("logins");
    }

    /** Returns the token for a platform; empty if nobody logged in there. */
    Optional<Secret> token(URI url) {
        String token = read().path(name(url)).asText("");
        return token.isEmpty() ? Optional.empty() : Optional.of(Secret.of(token));
    }

    /** Keeps a token in the place of the one before. */
    void keep(URI url, Secret token) {
        write(read().put(name(url), token.reveal()));
    }

    /** Forgets the token for a platform. */
    void forget(URI url) {
        ObjectNode logins = read();
        if (logins.remove(name(url)) != null) {
            write(logins);
        }
    }

    /** Returns what a platform's token is kept under: scheme, host and port of its address. */
    static String name(URI url) {
        String host = url.getHost().toLowerCase(Locale.ROOT);
        return url.getScheme() + "://" + host + (url.getPort() < 0 ? "" : ":" + url.getPort());
    }

    private ObjectNode read() {
        try {
            if (Json.read(Files.readAllBytes(file)) instanceof ObjectNode logins) {
                return logins;
            }
        } catch (NoSuchFileException absent) {
            return Json.object();
        } catch (IOException | GantryException unreadable) {
            throw new CommandFailure(
                    "The file of logins cannot be read: " + unreadable.getMessage(),
                    file.toString(),
                    "Remove it, and log in again");
        }
        throw new CommandFailure("The file of logins is damaged", file.toString(), "Remove it, and log in again");
    }

    private void write(ObjectNode logins) {
        try {
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null) {
                Files.createDirectories(
                        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            }
            if (!Files.exists(file)) {
                Files.createFile(
                        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            }
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        } catch (IOException failed) {
            throw new CommandFailure("The login cannot be kept: " + FileProblem.of(failed), file.toString());
        }
        AtomicFile.write(file, new String(Json.write(logins), StandardCharsets.UTF_8) + "\n");
    }
}
