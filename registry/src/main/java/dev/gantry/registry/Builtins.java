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
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The patterns, strategies and workflows that come with the product, from its own files. They are looked up after {@code shared} and
 * never copied into an organization: an update of the product brings better ones to everybody, and whoever wants their
 * own puts one of the same name into {@code shared} or their namespace, which no update touches.
 *
 * <p>Thread-safe; what is in it does not change.
 */
final class Builtins {
    static final String AUTHOR = "gantry";

    private static final long BYTES_MAX = 1024 * 1024;

    private final Map<AssetKind, NavigableMap<String, AssetVersion>> assets = new EnumMap<>(AssetKind.class);

    private final Map<String, String> workflowTexts = new TreeMap<>();
    private final WorkflowFormat format;

    /** Checked when somebody first asks for one, since the check would be a good part of a start. */
    private final AtomicReference<@Nullable NavigableMap<String, AssetVersion>> workflows = new AtomicReference<>();

    private Builtins(WorkflowFormat format) {
        this.format = format;
        for (AssetKind kind : AssetKind.values()) {
            assets.put(kind, new TreeMap<>());
        }
    }

    /** Reads those of this version of the product. */
    static Builtins load(WorkflowFormat format) {
        try {
            Path location = Path.of(Builtins.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
            if (Files.isDirectory(location)) {
                return read(location, format);
            }
            try (FileSystem archive = FileSystems.newFileSystem(location)) {
                return read(archive.getPath("/"), format);
            }
        } catch (IOException | URISyntaxException unreadable) {
            throw new GantryException(ErrorCode.INTERNAL, "The built-in patterns cannot be read", unreadable);
        }
    }

    /**
     * Reads {@code patterns/<path>/system.md}, {@code strategies/<name>.md}, {@code strategies/<name>.json} and
     * {@code workflows/<name>.yaml} of a directory.
     */
    static Builtins read(Path root, WorkflowFormat format) throws IOException {
        Builtins builtins = new Builtins(format);
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
        for (Path file : entries(root.resolve("workflows"))) {
            String name = String.valueOf(file.getFileName());
            if (name.endsWith(".yaml")) {
                builtins.workflowTexts.put(name.substring(0, name.length() - 5), Files.readString(file));
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
        return kind == AssetKind.WORKFLOW ? workflows() : assets.getOrDefault(kind, new TreeMap<>());
    }

    private NavigableMap<String, AssetVersion> workflows() {
        NavigableMap<String, AssetVersion> known = workflows.get();
        if (known != null) {
            return known;
        }
        NavigableMap<String, AssetVersion> checked = new TreeMap<>();
        workflowTexts.forEach((path, content) -> checked.put(path, version(AssetKind.WORKFLOW, path, content)));
        workflows.compareAndSet(null, checked);
        return checked;
    }

    private void add(AssetKind kind, String path, String content) {
        assets.getOrDefault(kind, new TreeMap<>()).put(path, version(kind, path, content));
    }

    private AssetVersion version(AssetKind kind, String path, String content) {
        AssetText text = AssetText.check(kind, content, BYTES_MAX, format);
        FrontMatter frontMatter = text.source().frontMatter();
        Integer version = frontMatter.version();
        AssetName name = new AssetName(AssetName.BUILTIN, path);
        return new AssetVersion(
                kind,
                name,
                version == null ? 1 : version,
                text.hash(),
                text.content(),
                text.description(),
                frontMatter,
                AUTHOR,
                null,
                AssetStanding.BUILTIN);
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
