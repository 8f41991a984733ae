package dev.gantry.kernel;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** Why a file cannot be used, in words: the messages of these exceptions are often the file's name alone. */
public final class FileProblem {
    private FileProblem() {}

    /** Returns the reason, without the file's name. */
    public static String of(IOException failed) {
        return switch (failed) {
            case AccessDeniedException denied -> "permission denied";
            case NoSuchFileException absent -> "no such file or folder";
            case NotDirectoryException file -> "a file stands where a folder should be";
            case FileSystemException named when named.getReason() != null -> named.getReason();
            default -> failed.getMessage() == null ? failed.getClass().getSimpleName() : failed.getMessage();
        };
    }
}
