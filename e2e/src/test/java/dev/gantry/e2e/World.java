package dev.gantry.e2e;

import dev.gantry.provider.testing.Simulator;
import dev.gantry.testing.TestingFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** One simulator of providers and one Gantry before it, with files of their own. */
final class World implements AutoCloseable {
    private final TestingFolder folder;
    private final Simulator simulator;
    private GantryProcess server;

    private World(TestingFolder folder, Simulator simulator, GantryProcess server) {
        this.folder = folder;
        this.simulator = simulator;
        this.server = server;
    }

    /** Starts both. */
    static World open() throws IOException, InterruptedException {
        return open("");
    }

    /** Starts both, with more configuration. */
    static World open(String yaml) throws IOException, InterruptedException {
        TestingFolder folder = TestingFolder.create("gantry-e2e-");
        Simulator simulator = Simulator.start();
        try {
            Path config = folder.path().resolve("config");
            TestingConfiguration.write(config, simulator);
            if (!yaml.isEmpty()) {
                Files.writeString(config.resolve("more.yaml"), yaml);
            }
            return new World(folder, simulator, start(folder.path()));
        } catch (IOException | InterruptedException | RuntimeException | AssertionError failure) {
            simulator.close();
            folder.close();
            throw failure;
        }
    }

    private static GantryProcess start(Path directory) throws IOException, InterruptedException {
        return GantryProcess.start(
                directory.resolve("data"), directory.resolve("config"), TestingConfiguration.ENVIRONMENT);
    }

    /** Starts the server again on the same data. */
    void restart() throws IOException, InterruptedException {
        server = start(folder.path());
    }

    Path dataDirectory() {
        return folder.path().resolve("data");
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
    public void close() {
        server.close();
        simulator.close();
        folder.close();
    }
}
