package dev.gantry.cli;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * The files of a library that mean something: {@code patterns/NAME/system.md}, {@code contexts/NAME},
 * {@code strategies/NAME.json}, {@code workflows/NAME.yaml}, {@code sessions/NAME.json}; or all these below a directory for
 * each namespace.
 *
 * @param files in the order of their paths
 * @param skipped what was left out, with the reason
 */
record LibraryFiles(List<LibraryFile> files, List<String> skipped) {
    private static final long FILE_BYTES_MAX = 1024 * 1024;
    private static final int FILES_MAX = 20_000;
    private static final int DEPTH_MAX = 32;

    /** Files of one request. */
    private static final int PART_FILES_MAX = 1_000;

    LibraryFiles {
        files = List.copyOf(files);
        skipped = List.copyOf(skipped);
    }

    /**
     * A file as it is sent.
     *
     * @param path relative to the library, with forward slashes
     */
    record LibraryFile(String path, String content) {}

    /**
     * Reads a library.
     *
     * @param folder the library, its {@code patterns} folder, or Fabric's repository, which keeps it in {@code data}
     * @throws CommandFailure if there is nothing to import in it
     */
    static LibraryFiles readFabric(Path folder) {
        requireFolder(folder);
        for (Path root : List.of(folder, folder.resolve("data"))) {
            if (Files.isDirectory(root.resolve("patterns"))) {
                return readAll(root, "", LibraryFiles::isOfFabric);
            }
        }
        LibraryFiles library = readAll(folder, "patterns/", LibraryFiles::isOfFabric);
        if (library.files().isEmpty()) {
            throw new CommandFailure(
                    "There is no pattern in " + folder,
                    "A Fabric library has patterns/NAME/system.md; fabric keeps its own in ~/.config/fabric");
        }
        return library;
    }

    /**
     * Reads a library that has a directory for each namespace.
     *
     * @throws CommandFailure if there is nothing to import in it
     */
    static LibraryFiles readNamespaces(Path folder) {
        requireFolder(folder);
        LibraryFiles library = readAll(folder, "", LibraryFiles::isOfNamespace);
        if (library.files().isEmpty()) {
            throw new CommandFailure(
                    "There is nothing to import in " + folder,
                    "It needs directories such as shared/patterns/NAME/system.md or team-a/workflows/NAME.yaml");
        }
        return library;
    }

    private static void requireFolder(Path folder) {
        if (!Files.isDirectory(folder)) {
            throw new CommandFailure("There is no folder " + folder);
        }
    }

    private static LibraryFiles readAll(Path root, String prefix, Predicate<String> means) {
        List<LibraryFile> files = new ArrayList<>();
        List<String> skipped = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(root, DEPTH_MAX)) {
            for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
                if (root.relativize(path).getNameCount() == DEPTH_MAX && Files.isDirectory(path)) {
                    skipped.add(root.relativize(path) + ": more than " + DEPTH_MAX + " directories deep");
                }
                String name = prefix + root.relativize(path).toString().replace('\\', '/');
                if (!hidden(name) && means.test(name) && Files.isRegularFile(path)) {
                    add(path, name, files, skipped);
                }
            }
        } catch (IOException failed) {
            throw new CommandFailure("The library cannot be read: " + failed.getMessage(), root.toString());
        }
        return new LibraryFiles(files, skipped);
    }

    private static boolean hidden(String name) {
        return name.startsWith(".") || name.contains("/.");
    }

    /** Whether a file of a Fabric library means something. */
    private static boolean isOfFabric(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return (name.startsWith("patterns/") && isPattern(last))
                || name.startsWith("contexts/")
                || ((name.startsWith("strategies/") || name.startsWith("sessions/")) && last.endsWith(".json"))
                || ((name.startsWith("workflows/") || name.startsWith("stitches/")) && isWorkflow(last));
    }

    /** Whether a file may mean something below a namespace's directory; the platform knows. */
    private static boolean isOfNamespace(String name) {
        String last = name.substring(name.lastIndexOf('/') + 1);
        return name.indexOf('/') > 0 && (isPattern(last) || isWorkflow(last) || name.contains("contexts/"));
    }

    private static boolean isPattern(String file) {
        return file.toLowerCase(Locale.ROOT).equals("system.md");
    }

    private static boolean isWorkflow(String file) {
        return file.endsWith(".yaml") || file.endsWith(".yml") || file.endsWith(".json");
    }

    private static void add(Path path, String name, List<LibraryFile> files, List<String> skipped) throws IOException {
        if (Files.size(path) > FILE_BYTES_MAX) {
            skipped.add(name + ": larger than " + Format.bytes(FILE_BYTES_MAX));
        } else if (files.size() >= FILES_MAX) {
            throw new CommandFailure("The library has more than " + Format.count(FILES_MAX) + " files");
        } else {
            try {
                files.add(new LibraryFile(name, Files.readString(path)));
            } catch (CharacterCodingException binary) {
                skipped.add(name + ": not text in UTF-8");
            }
        }
    }

    /** Splits the files into parts for one request each. */
    List<List<LibraryFile>> parts(long charsMax) {
        List<List<LibraryFile>> parts = new ArrayList<>();
        List<LibraryFile> part = new ArrayList<>();
        long chars = 0;
        for (LibraryFile file : files) {
            if (part.size() >= PART_FILES_MAX
                    || (!part.isEmpty() && chars + file.content().length() > charsMax)) {
                parts.add(part);
                part = new ArrayList<>();
                chars = 0;
            }
            part.add(file);
            chars += file.content().length();
        }
        if (!part.isEmpty()) {
            parts.add(part);
        }
        return parts;
    }
}
