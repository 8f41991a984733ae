package dev.gantry.config;

import dev.gantry.kernel.GantryException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads a configuration directory. Every {@code *.yaml} and {@code *.yml} file directly in it counts, whatever its name,
 * and all of them together are one configuration: a section may stand in {@code gantry.yaml} or in a file of its own,
 * but only once. Hidden files and subdirectories are not looked at, so that mounted Kubernetes ConfigMaps work; but
 * {@code .fabric/config.yaml} is, since that is where a library of Fabric has its settings.
 */
public final class ConfigLoader {
    private ConfigLoader() {}

    /**
     * Reads the configuration.
     *
     * @param directory need not exist only if {@code optional}
     * @param environment the environment variables
     * @throws GantryException {@link dev.gantry.kernel.ErrorCode#INVALID_CONFIGURATION} with one line for every mistake
     */
    public static Configuration load(
            Path directory, boolean optional, Map<String, String> environment, ConfigSchema schema) {
        Problems problems = new Problems();
        Configuration configuration = read(directory, optional, environment, schema, problems);
        return accepted(configuration, problems);
    }

    private static Configuration accepted(@Nullable Configuration configuration, Problems problems) {
        if (configuration != null && problems.isEmpty()) {
            return configuration;
        }
        if (configuration != null) {
            configuration.secrets().close();
        }
        throw problems.toException();
    }

    /** Returns what {@link #load} would complain about, the first hundred mistakes; nothing if it is right. */
    public static List<Problem> check(
            Path directory, boolean optional, Map<String, String> environment, ConfigSchema schema) {
        Problems problems = new Problems();
        Configuration configuration = read(directory, optional, environment, schema, problems);
        if (configuration != null) {
            configuration.secrets().close();
        }
        return problems.list();
    }

    /**
     * Reads a configuration that is part of the program, by the same rules and without an environment.
     *
     * @param name stands for the file in mistakes
     * @throws GantryException {@link dev.gantry.kernel.ErrorCode#INVALID_CONFIGURATION} with one line for every mistake
     */
    public static Configuration loadText(String name, String text, ConfigSchema schema) {
        Path file = Path.of(name);
        Problems problems = new Problems();
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        try {
            addSections(YamlReader.read(file, text, problems), entries, problems);
        } catch (UnusableFileException unusable) {
            problems.add(unusable.origin(), "", unusable.text());
        }
        Origin.InFile whole = new Origin.InFile(file, 0, 0);
        return accepted(bind(entries, whole, List.of(), Map.of(), schema, problems), problems);
    }

    private static @Nullable Configuration read(
            Path directory, boolean optional, Map<String, String> environment, ConfigSchema schema, Problems problems) {
        List<Path> files = List.of();
        Origin.InFile whole = new Origin.InFile(directory, 0, 0);
        if (!optional || Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
            try {
                files = ConfigFiles.list(directory);
            } catch (UnusableFileException unusable) {
                problems.add(unusable.origin(), "", unusable.text());
                return null;
            }
        }
        return bind(sections(files, problems), whole, files, environment, schema, problems);
    }

    private static @Nullable Configuration bind(
            Map<String, YamlNode.Entry> entries,
            Origin.InFile whole,
            List<Path> files,
            Map<String, String> environment,
            ConfigSchema schema,
            Problems problems) {
        spell(entries, schema.spellings(), problems);
        LiveSecrets secrets = new LiveSecrets();
        Binder binder = new Binder(problems, schema.knownKeys(), environment, secrets, schema.store());
        Map<String, @Nullable Object> values = sections(binder, entries, whole, schema, secrets, problems);
        Map<Class<?>, Object> topLevel = new HashMap<>();
        if (problems.isEmpty()) {
            schema.topLevel().forEach((type, shape) -> {
                Object value = binder.construct(shape, values, Key.ROOT, whole);
                if (value != null) {
                    topLevel.put(type, value);
                }
            });
        }
        if (!problems.isEmpty()) {
            secrets.close();
            return null;
        }
        Configuration configuration = new Configuration(
                schema,
                present(values),
                topLevel,
                binder,
                secrets,
                files,
                notices(environment, schema.laterVariables()));
        for (ConfigCheck check : schema.checks()) {
            check.check(
                    configuration,
                    (key, text) -> problems.add(configuration.origin(key).orElse(whole), key, text));
        }
        return configuration;
    }

    /** Binds all sections, the one that opens the secret store before the others, which may need it. */
    private static Map<String, @Nullable Object> sections(
            Binder binder,
            Map<String, YamlNode.Entry> entries,
            Origin.InFile whole,
            ConfigSchema schema,
            LiveSecrets secrets,
            Problems problems) {
        StoreSection<?> store = schema.store();
        if (store == null) {
            return binder.fields(schema.sections(), List.copyOf(entries.values()), Key.ROOT, whole, Set.of());
        }
        Map<String, YamlNode.Entry> others = new LinkedHashMap<>(entries);
        YamlNode.Entry own = others.remove(store.section());
        Map<String, @Nullable Object> values = new LinkedHashMap<>(binder.fields(
                schema.sections().stream()
                        .filter(section -> section.name().equals(store.section()))
                        .toList(),
                own == null ? List.of() : List.of(own),
                Key.ROOT,
                whole,
                Set.of()));
        Object settings = values.get(store.section());
        if (settings != null) {
            try {
                store.open(settings).ifPresent(secrets::open);
            } catch (UnavailableSecretException unusable) {
                problems.add(own == null ? whole : own.keyOrigin(), store.section(), unusable.text());
            }
        }
        values.putAll(binder.fields(
                schema.sections().stream()
                        .filter(section -> !section.name().equals(store.section()))
                        .toList(),
                List.copyOf(others.values()),
                Key.ROOT,
                whole,
                Set.of(store.section())));
        return values;
    }

    /** Gives sections that stand there under another name their own. */
    private static void spell(Map<String, YamlNode.Entry> entries, Map<String, String> spellings, Problems problems) {
        spellings.forEach((printed, section) -> {
            YamlNode.Entry entry = entries.remove(printed);
            YamlNode.Entry earlier = entries.get(section);
            if (entry != null && earlier != null) {
                problems.add(
                        entry.keyOrigin(),
                        printed,
                        "means the same as '" + section + "' in "
                                + earlier.keyOrigin().place() + "; keep one of them");
            } else if (entry != null) {
                entries.put(section, new YamlNode.Entry(section, entry.keyOrigin(), entry.value()));
            }
        });
    }

    private static Map<String, YamlNode.Entry> sections(List<Path> files, Problems problems) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                addSections(YamlReader.read(file, ConfigFiles.text(file), problems), entries, problems);
            } catch (UnusableFileException unusable) {
                problems.add(unusable.origin(), "", unusable.text());
            }
        }
        return entries;
    }

    /** Adds the top-level keys of one file; a section that another file gave already is a mistake. */
    private static void addSections(@Nullable YamlNode root, Map<String, YamlNode.Entry> entries, Problems problems) {
        if (root instanceof YamlNode.Mapping mapping) {
            for (YamlNode.Entry entry : mapping.entries()) {
                YamlNode.Entry earlier = entries.putIfAbsent(entry.key(), entry);
                if (earlier != null) {
                    problems.add(
                            entry.keyOrigin(),
                            entry.key(),
                            "is given here and in " + earlier.keyOrigin().place() + "; keep one of them");
                }
            }
        } else if (root != null) {
            problems.add(root.origin(), "", "a configuration file consists of sections: a name, ':' and values");
        }
    }

    private static Map<String, Object> present(Map<String, @Nullable Object> values) {
        Map<String, Object> present = new LinkedHashMap<>();
        values.forEach((name, value) -> {
            if (value != null) {
                present.put(name, value);
            }
        });
        return present;
    }

    private static List<String> notices(Map<String, String> environment, Map<String, String> later) {
        List<String> notices = new ArrayList<>();
        later.forEach((name, feature) -> {
            if (!environment.getOrDefault(name, "").isEmpty()) {
                notices.add("The environment variable " + name + " is set and not used: " + feature
                        + " comes with a later version");
            }
        });
        return notices.stream().sorted().toList();
    }
}
