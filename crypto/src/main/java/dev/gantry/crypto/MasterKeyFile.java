package dev.gantry.crypto;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Master keys in a file that only its owner may read: one key a line in Base64, the current one first; lines that begin
 * with {@code #} are comments. Whoever loses the file loses what is encrypted, so it belongs into the backup, apart from
 * the database.
 *
 * @param path the file
 */
public record MasterKeyFile(Path path) {
    private static final String EXPLANATION =
            "# Master keys of Gantry, the current one first. Without them the secrets in the database cannot be read.\n";

    /**
     * Reads the keys; makes a file with a new key when there is none.
     *
     * @throws GantryException {@link ErrorCode#INVALID_CONFIGURATION} if the file cannot be read, has no usable key, or
     *     may be read by others
     */
    public MasterKeys load() {
        try {
            if (Files.notExists(path)) {
                create(List.of(MasterKeys.generate()));
            }
            return MasterKeys.of(read());
        } catch (IOException failure) {
            throw unusable(failure);
        }
    }

    /** Returns whether there is a file. */
    boolean exists() {
        return !Files.notExists(path);
    }

    /** Replaces what is in the file. */
    void store(MasterKeys keys) {
        try {
            replace(keys.encoded());
        } catch (IOException failure) {
            throw unusable(failure);
        }
    }

    private List<Secret> read() throws IOException {
        Set<PosixFilePermission> others = EnumSet.copyOf(Files.getPosixFilePermissions(path));
        others.removeAll(Set.of(PosixFilePermission.OWNER_READ, PosixFilePermission.OWNER_WRITE));
        if (!others.isEmpty()) {
            throw new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    "The file " + path + " holds the master key and may be used by others (" + others
                            + "). Run: chmod 600 " + path);
        }
        return Files.readAllLines(path).stream()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .map(Secret::of)
                .toList();
    }

    /** Makes the file, unless somebody else has made it in the meantime: then that one counts. */
    private void create(List<Secret> keys) throws IOException {
        Path complete = write(keys);
        try {
            Files.createLink(path, complete);
        } catch (FileAlreadyExistsException somebodyWasFaster) {
            return;
        } finally {
            Files.delete(complete);
        }
        syncFolder();
    }

    private void replace(List<Secret> keys) throws IOException {
        Files.move(write(keys), path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        syncFolder();
    }

    private Path write(List<Secret> keys) throws IOException {
        StringBuilder text = new StringBuilder(EXPLANATION);
        keys.forEach(key -> text.append(key.reveal()).append('\n'));
        Path temporary = Files.createTempFile(
                path.toAbsolutePath().getParent(),
                "." + path.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(temporary, StandardOpenOption.WRITE)) {
            ByteBuffer bytes = StandardCharsets.US_ASCII.encode(text.toString());
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
        return temporary;
    }

    private void syncFolder() throws IOException {
        try (FileChannel folder = FileChannel.open(path.resolveSibling("."), StandardOpenOption.READ)) {
            folder.force(true);
        }
    }

    private GantryException unusable(IOException failure) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "The file of the master key cannot be used: " + failure.getMessage(),
                failure);
    }
}
