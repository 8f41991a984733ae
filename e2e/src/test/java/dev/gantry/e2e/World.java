package dev.gantry.e2e;

import dev.gantry.provider.testing.Simulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** One simulator of providers and one Gantry before it, with files of their own. */
final class World implements AutoCloseable {
    private final Path directory;
    private final Simulator simulator;
    private GantryProcess server;

    private World(Path directory, Simulator simulator, GantryProcess server) {
        this.directory = directory;
        this.simulator = simulator;
        this.server = server;
    }

    /** Starts both. */
    static World open() throws IOException, InterruptedException {
        return open("");
    }

    /** Starts both, with more configuration. */
    static World open(String yaml) throws IOException, InterruptedException {
        Path directory = Files.createTempDirectory("gantry-e2e-");
        Simulator simulator = Simulator.start();
        try {
            TestingConfiguration.write(directory.resolve("config"), simulator);
            if (!yaml.isEmpty()) {
                Files.writeString(directory.resolve("config").resolve("more.yaml"), yaml);
            }
            return new World(directory, simulator, start(directory));
        } catch (IOException | InterruptedException | RuntimeException | AssertionError failure) {
            simulator.close();
            delete(directory);
            throw failure;
        }
    }

    private static GantryProcess start(Path directory) throws IOException, InterruptedException {
        return GantryProcess.start(
                directory.resolve("data"), directory.resolve("config"), TestingConfiguration.ENVIRONMENT);
    }

    /** Starts the server again on the same data. */
    void restart() throws IOException, InterruptedException {
        server = start(directory);
    }

    Path dataDirectory() {
        return directory.resolve("data");
    }

    GantryProcess server() {
        return server;
    }

    Simulator simulator() {
        return simulator;
    }

    /** Returns a client with the administrator's key. */
    Client client() {
        return server.client();
    }

    @Override
    public void close() throws IOException {
        server.close();
        simulator.close();
        delete(directory);
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.deleteIfExists(file);
                } catch (IOException failure) {
                    throw new UncheckedIOException(failure);
                }
            });
        }
    }
}
