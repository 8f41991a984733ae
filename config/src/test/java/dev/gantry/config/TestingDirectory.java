package dev.gantry.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A configuration directory and an environment to read it with. */
final class TestingDirectory {
    private final Path directory;
    private final Map<String, String> environment = new HashMap<>();

    TestingDirectory(Path directory) {
        this.directory = directory;
    }

    Path path(String name) {
        return directory.resolve(name);
    }

    TestingDirectory file(String name, String text) {
        return bytes(name, text.getBytes(StandardCharsets.UTF_8));
    }

    TestingDirectory bytes(String name, byte[] bytes) {
        try {
            Files.write(directory.resolve(name), bytes);
            return this;
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Copies a file of the guides, verbatim. */
    TestingDirectory guide(String name) {
        try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("/guides/" + name), name)) {
            return bytes(name, in.readAllBytes());
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    TestingDirectory variable(String name, String value) {
        environment.put(name, value);
        return this;
    }

    Configuration load(ConfigSchema schema) {
        return ConfigLoader.load(directory, false, environment, schema);
    }

    /** The mistakes as they are shown, the directory's own path left out. */
    List<String> check(ConfigSchema schema) {
        return ConfigLoader.check(directory, false, environment, schema).stream()
                .map(problem -> problem.toString().replace(directory + "/", "").replace(directory.toString(), "DIR"))
                .toList();
    }

    /** The one mistake. */
    String onlyProblem(ConfigSchema schema) {
        List<String> problems = check(schema);
        if (problems.size() != 1) {
            throw new AssertionError("Expected one problem: " + problems);
        }
        return problems.getFirst();
    }
}
