package dev.gantry.server;

import ch.qos.logback.classic.Level;
import dev.gantry.config.DataSize;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What the environment says about logging, which is there before the configuration is read.
 *
 * @param level {@code GANTRY_LOG_LEVEL}
 * @param file {@code GANTRY_LOG_FILE}; empty to log to standard output
 * @param fileSizeMax {@code GANTRY_LOG_FILE_SIZE}: a file that has grown to this size is put aside
 * @param filesMax {@code GANTRY_LOG_FILES}: how many files are kept, with the one that is written to
 */
record LogOptions(Level level, Optional<Path> file, DataSize fileSizeMax, int filesMax) {
    private static final List<String> LEVELS = List.of("error", "warn", "info", "debug", "trace", "off");
    private static final DataSize SIZE_LEAST = new DataSize(1_024);

    private static final int FILES_LEAST = 2;

    /** As many as the appender renames at the most. */
    private static final int FILES_MOST = 20;

    /**
     * Reads the variables.
     *
     * @throws GantryException if one has a value that cannot be
     */
    static LogOptions of(Map<String, String> environment) {
        return new LogOptions(
                level(environment.getOrDefault("GANTRY_LOG_LEVEL", "")),
                file(environment.getOrDefault("GANTRY_LOG_FILE", "")),
                size(environment.getOrDefault("GANTRY_LOG_FILE_SIZE", "")),
                count(environment.getOrDefault("GANTRY_LOG_FILES", "")));
    }

    /** What counts when the environment cannot be read: the start is refused then, and says so on standard output. */
    static LogOptions standard() {
        return of(Map.of());
    }

    private static Level level(String text) {
        if (text.isBlank()) {
            return Level.INFO;
        }
        if (!LEVELS.contains(text.strip().toLowerCase(Locale.ROOT))) {
            throw wrong("GANTRY_LOG_LEVEL", text, "one of " + String.join(", ", LEVELS));
        }
        return Level.toLevel(text.strip().toUpperCase(Locale.ROOT));
    }

    private static Optional<Path> file(String text) {
        try {
            return text.isBlank()
                    ? Optional.empty()
                    : Optional.of(Path.of(text).toAbsolutePath().normalize());
        } catch (InvalidPathException invalid) {
            throw wrong("GANTRY_LOG_FILE", text, "a file's path");
        }
    }

    private static DataSize size(String text) {
        if (text.isBlank()) {
            return new DataSize(10L << 20);
        }
        try {
            DataSize size = DataSize.parse(text.strip());
            if (size.compareTo(SIZE_LEAST) >= 0) {
                return size;
            }
        } catch (IllegalArgumentException malformed) {
            // Reported below, with the sizes that are too small.
        }
        throw wrong("GANTRY_LOG_FILE_SIZE", text, "a size of at least " + SIZE_LEAST + ", such as 10Mi");
    }

    private static int count(String text) {
        if (text.isBlank()) {
            return 5;
        }
        try {
            int count = Integer.parseInt(text.strip());
            if (count >= FILES_LEAST && count <= FILES_MOST) {
                return count;
            }
        } catch (NumberFormatException malformed) {
            // Reported below, with the numbers out of range.
        }
        throw wrong("GANTRY_LOG_FILES", text, "a whole number from " + FILES_LEAST + " to " + FILES_MOST);
    }

    private static GantryException wrong(String variable, String text, String expected) {
        return new GantryException(
                ErrorCode.INVALID_CONFIGURATION,
                "The environment variable " + variable + " is '" + text + "', but must be " + expected);
    }
}
