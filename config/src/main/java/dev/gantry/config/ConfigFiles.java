package dev.gantry.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * The YAML files of a configuration directory: every {@code *.yaml} and {@code *.yml} directly in it that is not hidden, and
 * {@code .fabric/config.yaml}. Their names are the operator's own; what they may say is decided by their keys.
 */
final class ConfigFiles {
    /** Largest file. */
    static final int BYTES_MAX = 1 << 20;

    private static final int FILES_MAX = 100;

    /** Where Fabric has the settings of a library. */
    private static final Path FABRIC = Path.of(".fabric", "config.yaml");

    private ConfigFiles() {}

    /** Returns the files sorted by name. */
    static List<Path> list(Path directory) throws UnusableFileException {
        if (Files.exists(directory) && !Files.isDirectory(directory)) {
            throw new UnusableFileException(whole(directory), "is a file; name the directory that contains it");
        }
        try (Stream<Path> entries = Files.list(directory)) {
            Path fabric = directory.resolve(FABRIC);
            Stream<Path> more = Files.exists(fabric) ? Stream.of(fabric) : Stream.empty();
            List<Path> files = Stream.concat(entries.filter(ConfigFiles::isOurs), more)
                    .sorted()
                    .limit(FILES_MAX + 1L)
                    .toList();
            if (files.size() > FILES_MAX) {
                throw new UnusableFileException(whole(directory), "holds more than " + FILES_MAX + " YAML files");
            }
            return files;
        } catch (IOException failed) {
            throw new UnusableFileException(whole(directory), "cannot be read: " + reason(failed));
        }
    }

    private static boolean isOurs(Path file) {
        String name = String.valueOf(file.getFileName());
        return !name.startsWith(".") && (name.endsWith(".yaml") || name.endsWith(".yml"));
    }

    /** Returns a file's text: UTF-8, without a byte order mark. */
    static String text(Path file) throws UnusableFileException {
        byte[] bytes = bytes(file, BYTES_MAX);
        if (startsWith(bytes, 0xFE, 0xFF) || startsWith(bytes, 0xFF, 0xFE)) {
            throw new UnusableFileException(at(file, 1), "is UTF-16; save it as UTF-8");
        }
        int start = startsWith(bytes, 0xEF, 0xBB, 0xBF) ? 3 : 0;
        return decode(file, ByteBuffer.wrap(bytes, start, bytes.length - start));
    }

    /** Returns a file's bytes; refuses what is not a regular file, since reading a pipe could wait for ever. */
    static byte[] bytes(Path file, int bytesMax) throws UnusableFileException {
        try {
            if (Files.isDirectory(file)) {
                throw new UnusableFileException(whole(file), "is a directory where a file should be");
            }
            if (Files.exists(file) && !Files.isRegularFile(file)) {
                throw new UnusableFileException(whole(file), "is not a regular file");
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(bytesMax + 1);
                if (bytes.length > bytesMax) {
                    throw new UnusableFileException(whole(file), "is larger than " + new DataSize(bytesMax));
                }
                return bytes;
            }
        } catch (IOException failed) {
            throw new UnusableFileException(whole(file), "cannot be read: " + reason(failed));
        }
    }

    private static String decode(Path file, ByteBuffer bytes) throws UnusableFileException {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        CharBuffer text = CharBuffer.allocate(bytes.remaining());
        if (decoder.decode(bytes, text, true).isError()) {
            int line = 1;
            for (int index = 0; index < bytes.position(); index++) {
                if (bytes.get(index) == '\n') {
                    line++;
                }
            }
            throw new UnusableFileException(at(file, line), "is not valid UTF-8; save the file as UTF-8");
        }
        return text.flip().toString();
    }

    private static boolean startsWith(byte[] bytes, int... prefix) {
        if (bytes.length < prefix.length) {
            return false;
        }
        for (int index = 0; index < prefix.length; index++) {
            if ((bytes[index] & 0xFF) != prefix[index]) {
                return false;
            }
        }
        return true;
    }

    private static Origin.InFile whole(Path file) {
        return at(file, 0);
    }

    private static Origin.InFile at(Path file, int line) {
        return new Origin.InFile(file, line, 0);
    }

    /** The failure in words that do not repeat the file's name. */
    private static String reason(IOException failed) {
        return switch (failed) {
            case AccessDeniedException _ -> "permission denied";
            case NoSuchFileException _ -> "it does not exist";
            case FileSystemException other when other.getReason() != null -> other.getReason();
            default -> failed.getClass().getSimpleName();
        };
    }
}
