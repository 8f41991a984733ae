package dev.gantry.cli;

import dev.gantry.kernel.FileProblem;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The server's process on this machine: finds it by the pid file, starts it detached from the terminal, stops it. A pid
 * is believed only when the process that has it is a Gantry server, so that no other program is ever signalled.
 */
final class LocalServer {
    private static final String MAIN_CLASS = "dev.gantry.server.Main";
    private static final String BUILD_OPTION = "-Dgantry.build=";
    private static final Duration POLL = Duration.ofMillis(50);
    private static final String OTHER_FOLDER = "Choose another with --data-dir or GANTRY_DATA_DIR";
    private static final int LOG_TAIL_LINES = 15;
    private static final String LOG_FILE = "GANTRY_LOG_FILE";
    private static final long OUTPUT_BYTES_MAX = 1L << 20;
    private static final long TAIL_BYTES_MAX = 64L << 10;

    private final Context context;
    private final Path dataDir;
    private long outputBefore;

    LocalServer(Context context, Path dataDir) {
        this.context = context;
        this.dataDir = dataDir;
    }

    /**
     * How a server is to be started.
     *
     * @param config folder with its configuration; null for the folder {@code config} beside the data, if there is one
     * @param host null for the server's default
     * @param port null for the server's default
     * @param training file to write a start-up cache into at the end; such a server sees nothing of our environment,
     *     lest it use somebody's database or keys; null for one that is to be used
     */
    record Launch(
            @Nullable Path config,
            @Nullable String host,
            @Nullable Integer port,
            @Nullable Path training) {
        Launch(@Nullable Path config, @Nullable String host, @Nullable Integer port) {
            this(config, host, port, null);
        }
    }

    /**
     * A server that runs.
     *
     * @param url where it listens; null until it is ready
     * @param build the build it was started from; empty when unknown
     * @param config the folder of its configuration; empty when it was given none and runs by defaults
     */
    record Running(ProcessHandle process, @Nullable URI url, String build, String config) {
        /** Returns where it listens, once it does. */
        URI address() {
            if (url == null) {
                throw new CommandFailure(
                        "The platform is starting (pid " + process.pid() + ")",
                        "Try again in a moment; gantry status tells what it waits for");
            }
            return url;
        }
    }

    /** Returns the process of the server of this data folder, when it runs. */
    Optional<Running> find() {
        Path file = dataDir.resolve("server.pid");
        try {
            List<String> lines = Files.readAllLines(file);
            long pid = Long.parseLong(lines.isEmpty() ? "" : lines.getFirst().strip());
            URI url = lines.size() > 1 ? Credentials.address(lines.get(1), file.toString()) : null;
            return ProcessHandle.of(pid).flatMap(process -> identify(process, url));
        } catch (NoSuchFileException | NumberFormatException absent) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw Files.exists(dataDir) && !Files.isDirectory(dataDir)
                    ? new CommandFailure("The data folder " + dataDir + " is a file", OTHER_FOLDER)
                    : new CommandFailure("The pid file cannot be read: " + FileProblem.of(unreadable), file.toString());
        }
    }

    /** A dead process that nobody waited for still has its pid, but no arguments any more. */
    private static Optional<Running> identify(ProcessHandle process, @Nullable URI url) {
        List<String> arguments = List.of(process.info().arguments().orElseGet(() -> new String[0]));
        if (!process.isAlive() || !arguments.contains(MAIN_CLASS)) {
            return Optional.empty();
        }
        String build = arguments.stream()
                .filter(argument -> argument.startsWith(BUILD_OPTION))
                .findFirst()
                .map(argument -> argument.substring(BUILD_OPTION.length()))
                .orElse("");
        int config = arguments.indexOf("--config") + 1;
        return Optional.of(
                new Running(process, url, build, config > 0 && config < arguments.size() ? arguments.get(config) : ""));
    }

    private List<String> command(@Nullable Path training, List<String> arguments) {
        Path home = context.home();
        if (home == null) {
            throw new CommandFailure("The server's files are not known", "Start the command by ./gantry");
        }
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + home.resolve("server.jvm"));
        Path cache = home.resolve("server.aot");
        if (training != null) {
            command.add("-XX:AOTCacheOutput=" + training);
        } else if (Files.exists(cache)) {
            command.add("-XX:AOTCache=" + cache);
            command.add("-XX:AOTMode=auto");
        }
        command.add(BUILD_OPTION + context.build());
        command.add("-cp");
        command.add(serverJar(home).toString());
        command.add(MAIN_CLASS);
        command.addAll(arguments);
        return command;
    }

    private static Path serverJar(Path home) {
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(home.resolve("lib"), "gantry-server-*.jar")) {
            for (Path jar : jars) {
                return jar;
            }
        } catch (IOException unreadable) {
            throw new CommandFailure("The server's libraries cannot be read: " + unreadable.getMessage());
        }
        throw new CommandFailure(
                "The server's libraries are missing", home.resolve("lib").toString());
    }

    List<String> serveArguments(Launch launch) {
        List<String> arguments = new ArrayList<>(List.of("serve", "--data-dir", dataDir.toString()));
        if (launch.config() != null) {
            arguments.addAll(List.of("--config", launch.config().toString()));
        }
        if (launch.host() != null) {
            arguments.addAll(List.of("--host", launch.host()));
        }
        if (launch.port() != null) {
            arguments.addAll(List.of("--port", launch.port().toString()));
        }
        return arguments;
    }

    /**
     * Starts the server in a session of its own, so that neither Ctrl-C nor the end of the terminal reaches it. Returns
     * as soon as the process exists. What it logs goes to {@link #log()}, which it bounds itself; what it prints before
     * that, and what the JVM says at its end, is added to {@link #output()}.
     */
    Process startDetached(Launch launch) {
        List<String> command = new ArrayList<>(detacher());
        command.addAll(command(launch.training(), serveArguments(launch)));
        createFolders();
        outputBefore = boundOutput();
        try {
            ProcessBuilder builder = new ProcessBuilder(command)
                    .directory(dataDir.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(output().toFile()))
                    .redirectErrorStream(true);
            if (launch.training() != null) {
                builder.environment().keySet().retainAll(List.of("PATH", "HOME", "TMPDIR", "LANG"));
            }
            builder.environment().putIfAbsent(LOG_FILE, log().toString());
            return builder.start();
        } catch (IOException failed) {
            throw new CommandFailure("The server cannot be started: " + failed.getMessage());
        }
    }

    /** Where the standard output of every server goes, one after the other. */
    Path output() {
        return dataDir.resolve("logs").resolve("server.out");
    }

    /** Where the server logs. */
    Path log() {
        return context.variable(LOG_FILE)
                .map(Path::of)
                .map(dataDir::resolve)
                .orElse(dataDir.resolve("logs").resolve("server.log"));
    }

    /** Puts a file aside that has grown large over many starts, and returns the size of the one that is added to. */
    private long boundOutput() {
        Path file = output();
        try {
            long size = Files.size(file);
            if (size <= OUTPUT_BYTES_MAX) {
                return size;
            }
            Files.move(file, file.resolveSibling(file.getFileName() + ".1"), StandardCopyOption.REPLACE_EXISTING);
            return 0;
        } catch (NoSuchFileException none) {
            return 0;
        } catch (IOException failed) {
            throw new CommandFailure("The server's output cannot be written: " + failed.getMessage(), file.toString());
        }
    }

    /**
     * Creates the data folder, which only its owner may enter.
     *
     * @throws CommandFailure if that is not possible
     */
    void createFolders() {
        try {
            createPrivately(dataDir.resolve("logs"));
        } catch (IOException failed) {
            throw new CommandFailure(
                    "The data folder " + dataDir + " cannot be used: " + FileProblem.of(failed), OTHER_FOLDER);
        }
    }

    private static void createPrivately(Path folder) throws IOException {
        Files.createDirectories(
                folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }

    /** The beginning of a command line that keeps the terminal's signals away from the rest of it. */
    List<String> detacher() {
        for (String folder : context.variable("PATH").orElse("").split(File.pathSeparator)) {
            if (!folder.isEmpty() && Files.isExecutable(Path.of(folder, "setsid"))) {
                return List.of(Path.of(folder, "setsid").toString());
            }
        }
        // The shell leaves signals that it ignores ignored in the program it becomes.
        return List.of("/bin/sh", "-c", "trap '' HUP INT QUIT; exec \"$@\"", "sh");
    }

    /** Returns the last lines that the server wrote since it was started here, for the message. */
    List<String> lastWords() {
        List<String> words = new ArrayList<>(lastLines(output(), outputBefore));
        Path told = output();
        if (words.isEmpty()) {
            told = log();
            words.addAll(lastLines(told, 0));
        }
        words.add(words.isEmpty() ? "It wrote nothing into " + output() : "The whole log is in " + told);
        return words;
    }

    private static List<String> lastLines(Path file, long from) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.position(Math.max(from, channel.size() - TAIL_BYTES_MAX));
            List<String> lines = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            return lines.subList(Math.max(0, lines.size() - LOG_TAIL_LINES), lines.size());
        } catch (IOException unreadable) {
            // The other file may say more.
            return List.of();
        }
    }

    /**
     * Asks a server to stop, waits for it, and kills it if that is wanted.
     *
     * @return whether it has stopped
     */
    boolean stop(Running running, Duration patience, boolean force) {
        ProcessHandle process = running.process();
        if (!process.destroy() && process.isAlive()) {
            throw new CommandFailure(
                    "The server (pid " + process.pid() + ") may not be stopped by this user",
                    "Run the command as " + process.info().user().orElse("the user who started it"));
        }
        if (gone(process, patience)) {
            return true;
        }
        return force && process.destroyForcibly() && gone(process, Duration.ofSeconds(10));
    }

    private static boolean gone(ProcessHandle process, Duration patience) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (identify(process, null).isPresent()) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            pause();
        }
        return true;
    }

    static void pause() {
        try {
            Thread.sleep(POLL);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailure("Cancelled");
        }
    }

    /** Runs the server's main class in the foreground with our streams and returns its exit code. */
    int runInForeground(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(command(null, arguments)).inheritIO();
        try {
            Process process = builder.start();
            Thread forwarder = new Thread(() -> passOn(process));
            Runtime.getRuntime().addShutdownHook(forwarder);
            int code = process.waitFor();
            Runtime.getRuntime().removeShutdownHook(forwarder);
            return code;
        } catch (IOException failed) {
            throw new CommandFailure("The server cannot be started: " + failed.getMessage());
        } catch (InterruptedException | IllegalStateException stopping) {
            return ExitCode.FAILED;
        }
    }

    private static void passOn(Process process) {
        process.destroy();
        try {
            process.waitFor();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
