package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The patterns and strategies that come with the product, from its own files. They are looked up after {@code shared} and
 * never copied into an organization: an update of the product brings better ones to everybody, and whoever wants their
 * own puts one of the same name into {@code shared} or their namespace, which no update touches.
 *
 * <p>Immutable.
 */
final class Builtins {
    static final String AUTHOR = "gantry";

    private static final long BYTES_MAX = 1024 * 1024;

    private final Map<AssetKind, NavigableMap<String, AssetVersion>> assets = new EnumMap<>(AssetKind.class);

    private Builtins() {
        for (AssetKind kind : AssetKind.values()) {
            assets.put(kind, new TreeMap<>());
        }
    }

    /** Reads those of this version of the product. */
    static Builtins load() {
        try {
            Path location = Path.of(Builtins.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isDirectory(location)) {
                return read(location);
            }
            try (FileSystem archive = FileSystems.newFileSystem(location)) {
                return read(archive.getPath("/"));
            }
        } catch (IOException | URISyntaxException unreadable) {
            throw new GantryException(ErrorCode.INTERNAL, "The built-in patterns cannot be read", unreadable);
        }
    }

    /**
     * Reads {@code patterns/<path>/system.md}, {@code strategies/<name>.md} and {@code strategies/<name>.json} of a
     * directory.
     */
    static Builtins read(Path root) throws IOException {
        Builtins builtins = new Builtins();
        Path patterns = root.resolve("patterns");
        for (Path file : systemFiles(patterns)) {
            String path = patterns.relativize(file.getParent()).toString().replace('\\', '/');
            builtins.add(AssetKind.PATTERN, withoutFinalSlash(path), Files.readString(file));
        }
        for (Path file : entries(root.resolve("strategies"))) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".json")) {
                String text = strategyText(Files.readAllBytes(file));
                builtins.add(AssetKind.STRATEGY, name.substring(0, name.length() - 5), text);
            } else if (name.endsWith(".md")) {
                builtins.add(AssetKind.STRATEGY, name.substring(0, name.length() - 3), Files.readString(file));
            }
        }
        return builtins;
    }

    /** Returns the text of a strategy in the form {@code {"description": …, "prompt": …}}. */
    static String strategyText(byte[] json) {
        ObjectNode object = Json.readObject(json);
        JsonFields fields = JsonFields.of(object);
        String prompt = fields.requireText("prompt");
        String description = fields.text("description");
        return description == null || description.isBlank() ? prompt : AssetText.withDescription(description, prompt);
    }

    Optional<AssetVersion> find(AssetKind kind, String path) {
        return Optional.ofNullable(all(kind).get(path));
    }

    /** Returns all of a kind, in the order of their names. */
    Collection<AssetVersion> list(AssetKind kind) {
        return all(kind).values();
    }

    private NavigableMap<String, AssetVersion> all(AssetKind kind) {
        return assets.getOrDefault(kind, new TreeMap<>());
    }

    private void add(AssetKind kind, String path, String content) {
        AssetText text = AssetText.check(kind, content, BYTES_MAX);
        FrontMatter frontMatter = text.source().frontMatter();
        Integer version = frontMatter.version();
        AssetName name = new AssetName(AssetName.BUILTIN, path);
        all(kind)
                .put(
                        path,
                        new AssetVersion(
                                kind,
                                name,
                                version == null ? 1 : version,
                                text.hash(),
                                text.content(),
                                text.description(),
                                frontMatter,
                                AUTHOR,
                                null));
    }

    private static List<Path> entries(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        }
    }

    private static List<Path> systemFiles(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(file -> file.endsWith("system.md")).sorted().toList();
        }
    }

    /** Archives end the names of directories with a slash. */
    private static String withoutFinalSlash(String path) {
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }
}
