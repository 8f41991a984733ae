package dev.gantry.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.JsonFields;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
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

    private static final String PATTERNS = "patterns/";
    private static final String STRATEGIES = "strategies/";
    private static final String WORKFLOWS = "workflows/";
    private static final String SYSTEM = "/system.md";

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
            return read(location, format);
        } catch (IOException | URISyntaxException unreadable) {
            throw new GantryException(ErrorCode.INTERNAL, "The built-in patterns cannot be read", unreadable);
        }
    }

    /**
     * Reads {@code patterns/<path>/system.md}, {@code strategies/<name>.md}, {@code strategies/<name>.json} and
     * {@code workflows/<name>.yaml} of a directory or an archive.
     */
    static Builtins read(Path location, WorkflowFormat format) throws IOException {
        Builtins builtins = new Builtins(format);
        SortedMap<String, byte[]> files = Files.isDirectory(location) ? filesBelow(location) : filesIn(location);
        files.forEach(builtins::take);
        return builtins;
    }

    private void take(String file, byte[] content) {
        String text = new String(content, StandardCharsets.UTF_8);
        String below = file.substring(file.indexOf('/') + 1);
        if (file.startsWith(PATTERNS) && below.endsWith(SYSTEM)) {
            add(AssetKind.PATTERN, without(below, SYSTEM), text);
        } else if (file.startsWith(STRATEGIES) && below.endsWith(".json")) {
            add(AssetKind.STRATEGY, without(below, ".json"), strategyText(content));
        } else if (file.startsWith(STRATEGIES) && below.endsWith(".md")) {
            add(AssetKind.STRATEGY, without(below, ".md"), text);
        } else if (file.startsWith(WORKFLOWS) && below.endsWith(".yaml")) {
            workflowTexts.put(without(below, ".yaml"), text);
        }
    }

    /** Returns the text of a strategy in the form {@code {"description": …, "prompt": …}}, or of its {@code content}. */
    static String strategyText(byte[] json) {
        ObjectNode object = Json.readObject(json);
        JsonFields fields = JsonFields.of(object);
        String content = fields.text("content");
        if (content != null && !content.isBlank()) {
            return content;
        }
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

    private static boolean isOurs(String file) {
        return file.startsWith(PATTERNS) || file.startsWith(STRATEGIES) || file.startsWith(WORKFLOWS);
    }

    private static SortedMap<String, byte[]> filesBelow(Path root) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        for (String folder : List.of(PATTERNS, STRATEGIES, WORKFLOWS)) {
            Path directory = root.resolve(folder);
            if (Files.isDirectory(directory)) {
                try (Stream<Path> found = Files.walk(directory)) {
                    for (Path file : found.filter(Files::isRegularFile).toList()) {
                        files.put(root.relativize(file).toString().replace('\\', '/'), Files.readAllBytes(file));
                    }
                }
            }
        }
        return files;
    }

    /** As an archive's entries, since asking for its file system would start every kind of file system on the class path. */
    private static SortedMap<String, byte[]> filesIn(Path archive) throws IOException {
        SortedMap<String, byte[]> files = new TreeMap<>();
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                if (!entry.isDirectory() && isOurs(entry.getName())) {
                    try (InputStream content = zip.getInputStream(entry)) {
                        files.put(entry.getName(), content.readAllBytes());
                    }
                }
            }
        }
        return files;
    }

    private static String without(String text, String end) {
        return text.substring(0, text.length() - end.length());
    }
}
