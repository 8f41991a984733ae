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
 * but only once. Hidden files and subdirectories are not looked at, so that mounted Kubernetes ConfigMaps work.
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
        if (configuration == null || !problems.isEmpty()) {
            throw problems.toException();
        }
        return configuration;
    }

    /** Returns what {@link #load} would complain about, the first hundred mistakes; nothing if it is right. */
    public static List<Problem> check(
            Path directory, boolean optional, Map<String, String> environment, ConfigSchema schema) {
        Problems problems = new Problems();
        read(directory, optional, environment, schema, problems);
        return problems.list();
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
        List<YamlNode.Entry> entries = entries(files, problems);
        Binder binder = new Binder(problems, schema.knownKeys(), environment);
        Map<String, @Nullable Object> values = binder.fields(schema.sections(), entries, Key.ROOT, whole, Set.of());
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
            return null;
        }
        Configuration configuration = new Configuration(
                schema, present(values), topLevel, binder, files, notices(environment, schema.laterVariables()));
        for (ConfigCheck check : schema.checks()) {
            check.check(
                    configuration,
                    (key, text) -> problems.add(configuration.origin(key).orElse(whole), key, text));
        }
        return configuration;
    }

    /** The top-level keys of all files; a section that is given twice is a mistake. */
    private static List<YamlNode.Entry> entries(List<Path> files, Problems problems) {
        Map<String, YamlNode.Entry> entries = new LinkedHashMap<>();
        for (Path file : files) {
            try {
                YamlNode node = YamlReader.read(file, ConfigFiles.text(file), problems);
                if (node instanceof YamlNode.Mapping mapping) {
                    for (YamlNode.Entry entry : mapping.entries()) {
                        YamlNode.Entry earlier = entries.putIfAbsent(entry.key(), entry);
                        if (earlier != null) {
                            problems.add(
                                    entry.keyOrigin(),
                                    entry.key(),
                                    "is given here and in "
                                            + earlier.keyOrigin().place() + "; keep one of them");
                        }
                    }
                } else if (node != null) {
                    problems.add(
                            node.origin(), "", "a configuration file consists of sections: a name, ':' and values");
                }
            } catch (UnusableFileException unusable) {
                problems.add(unusable.origin(), "", unusable.text());
            }
        }
        return List.copyOf(entries.values());
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
