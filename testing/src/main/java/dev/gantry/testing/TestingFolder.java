package dev.gantry.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import org.jspecify.annotations.Nullable;

/**
 * A new folder for what a test writes; closing it deletes it with all that is in it.
 *
 * @param path where it is
 */
public record TestingFolder(Path path) implements AutoCloseable {
    /** Makes a folder that only this user may enter, with a name that begins so. */
    public static TestingFolder create(String prefix) {
        try {
            return new TestingFolder(Files.createTempDirectory(prefix));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Deletes all. Programs that are ending may still write or delete there meanwhile. */
    @Override
    public void close() {
        Eventually.holds(path + " is deleted", () -> {
            try {
                Files.walkFileTree(path, new Deletion());
                return true;
            } catch (DirectoryNotEmptyException written) {
                return false;
            }
        });
    }

    private static final class Deletion extends SimpleFileVisitor<Path> {
        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
            Files.deleteIfExists(file);
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
            if (failure instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw failure;
        }

        @Override
        public FileVisitResult postVisitDirectory(Path directory, @Nullable IOException failure) throws IOException {
            if (failure != null && !(failure instanceof NoSuchFileException)) {
                throw failure;
            }
            Files.deleteIfExists(directory);
            return FileVisitResult.CONTINUE;
        }
    }
}
