package dev.gantry.server;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * The file {@code server.pid} in the data directory, by which {@code gantry status} and {@code gantry down} find the
 * process: its id in the first line and, when it is ready, its address in the second.
 */
final class ProcessFile implements AutoCloseable {
    private static final String NAME = "server.pid";

    private final Path file;

    private ProcessFile(Path file) {
        this.file = file;
    }

    /**
     * Creates the data directory, for its owner alone, and the file in it.
     *
     * @throws GantryException if the directory cannot be written
     */
    static ProcessFile claim(Path dataDirectory) {
        try {
            if (!Files.isDirectory(dataDirectory)) {
                Files.createDirectories(dataDirectory);
            }
            ProcessFile claimed = new ProcessFile(dataDirectory.resolve(NAME));
            claimed.write(ProcessHandle.current().pid() + "\n");
            return claimed;
        } catch (IOException failure) {
            throw unusable(dataDirectory, failure);
        }
    }

    /** Notes that the node is ready. */
    void ready(String url) {
        try {
            write(ProcessHandle.current().pid() + "\n" + url + "\n");
        } catch (IOException failure) {
            throw unusable(file, failure);
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }

    private void write(String text) throws IOException {
        Path draft = Files.createTempFile(
                file.toAbsolutePath().getParent(),
                NAME,
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r--r--")));
        Files.writeString(draft, text);
        Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private static GantryException unusable(Path path, IOException failure) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "Cannot write " + path + ": " + failure.getMessage() + "; choose another place with --data-dir",
                failure);
    }
}
