package dev.gantry.cli;

import dev.gantry.kernel.FileProblem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Writes files that are never seen half written. */
final class AtomicFile {
    private AtomicFile() {}

    /**
     * Insists that a file can be written, as far as that shows beforehand: an answer that was paid for must not get lost.
     *
     * @throws CommandFailure if its folder is missing or closed to us, or it is a folder itself
     */
    static void requireWritable(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (Files.isDirectory(file)) {
            throw new CommandFailure(file + " is a folder", "Name a file in it");
        }
        if (folder != null && !Files.isDirectory(folder)) {
            throw new CommandFailure("There is no folder " + folder, "Nothing was sent");
        }
        if (folder != null && !Files.isWritable(Files.exists(file) && !Files.isRegularFile(file) ? file : folder)) {
            throw new CommandFailure("The folder " + folder + " may not be written to", "Nothing was sent");
        }
    }

    /**
     * Replaces a file in one step, or creates it. What is no regular file, such as a pipe or {@code /dev/stdout}, is
     * written to instead.
     *
     * @throws CommandFailure if that fails; the file is then as it was
     */
    static void write(Path file, String text) {
        try {
            Path target = Files.isSymbolicLink(file) ? file.toRealPath() : file.toAbsolutePath();
            if (Files.exists(target) && !Files.isRegularFile(target)) {
                Files.writeString(target, text);
                return;
            }
            // Not Files.createTempFile, whose files only their owner may read.
            Path draft = target.resolveSibling("." + target.getFileName() + "." + UUID.randomUUID() + ".part");
            try {
                Files.createFile(draft);
                if (Files.exists(target)) {
                    // Before there is anything to read in it.
                    Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(target));
                }
                Files.writeString(draft, text);
                Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        } catch (IOException failed) {
            throw new CommandFailure("The file cannot be written: " + FileProblem.of(failed), file.toString());
        }
    }
}
