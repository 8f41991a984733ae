package dev.gantry.config;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Text;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A configuration that was read and found right. Immutable, as long as its settings records are. */
public final class Configuration {
    private final ConfigSchema schema;
    private final Map<String, Object> sections;
    private final Map<Class<?>, Object> topLevel;
    private final List<Explanation> settings;
    private final Map<String, Origin> origins;
    private final LiveSecrets secrets;
    private final List<Path> files;
    private final List<String> notices;

    Configuration(
            ConfigSchema schema,
            Map<String, Object> sections,
            Map<Class<?>, Object> topLevel,
            Binder binder,
            LiveSecrets secrets,
            List<Path> files,
            List<String> notices) {
        this.schema = schema;
        this.sections = Map.copyOf(sections);
        this.topLevel = Map.copyOf(topLevel);
        this.settings = List.copyOf(binder.settings());
        this.origins = Map.copyOf(binder.origins());
        this.secrets = secrets;
        this.files = List.copyOf(files);
        this.notices = List.copyOf(notices);
    }

    /**
     * Returns a section.
     *
     * @throws IllegalArgumentException if the schema has no such section of that type
     */
    public <T extends Record> T get(String section, Class<T> type) {
        Object value = sections.get(section);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("No section " + section + " of " + type.getSimpleName());
        }
        return type.cast(value);
    }

    /**
     * Returns a record whose components are sections.
     *
     * @throws IllegalArgumentException if the schema was not given it by {@link ConfigSchema.Builder#topLevel}
     */
    public <T extends Record> T get(Class<T> type) {
        Object value = topLevel.get(type);
        if (!type.isInstance(value)) {
            throw new IllegalArgumentException("No sections of " + type.getSimpleName());
        }
        return type.cast(value);
    }

    /** Returns every setting with its value in effect, in the order of the schema. */
    public List<Explanation> settings() {
        return settings;
    }

    /** Returns the secrets that may be renewed; whoever uses the configuration closes them. */
    public LiveSecrets secrets() {
        return secrets;
    }

    /** Returns the files that were read, sorted by name. */
    public List<Path> files() {
        return files;
    }

    /** Returns what the operator should know and what does not stop the boot, one sentence each. */
    public List<String> notices() {
        return notices;
    }

    /**
     * Returns where a key or section was given, or for one that was not, what would contain it. Quotes around names may
     * be left out.
     */
    public Optional<Origin> origin(String key) {
        Origin origin = origins.get(key);
        if (origin == null) {
            String wanted = bare(key);
            origin = origins.entrySet().stream()
                    .filter(entry -> bare(entry.getKey()).equals(wanted))
                    .map(Map.Entry::getValue)
                    .findFirst()
                    .orElse(null);
        }
        return Optional.ofNullable(origin);
    }

    /**
     * Explains one setting, or every setting below a section. Quotes around names may be left out, and a name that the
     * operator chooses may be one that does not exist yet.
     *
     * @throws GantryException {@link ErrorCode#NOT_FOUND} naming the nearest key, or saying that the key belongs to a
     *     later version
     */
    public List<Explanation> explain(String key) {
        String wanted = bare(key);
        List<Explanation> found = settings.stream()
                .filter(setting -> isBelow(bare(setting.key()), wanted))
                .toList();
        if (!found.isEmpty()) {
            return found;
        }
        List<Explanation> declared = schema.reference().stream()
                .filter(setting -> isDeclared(setting.key(), wanted))
                .toList();
        if (!declared.isEmpty()) {
            return declared;
        }
        Set<String> known = new LinkedHashSet<>();
        schema.sections().forEach(section -> known.add(section.name()));
        settings.forEach(setting -> known.add(setting.key()));
        schema.reference().forEach(setting -> known.add(setting.key()));
        String later = schema.knownKeys().later(wanted).orElse(null);
        throw new GantryException(
                ErrorCode.NOT_FOUND,
                later == null
                        ? "'" + Text.shorten(key, 100) + "' is not a setting" + Text.didYouMean(wanted, known)
                        : "'" + Text.shorten(key, 100) + "' " + later);
    }

    private static String bare(String key) {
        return key.replace("\"", "");
    }

    private static boolean isBelow(String key, String wanted) {
        return key.equals(wanted) || key.startsWith(wanted + ".") || key.startsWith(wanted + "[");
    }

    /** Whether a key without quotes fits a declared one, whose stars stand for any name, dots in it included. */
    private static boolean isDeclared(String declared, String wanted) {
        String withoutIndexes = wanted.replaceAll("\\[[0-9]+]", "");
        String[] parts = declared.split("\\*", -1);
        if (parts.length == 1) {
            return isBelow(declared, withoutIndexes);
        }
        return isBelow(declared, withoutIndexes)
                || (withoutIndexes.startsWith(parts[0])
                        && withoutIndexes.length() > parts[0].length() + parts[1].length()
                        && withoutIndexes.endsWith(parts[1]));
    }
}
