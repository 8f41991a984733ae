package dev.gantry.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** One server of a cluster: a process of its own with a data directory of its own, from the classes of this program. */
final class Node implements AutoCloseable {
    private static final long START_SECONDS_MAX = 120;
    private static final long STOP_SECONDS_MAX = 20;

    private final String name;
    private final Path config;
    private final Path data;
    private volatile @Nullable Process process;
    private volatile long known;
    private volatile String url = "";
    private volatile String key = "";

    Node(String name, Path folder, Path config) throws IOException {
        this.name = name;
        this.config = config;
        this.data = Files.createDirectories(folder.resolve(name));
    }

    Path data() {
        return data;
    }

    String name() {
        return name;
    }

    /** Returns the address; empty while the node has not been ready yet. */
    String url() {
        return url;
    }

    /** Returns the administrator's key, if it was this node that made it; else it is empty. */
    String key() {
        return key;
    }

    /** Starts the process without waiting for it. */
    void start() throws IOException {
        Files.deleteIfExists(data.resolve("server.pid"));
        ProcessBuilder builder = new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx400m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.gantry.server.Main",
                "serve",
                "--config",
                config.toString(),
                "--data-dir",
                data.toString(),
                "--port",
                "0");
        builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        data.resolveSibling(name + ".log").toFile()));
        builder.environment()
                .keySet()
                .removeIf(variable -> variable.startsWith("GANTRY_")
                        || variable.endsWith("_API_KEY")
                        || variable.equals("DATABASE_URL"));
        process = builder.start();
    }

    /** Waits until it serves. */
    void awaitReady() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS_MAX);
        while (!isReady()) {
            if (!isAlive() || System.nanoTime() > deadline) {
                throw new IllegalStateException("Node " + name + " did not start:\n" + log());
            }
            Thread.sleep(20);
        }
        look();
    }

    /** Takes note of where it serves since it started last. */
    void look() {
        Process current = process;
        if (current != null && current.pid() != known && isReady()) {
            Properties credentials = credentials();
            url = credentials.getProperty("url", "");
            key = credentials.getProperty("api_key", "");
            known = current.pid();
        }
    }

    private boolean isReady() {
        Process current = process;
        try {
            List<String> lines = Files.readAllLines(data.resolve("server.pid"));
            return current != null && lines.size() > 1 && lines.getFirst().equals(Long.toString(current.pid()));
        } catch (IOException notYet) {
            return false;
        }
    }

    private Properties credentials() {
        Properties credentials = new Properties();
        try (var reader = Files.newBufferedReader(data.resolve("credentials"))) {
            credentials.load(reader);
            return credentials;
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    boolean isAlive() {
        Process current = process;
        return current != null && current.isAlive();
    }

    /** As a crash would. */
    void kill() throws InterruptedException {
        Process current = process;
        if (current != null) {
            current.destroyForcibly().waitFor();
        }
    }

    /** Lets it stand still, or go on. */
    void signal(String signal) throws IOException, InterruptedException {
        Process current = process;
        if (current != null) {
            new ProcessBuilder("kill", "-" + signal, Long.toString(current.pid()))
                    .start()
                    .waitFor();
        }
    }

    /** Returns the end of what it printed. */
    String log() {
        try {
            String all = Files.readString(data.resolveSibling(name + ".log"));
            return all.substring(Math.max(0, all.length() - 4_000));
        } catch (IOException none) {
            return "";
        }
    }

    @Override
    public void close() {
        Process current = process;
        if (current == null) {
            return;
        }
        try {
            signal("CONT");
            current.destroy();
            if (!current.waitFor(STOP_SECONDS_MAX, TimeUnit.SECONDS)) {
                current.destroyForcibly().waitFor();
            }
        } catch (IOException | InterruptedException interrupted) {
            current.destroyForcibly();
        }
    }
}
