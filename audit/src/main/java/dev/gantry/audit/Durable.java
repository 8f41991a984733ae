package dev.gantry.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;

/** Files that are still there after a power cut. */
final class Durable {
    private Durable() {}

    /** Makes the names in a folder durable. */
    static void syncFolder(Path folder) throws IOException {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Makes a file that only its owner may read, whole or not at all. If somebody else made it meanwhile, theirs stays. */
    static void create(Path file, byte[] content) throws IOException {
        Path folder = folder(file);
        Path complete = Files.createTempFile(
                folder,
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(complete, StandardOpenOption.WRITE)) {
            write(channel, ByteBuffer.wrap(content));
            channel.force(true);
            Files.createLink(file, complete);
        } catch (FileAlreadyExistsException theirs) {
            // It is as good as ours.
        } finally {
            Files.delete(complete);
        }
        syncFolder(folder);
    }

    /** Replaces a file in one step; only its owner may read it. */
    static void replace(Path file, byte[] content) throws IOException {
        Path folder = folder(file);
        Path complete = Files.createTempFile(
                folder,
                "." + file.getFileName(),
                ".new",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try (FileChannel channel = FileChannel.open(complete, StandardOpenOption.WRITE)) {
            write(channel, ByteBuffer.wrap(content));
            channel.force(true);
            Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(complete);
        }
        syncFolder(folder);
    }

    /** Returns the folder that a file is in. */
    static Path folder(Path file) {
        return Objects.requireNonNull(file.toAbsolutePath().getParent(), "a file is in a folder");
    }

    /** Writes all bytes. */
    static void write(FileChannel channel, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }
}
