package dev.gantry.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Folder, ports and programs of a run. */
final class Workplace {
    /** The processor of what is measured; the load and the upstream are on the last one, where this program runs. */
    private static final String MEASURED_PROCESSOR = "0";

    private final Path root = Path.of(System.getProperty("gantry.root", "."));
    private final Path folder;

    Workplace() throws IOException {
        Path target = Files.createDirectories(root.resolve("target"));
        folder = Files.createTempDirectory(target, "bench-");
    }

    Path root() {
        return root;
    }

    Path folder() {
        return folder;
    }

    static void say(String what) {
        System.err.println(what);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Returns the path of a program, installing its Debian package when this user may. */
    String require(String program) throws IOException, InterruptedException {
        if (!found(program) && "root".equals(System.getProperty("user.name"))) {
            say("Installing the Debian package " + program);
            run(List.of("apt-get", "install", "-y", "--no-install-recommends", program), root);
        }
        if (!found(program)) {
            throw new IllegalStateException(
                    "This benchmark needs " + program + ". Install it (Debian: apt-get install " + program + ").");
        }
        return program;
    }

    /** Returns where a program lies, as {@link #require} finds it. */
    String programPath(String program) throws IOException, InterruptedException {
        return run(List.of("sh", "-c", "command -v " + require(program)), root).strip();
    }

    private static boolean found(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start()
                        .waitFor()
                == 0;
    }

    /** Runs a program to its end and returns what it printed. */
    String run(List<String> command, Path directory) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IllegalStateException(String.join(" ", command) + " failed:\n" + output);
        }
        return output;
    }

    /** Starts a program in the background, to be ended with this one; its output goes to a file. */
    Process start(String name, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile())
                .start();
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process;
    }

    /** Returns a command that runs on the processor of what is measured. */
    static List<String> measured(String... command) {
        List<String> pinned = new ArrayList<>(List.of("taskset", "-c", MEASURED_PROCESSOR));
        pinned.addAll(List.of(command));
        return pinned;
    }

    /** Waits until an address answers at all. */
    static void awaitAnswer(String url) throws InterruptedException {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                HttpURLConnection connection =
                        (HttpURLConnection) URI.create(url).toURL().openConnection();
                connection.getResponseCode();
                connection.disconnect();
                return;
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw new IllegalStateException(url + " does not answer", notYet);
                }
                Thread.sleep(20);
            }
        }
    }
}
