package dev.gantry.identity;

import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The file {@code credentials} in the data directory, with which commands on the same machine reach the platform: lines
 * {@code name=value}, of which {@code url} and {@code api_key} have a meaning; {@code #} begins a comment. Only its owner
 * may read it (mode 0600), and it is replaced as a whole, so that a reader sees the old one or the new one.
 *
 * @param url where the platform answers; null when no server wrote that yet
 * @param apiKey the key; null when the file has none
 */
public record CredentialsFile(
        @Nullable String url, @Nullable Secret apiKey) {
    /** The file's name. */
    public static final String NAME = "credentials";

    private static final int LENGTH_MAX = 64 * 1024;

    /**
     * Reads the file of a data directory; empty when there is none, or none that we could have written.
     *
     * @throws IOException if it is there and cannot be read
     */
    public static Optional<CredentialsFile> read(Path dataDirectory) throws IOException {
        Path file = dataDirectory.resolve(NAME);
        try {
            if (Files.size(file) > LENGTH_MAX) {
                return Optional.empty();
            }
            String url = null;
            Secret key = null;
            for (String line : Files.readAllLines(file, StandardCharsets.UTF_8)) {
                int equals = line.indexOf('=');
                String name = equals < 0 ? "" : line.substring(0, equals).strip();
                String value = line.substring(equals + 1).strip();
                if (name.equals("url")) {
                    url = value;
                } else if (name.equals("api_key")) {
                    key = Secret.of(value);
                }
            }
            return Optional.of(new CredentialsFile(url, key));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (MalformedInputException damaged) {
            return Optional.empty();
        }
    }

    /**
     * Writes the file of a data directory, which must exist.
     *
     * @throws IOException if that fails; the old file is still there then
     */
    public void write(Path dataDirectory) throws IOException {
        List<String> lines = new ArrayList<>();
        lines.add("# How commands on this machine reach Gantry. Whoever reads this file acts as its administrator.");
        if (url != null) {
            lines.add("url=" + url);
        }
        if (apiKey != null) {
            lines.add("api_key=" + apiKey.reveal());
        }
        byte[] bytes = (String.join("\n", lines) + "\n").getBytes(StandardCharsets.UTF_8);
        Path draft = Files.createTempFile(
                dataDirectory,
                "." + NAME + "-",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            try (FileChannel channel = FileChannel.open(draft, StandardOpenOption.WRITE)) {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                while (buffer.hasRemaining()) {
                    channel.write(buffer);
                }
                channel.force(true);
            }
            Files.move(
                    draft,
                    dataDirectory.resolve(NAME),
                    StandardCopyOption.ATOMIC_MOVE,
                    StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
