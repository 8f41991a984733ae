package dev.gantry.server;

import ch.qos.logback.core.rolling.RollingPolicyBase;
import ch.qos.logback.core.rolling.RolloverFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * Puts a full log file aside as {@code NAME.1}, the one before as {@code NAME.2}, and so on; the oldest is replaced. Takes
 * the path as it is, unlike the policies of logback, to which some characters of a path mean something else.
 */
final class NumberedFiles extends RollingPolicyBase {
    private final Path file;
    private final int filesMax;

    /** For a file, of which {@code filesMax} are kept, the current one among them. */
    NumberedFiles(Path file, int filesMax) {
        this.file = file;
        this.filesMax = filesMax;
    }

    @Override
    public void rollover() throws RolloverFailure {
        try {
            for (int number = filesMax - 1; number > 1; number--) {
                if (Files.exists(numbered(number - 1))) {
                    Files.move(numbered(number - 1), numbered(number), StandardCopyOption.REPLACE_EXISTING);
                }
            }
            Files.move(file, numbered(1), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failed) {
            throw new RolloverFailure("The log file " + file + " cannot be put aside", failed);
        }
    }

    private Path numbered(int number) {
        return file.resolveSibling(file.getFileName() + "." + number);
    }

    @Override
    public String getActiveFileName() {
        return file.toString();
    }
}
