package dev.gantry.e2e;

import dev.gantry.testing.Eventually;
import dev.gantry.testing.TestingDatabase;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;

/** A Gantry server as a process of its own, from the classes of this build, on a free port. */
final class GantryProcess implements AutoCloseable {
    private static final int LOG_END_CHARACTERS = 20_000;
    private static final Duration DUMP = Duration.ofSeconds(20);

    private final Process process;
    private final Path dataDirectory;
    private final Path log;

    private GantryProcess(Process process, Path dataDirectory, Path log) {
        this.process = process;
        this.dataDirectory = dataDirectory;
        this.log = log;
    }

    /**
     * Starts a server and waits until it serves.
     *
     * @param environment added to that of the tests
     */
    static GantryProcess start(Path dataDirectory, Path configDirectory, Map<String, String> environment)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.gantry.server.Main"));
        command.addAll(List.of(
                "serve",
                "--config",
                configDirectory.toString(),
                "--data-dir",
                dataDirectory.toString(),
                "--port",
                "0"));
        Path log = dataDirectory.resolveSibling(dataDirectory.getFileName() + ".log");
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().keySet().removeIf(GantryProcess::leadsElsewhere);
        builder.environment().put("GANTRY_POSTGRES_BINARIES", TestingDatabase.BINARIES.toString());
        builder.environment().putAll(environment);
        GantryProcess server = new GantryProcess(builder.start(), dataDirectory, log);
        try {
            Eventually.holds("the server is ready", () -> server.isReady() || !server.isAlive());
        } catch (AssertionError failure) {
            throw server.giveUp(failure);
        } catch (RuntimeException failure) {
            server.process.destroyForcibly();
            throw failure;
        }
        if (!server.isAlive()) {
            throw new AssertionError("The server ended at its start:\n" + server.log());
        }
        return server;
    }

    /** Ends a server that hangs; the error shows what it does and what it has printed. */
    private AssertionError giveUp(AssertionError failure) throws InterruptedException {
        requestThreadDump();
        String printed = log();
        process.destroyForcibly();
        process.waitFor();
        return new AssertionError(
                failure.getMessage() + "; the end of its log:\n"
                        + printed.substring(Math.max(0, printed.length() - LOG_END_CHARACTERS)),
                failure);
    }

    /** Lets the JVM print what its threads do, and waits until it has: a machine that is in need may never do so. */
    private void requestThreadDump() throws InterruptedException {
        try {
            new ProcessBuilder("kill", "-QUIT", Long.toString(process.pid()))
                    .start()
                    .waitFor();
            Eventually.within(DUMP, "the threads are printed", () -> log().contains("JNI global refs"));
        } catch (IOException | AssertionError none) {
            // The rest of the log says something too.
        }
    }

    /** What the tester's own environment says must not reach the server: it would call real providers. */
    private static boolean leadsElsewhere(String variable) {
        return variable.endsWith("_API_KEY")
                || variable.startsWith("AWS_")
                || variable.startsWith("GANTRY_")
                || variable.equals("DATABASE_URL")
                || variable.equals("OLLAMA_HOST");
    }

    private boolean isReady() throws IOException {
        try {
            List<String> lines = Files.readAllLines(dataDirectory.resolve("server.pid"));
            return lines.size() > 1 && lines.getFirst().equals(Long.toString(process.pid()));
        } catch (NoSuchFileException notYet) {
            return false;
        }
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Where the command line would find the server. */
    URI url() {
        return URI.create(credential("url"));
    }

    /** The administrator's key. */
    String key() {
        return credential("api_key");
    }

    private String credential(String name) {
        Properties lines = new Properties();
        try (var reader = Files.newBufferedReader(dataDirectory.resolve("credentials"))) {
            lines.load(reader);
        } catch (IOException unreadable) {
            throw new IllegalStateException(unreadable);
        }
        return lines.getProperty(name);
    }

    /** Returns a client with the administrator's key. */
    Client client() {
        return new Client(url(), key());
    }

    /** The process id of the PostgreSQL that serves this data directory, or -1 while there is none. */
    long postgresPid() throws IOException {
        try (var files = Files.walk(dataDirectory.resolve("postgres-18"), 2)) {
            for (Path file :
                    files.filter(each -> each.endsWith("postmaster.pid")).toList()) {
                return Long.parseLong(Files.readAllLines(file).getFirst().strip());
            }
            return -1;
        } catch (IOException | java.io.UncheckedIOException | NumberFormatException beingReplaced) {
            return -1;
        }
    }

    /** As a crash or the kernel's memory killer would: nothing is cleaned up. */
    void kill() throws InterruptedException {
        process.destroyForcibly();
        process.waitFor();
    }

    /** Asks it to stop. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the end and returns the exit status. */
    int awaitEnd() throws InterruptedException {
        if (!process.waitFor(Eventually.PATIENCE)) {
            throw giveUp(new AssertionError("The server does not stop"));
        }
        return process.exitValue();
    }

    /** Returns what it printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException gone) {
            return "";
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(Eventually.PATIENCE)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
