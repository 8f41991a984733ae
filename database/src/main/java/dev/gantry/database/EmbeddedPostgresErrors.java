package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.util.List;

/** Turns what went wrong around the embedded server into a message that says what to do. */
final class EmbeddedPostgresErrors {
    private static final String DISK_FULL = "No space left on device";

    private EmbeddedPostgresErrors() {}

    /** A failure of the file system. */
    static GantryException io(String what, IOException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains(DISK_FULL)) {
            return diskFull(what);
        }
        if (failure instanceof AccessDeniedException
                || (failure instanceof FileSystemException
                        && (message.contains("Read-only file system") || message.contains("Permission denied")))) {
            return new GantryException(
                    ErrorCode.INVALID_CONFIGURATION,
                    what + ": " + message + " is not writable for user '" + System.getProperty("user.name")
                            + "'. Give that user the rights or choose another data directory.",
                    failure);
        }
        return new GantryException(ErrorCode.DATABASE_UNAVAILABLE, what + ": " + message, failure);
    }

    /** The server or initdb ended; {@code lastWords} is what it printed. */
    static GantryException ended(String what, List<String> lastWords) {
        String output = String.join("\n", lastWords).strip();
        if (output.contains(DISK_FULL)) {
            return diskFull(what);
        }
        return new GantryException(
                ErrorCode.DATABASE_UNAVAILABLE, what + (output.isEmpty() ? "." : ". It said:\n" + output));
    }

    private static GantryException diskFull(String what) {
        return new GantryException(
                ErrorCode.DATABASE_UNAVAILABLE, what + ": the disk is full. Free some space and start again.");
    }
}
