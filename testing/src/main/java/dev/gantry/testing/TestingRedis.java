package dev.gantry.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A real Redis of this test's own, on a free port of 127.0.0.1, that keeps nothing on disk. The binary comes from an
 * artifact that serves tests only.
 */
public final class TestingRedis implements AutoCloseable {
    private static final String VERSION = "7.0.15";

    private final Path directory;
    private final Path binary;
    private final int port;
    private final List<String> options;
    private Process process;

    private TestingRedis(Path directory, Path binary, int port, List<String> options, Process process) {
        this.directory = directory;
        this.binary = binary;
        this.port = port;
        this.options = options;
        this.process = process;
    }

    /**
     * Starts a server in a directory that the test removes.
     *
     * @param options of the command line, such as {@code --requirepass}
     */
    public static TestingRedis start(Path directory, String... options) {
        try {
            Path binary = binary(directory);
            int port = freePort();
            List<String> given = List.of(options);
            return new TestingRedis(directory, binary, port, given, launch(directory, binary, port, given));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the port. */
    public int port() {
        return port;
    }

    /** Returns the address without credentials. */
    public String url() {
        return "redis://127.0.0.1:" + port;
    }

    /** Kills the server as a power cut would. */
    public void kill() {
        process.destroyForcibly();
        await();
    }

    /** Stops the server from doing anything, with its connections open, until {@link #thaw}. */
    public void freeze() {
        signal("STOP");
    }

    /** Lets the server go on. */
    public void thaw() {
        signal("CONT");
    }

    /** Starts it again on the same port; it remembers nothing. */
    public void restart() {
        try {
            process = launch(directory, binary, port, options);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        kill();
    }

    private void signal(String name) {
        try {
            int code = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                    .start()
                    .waitFor();
            if (code != 0) {
                throw new AssertionError("kill -" + name + " failed");
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void await() {
        try {
            process.waitFor(Eventually.PATIENCE);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path binary(Path directory) throws IOException {
        boolean arm = System.getProperty("os.arch").toLowerCase(Locale.ROOT).matches("aarch64|arm64");
        boolean mac = System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("mac");
        String name = "redis-server-" + VERSION + (mac ? "-darwin-" : "-linux-") + (arm ? "arm64" : "amd64");
        Path binary = directory.resolve(name);
        try (InputStream packed = TestingRedis.class.getResourceAsStream("/" + name)) {
            if (packed == null) {
                throw new IOException("There is no " + name);
            }
            Files.copy(packed, binary, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(binary, PosixFilePermissions.fromString("rwx------"));
        return binary;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Process launch(Path directory, Path binary, int port, List<String> options) throws IOException {
        List<String> command = new ArrayList<>(List.of(binary.toString(), "--bind", "127.0.0.1", "--dir", "."));
        if (!options.contains("--port")) {
            command.addAll(List.of("--port", Integer.toString(port)));
        }
        command.addAll(List.of("--save", "", "--appendonly", "no"));
        command.addAll(options);
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("redis-" + port + ".log").toFile())
                .start();
        awaitPort(process, port, directory);
        return process;
    }

    private static void awaitPort(Process process, int port, Path directory) throws IOException {
        long end = System.nanoTime() + Eventually.PATIENCE.toNanos();
        while (System.nanoTime() < end && process.isAlive()) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
                return;
            } catch (IOException notYet) {
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
            }
        }
        process.destroyForcibly();
        throw new IOException("Redis did not start: " + Files.readString(directory.resolve("redis-" + port + ".log")));
    }
}
