package dev.gantry.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import org.jspecify.annotations.Nullable;

/**
 * What a command finds around it.
 *
 * @param environment environment variables
 * @param home folder with the libraries and JVM options, from which a local platform is started; null when there is
 *     none, as in a test
 * @param build names the build that the commands belong to; empty when unknown
 */
record Context(
        Terminal terminal,
        Map<String, String> environment,
        @Nullable Path home,
        String build,
        Clock clock) {
    Context {
        environment = Map.copyOf(environment);
    }

    static Context ofProcess() {
        Map<String, String> environment = System.getenv();
        String home = System.getProperty("gantry.home", "");
        return new Context(
                Terminal.ofProcess(environment),
                environment,
                home.isEmpty() ? null : Path.of(home),
                System.getProperty("gantry.build", ""),
                Clock.systemUTC());
    }

    /** Returns the same with another value of an environment variable. */
    Context with(String variable, String value) {
        Map<String, String> changed = new HashMap<>(environment);
        changed.put(variable, value);
        return new Context(terminal, changed, home, build, clock);
    }

    /** Returns an environment variable that is set and not empty. */
    Optional<String> variable(String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isBlank());
    }

    /** Returns the folder in which a local platform keeps everything, absolute. */
    Path dataDir(@Nullable Path given) {
        Path folder = given;
        if (folder == null) {
            folder = variable("GANTRY_DATA_DIR").map(Path::of).orElse(null);
        }
        return Objects.requireNonNullElseGet(folder, this::defaultDataDir)
                .toAbsolutePath()
                .normalize();
    }

    private Path defaultDataDir() {
        if ("root".equals(System.getProperty("user.name"))) {
            return Path.of("/var/lib/gantry");
        }
        return variable("XDG_DATA_HOME")
                .map(Path::of)
                .orElseGet(() -> Path.of(System.getProperty("user.home"), ".local", "share"))
                .resolve("gantry");
    }

    /** Returns the platform that {@code GANTRY_URL} names, or the one on this machine. */
    Platform platform(@Nullable Path dataDir) {
        return new Platform(this, dataDir(dataDir));
    }

    /** Returns the version of the product. */
    static String version() {
        Properties properties = new Properties();
        try (var stream = Context.class.getResourceAsStream("version.properties")) {
            properties.load(Objects.requireNonNull(stream, "version.properties is missing from the jar"));
        } catch (IOException unreadable) {
            throw new CommandFailure(
                    "The version cannot be read from the program's own jar: " + unreadable.getMessage());
        }
        return properties.getProperty("version", "");
    }
}
