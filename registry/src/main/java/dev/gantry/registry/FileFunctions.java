package dev.gantry.registry;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code plugin:file}: regular files below the directories that the operator named. What counts is where a path really
 * leads after all symbolic links; outside of the allowed directories every path gets the same answer, whether it exists
 * or not.
 */
final class FileFunctions {
    private static final Pattern TAIL = Pattern.compile("(.+)\\|(\\d{1,6})", Pattern.DOTALL);

    private final List<Path> allowed;
    private final long bytesMax;

    FileFunctions(TemplateSettings settings) {
        this.allowed = settings.allowedPaths();
        this.bytesMax = settings.resultSizeMax().bytes();
    }

    String call(String operation, String argument) {
        String function = "plugin:file:" + operation;
        if (!operation.equals("tail")) {
            return onFile(function, operation, argument.strip(), 0);
        }
        Matcher matcher = TAIL.matcher(argument.strip());
        if (!matcher.matches() || matcher.group(2).matches("0+")) {
            throw TemplateFunctions.badArgument(function, "write the path, '|' and a number of lines");
        }
        return onFile(function, operation, matcher.group(1).strip(), Integer.parseInt(matcher.group(2)));
    }

    private String onFile(String function, String operation, String written, int lines) {
        Path path = requested(function, written);
        Path real = realPath(path);
        if (real == null) {
            return absent(function, operation, path, written);
        }
        if (!isAllowed(real)) {
            throw denied(function, written);
        }
        try {
            return switch (operation) {
                case "exists" -> "true";
                case "size" -> Long.toString(Files.size(real));
                case "modified" ->
                    Files.getLastModifiedTime(real)
                            .toInstant()
                            .truncatedTo(ChronoUnit.SECONDS)
                            .atOffset(ZoneOffset.UTC)
                            .format(DateTimeFormatter.ISO_OFFSET_DATE_TIME);
                case "read" -> read(function, real, written);
                default -> lastLines(read(function, real, written), lines);
            };
        } catch (IOException failed) {
            throw new GantryException(
                    ErrorCode.TEMPLATE_FAILED, function + ": '" + shown(written) + "' cannot be read", failed);
        }
    }

    private static Path requested(String function, String written) {
        try {
            Path path = Path.of(written);
            if (path.isAbsolute()) {
                return path;
            }
        } catch (InvalidPathException impossible) {
            throw TemplateFunctions.badArgument(function, "'" + shown(written) + "' cannot be a path");
        }
        throw TemplateFunctions.badArgument(function, "the path must be absolute");
    }

    /** Returns where a path leads after all links, or null if it leads nowhere. */
    private static @Nullable Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException absentOrUnreadable) {
            return null;
        }
    }

    private boolean isAllowed(Path real) {
        for (Path directory : allowed) {
            Path root = realPath(directory.toAbsolutePath());
            if (root != null && real.startsWith(root)) {
                return true;
            }
        }
        return false;
    }

    /** Says that a file does not exist, but only where the nearest directory that does exist is an allowed one. */
    private String absent(String function, String operation, Path path, String written) {
        Path ancestor = path.normalize().getParent();
        Path real = null;
        while (ancestor != null && real == null) {
            real = realPath(ancestor);
            ancestor = ancestor.getParent();
        }
        if (real == null || !isAllowed(real)) {
            throw denied(function, written);
        }
        if (operation.equals("exists")) {
            return "false";
        }
        throw new GantryException(ErrorCode.TEMPLATE_FAILED, function + ": there is no file '" + shown(written) + "'");
    }

    private String read(String function, Path real, String written) throws IOException {
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw new GantryException(ErrorCode.TEMPLATE_FAILED, function + ": '" + shown(written) + "' is not a file");
        }
        try (InputStream stream = Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS)) {
            byte[] bytes = stream.readNBytes(Math.toIntExact(bytesMax + 1));
            if (bytes.length > bytesMax) {
                throw new GantryException(
                        ErrorCode.TEMPLATE_FAILED,
                        function + ": '" + shown(written) + "' is larger than " + bytesMax + " bytes");
            }
            return new String(bytes, StandardCharsets.UTF_8);
        }
    }

    private static String lastLines(String text, int count) {
        Deque<String> last = new ArrayDeque<>();
        text.lines().forEach(line -> {
            if (last.size() == count) {
                last.removeFirst();
            }
            last.addLast(line);
        });
        return String.join("\n", last);
    }

    private static GantryException denied(String function, String written) {
        return new GantryException(
                ErrorCode.TEMPLATE_ACCESS_DENIED,
                function + ": the operator does not allow templates to read '" + shown(written)
                        + "' (setting patterns.templates.allowed_paths)");
    }

    private static String shown(String written) {
        return Text.shorten(written, 120);
    }
}
