package dev.gantry.database;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps one server running: starts it, waits until it answers, starts it again with growing pauses when it dies, stops
 * it in the end. A server that outlived an earlier Gantry is taken over.
 *
 * <p>All starts happen on one platform thread that lives as long as the server does, because the kernel ends the server
 * when the thread that started it is gone.
 */
final class PostgresSupervisor {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSupervisor.class);
    private static final Duration START_MAX = Duration.ofMinutes(5);
    private static final Duration LIVENESS_INTERVAL = Duration.ofMinutes(1);
    private static final Duration ADOPTED_POLL = Duration.ofMillis(50);
    private static final Duration POLL = Duration.ofMillis(5);
    private static final Duration FAST_STOP_MAX = Duration.ofSeconds(20);
    private static final Duration IMMEDIATE_STOP_MAX = Duration.ofSeconds(5);
    private static final Duration PAUSE_MIN = Duration.ofMillis(50);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(5);
    private static final Duration HEALTHY_AFTER = Duration.ofSeconds(30);
    private static final int PORT_MIN = 20_000;
    private static final int PORT_MAX = 32_000;
    private static final int PORT_ATTEMPTS = 5;

    private final PostgresBinaries binaries;
    private final PostgresDirectory directory;
    private final RunAs runAs;
    private final Map<String, String> settings;
    private final CountDownLatch stopping = new CountDownLatch(1);
    private final CompletableFuture<Void> firstStart = new CompletableFuture<>();
    private final Thread thread;
    private volatile @Nullable ProcessHandle server;
    private volatile boolean adopted;
    private volatile boolean ready;
    private volatile @Nullable String problem;
    private volatile int port;

    PostgresSupervisor(
            PostgresBinaries binaries, PostgresDirectory directory, RunAs runAs, Map<String, String> overrides) {
        this.binaries = binaries;
        this.directory = directory;
        this.runAs = runAs;
        this.settings = settings(overrides);
        this.thread = Thread.ofPlatform().name("gantry-postgres").daemon().unstarted(this::run);
    }

    /** Starts the server and returns when it answers. */
    void start() throws InterruptedException, IOException {
        thread.start();
        try {
            firstStart.get();
        } catch (ExecutionException failure) {
            switch (failure.getCause()) {
                case GantryException known -> throw known;
                case IOException io -> throw io;
                case null, default -> throw new IllegalStateException(failure.getCause());
            }
        } catch (InterruptedException interruption) {
            stop();
            throw interruption;
        }
    }

    int port() {
        return port;
    }

    boolean isRunning() {
        return ready;
    }

    /** Returns why the server does not run; null while it does. */
    @Nullable
    String problem() {
        return problem;
    }

    long pid() {
        ProcessHandle current = server;
        return current == null ? -1 : current.pid();
    }

    /** Stops the server and waits for its end, which is bounded. */
    void stop() {
        stopping.countDown();
        try {
            ProcessHandle current = server;
            if (current != null && current.isAlive()) {
                stop(current);
            }
            thread.join(IMMEDIATE_STOP_MAX);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private void stop(ProcessHandle process) throws InterruptedException {
        signal(process, "INT");
        if (ends(process, FAST_STOP_MAX)) {
            return;
        }
        LOG.warn("PostgreSQL did not stop within {} s, ending it at once", FAST_STOP_MAX.toSeconds());
        signal(process, "QUIT");
        if (!ends(process, IMMEDIATE_STOP_MAX)) {
            process.destroyForcibly();
        }
    }

    private void run() {
        try {
            firstStart();
        } catch (IOException | InterruptedException | RuntimeException failure) {
            firstStart.completeExceptionally(failure);
            return;
        }
        firstStart.complete(null);
        try {
            keepRunning();
        } catch (InterruptedException interruption) {
            LOG.error("The supervisor of PostgreSQL was interrupted; it is not started again when it dies");
        }
    }

    private void keepRunning() throws InterruptedException {
        Duration pause = PAUSE_MIN;
        while (true) {
            long since = System.nanoTime();
            awaitEnd();
            if (isStopping()) {
                ready = false;
                return;
            }
            if (ready) {
                ready = false;
                problem = "PostgreSQL ended unexpectedly and is being started again.";
                LOG.error(problem);
            }
            if (System.nanoTime() - since > HEALTHY_AFTER.toNanos()) {
                pause = PAUSE_MIN;
            }
            if (stopping.await(pause.toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            pause = min(pause.multipliedBy(2), PAUSE_MAX);
            try {
                launch(port);
                problem = null;
                LOG.info("PostgreSQL runs again");
            } catch (IOException | RuntimeException failure) {
                problem = failure.getMessage();
                LOG.error(
                        "PostgreSQL could not be started again, next attempt in {} ms: {}", pause.toMillis(), problem);
            }
        }
    }

    private void firstStart() throws IOException, InterruptedException {
        if (adopt()) {
            return;
        }
        for (int attempt = 1; ; attempt++) {
            int candidate = attempt == 1
                    ? directory.lastPort().filter(PostgresSupervisor::isFree).orElse(0)
                    : 0;
            try {
                launch(candidate == 0 ? chooseFreePort() : candidate);
                directory.rememberPort(port);
                return;
            } catch (GantryException failure) {
                if (attempt == PORT_ATTEMPTS || !failure.getMessage().contains("Address already in use")) {
                    throw failure;
                }
            }
        }
    }

    /** Takes over a server that an earlier Gantry left behind, or waits until it has ended by itself. */
    private boolean adopt() throws IOException, InterruptedException {
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (System.nanoTime() < deadline) {
            Optional<PostmasterFile> file = PostmasterFile.read(directory.data());
            Optional<ProcessHandle> orphan = file.flatMap(found -> ProcessHandle.of(found.pid()))
                    .filter(ProcessHandle::isAlive)
                    .filter(this::servesThisDirectory);
            if (orphan.isEmpty()) {
                forgetForeignProcess(file);
                return false;
            }
            if (file.get().isReady()) {
                adopted = true;
                server = orphan.get();
                port = file.get().port();
                ready = true;
                LOG.info(
                        "Took over the running PostgreSQL of an earlier Gantry (process {})",
                        file.get().pid());
                return true;
            }
            Thread.sleep(POLL);
        }
        throw new GantryException(
                ErrorCode.DATABASE_UNAVAILABLE,
                "A PostgreSQL of an earlier Gantry runs in " + directory.data() + " and does not get ready.");
    }

    /**
     * Removes the pid file when its number meanwhile belongs to a process that is no server of ours, as after a reboot:
     * PostgreSQL itself cannot tell and would refuse to start. While anything at all works in the directory, such as a
     * session that outlives its killed server for a moment, the file stays and makes the next server wait.
     */
    private void forgetForeignProcess(Optional<PostmasterFile> file) throws IOException {
        if (file.flatMap(found -> ProcessHandle.of(found.pid())).isPresent()
                && ProcessHandle.allProcesses().noneMatch(this::servesThisDirectory)) {
            Files.deleteIfExists(directory.data().resolve("postmaster.pid"));
        }
    }

    private boolean servesThisDirectory(ProcessHandle process) {
        Path workingDirectory = Path.of("/proc", String.valueOf(process.pid()), "cwd");
        try {
            return workingDirectory.toRealPath().equals(directory.data());
        } catch (IOException noProcFileSystem) {
            return process.info()
                    .command()
                    .filter(command -> command.endsWith("/postgres"))
                    .isPresent();
        }
    }

    private void launch(int onPort) throws IOException, InterruptedException {
        List<String> program = new ArrayList<>(List.of(
                binaries.program("postgres").toString(), "-D", directory.data().toString()));
        program.addAll(List.of("-c", "port=" + onPort));
        settings.forEach((name, value) -> program.addAll(List.of("-c", name + "=" + value)));
        Process process = new ProcessBuilder(runAs.boundToStarter(program))
                .directory(directory.path().toFile())
                .redirectErrorStream(true)
                .start();
        process.getOutputStream().close();
        PostgresLog log = new PostgresLog(process.getInputStream());
        adopted = false;
        server = process.toHandle();
        port = onPort;
        long deadline = System.nanoTime() + START_MAX.toNanos();
        while (!isReady(process)) {
            if (!process.isAlive()) {
                throw EmbeddedPostgresErrors.ended(
                        "The embedded PostgreSQL in " + directory.path() + " does not start", log.lastWords());
            }
            if (isStopping() || System.nanoTime() > deadline) {
                signal(process.toHandle(), "QUIT");
                throw new GantryException(
                        ErrorCode.DATABASE_UNAVAILABLE, "PostgreSQL was stopped before it became ready.");
            }
            process.waitFor(POLL.toMillis(), TimeUnit.MILLISECONDS);
        }
        ready = true;
    }

    private boolean isReady(Process process) throws IOException {
        return PostmasterFile.read(directory.data())
                .filter(file -> file.pid() == process.pid() && file.isReady())
                .isPresent();
    }

    private boolean isStopping() {
        return stopping.getCount() == 0;
    }

    private void awaitEnd() throws InterruptedException {
        ProcessHandle current = server;
        while (current != null && !ends(current, LIVENESS_INTERVAL)) {
            // It still runs.
        }
    }

    /** Waits for the end of a server; returns whether it came in time. */
    private boolean ends(ProcessHandle process, Duration within) throws InterruptedException {
        if (adopted) {
            return adoptedEnds(process, within);
        }
        try {
            process.onExit().get(within.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException stillRunning) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A process that is not our child may stay in the process table as a dead entry; its folder tells. */
    private boolean adoptedEnds(ProcessHandle process, Duration within) throws InterruptedException {
        long deadline = System.nanoTime() + within.toNanos();
        while (process.isAlive() && servesThisDirectory(process)) {
            if (System.nanoTime() > deadline) {
                return false;
            }
            Thread.sleep(ADOPTED_POLL);
        }
        return true;
    }

    /** Sends a signal that Java cannot send itself. */
    private void signal(ProcessHandle process, String name) {
        try {
            new ProcessBuilder(runAs.command(List.of(
                            binaries.program("pg_ctl").toString(), "kill", name, String.valueOf(process.pid()))))
                    .directory(directory.path().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException failure) {
            LOG.warn("PostgreSQL could not be sent SIG{}: {}", name, failure.getMessage());
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private static int chooseFreePort() {
        for (int attempt = 0; attempt < 200; attempt++) {
            int candidate = ThreadLocalRandom.current().nextInt(PORT_MIN, PORT_MAX);
            if (isFree(candidate)) {
                return candidate;
            }
        }
        throw new GantryException(
                ErrorCode.DATABASE_UNAVAILABLE, "No free port on 127.0.0.1 was found for the embedded PostgreSQL.");
    }

    private static boolean isFree(int candidate) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), candidate));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    /** Small in memory, durable on disk; the rest is what PostgreSQL chooses itself. */
    private static Map<String, String> settings(Map<String, String> overrides) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("listen_addresses", "127.0.0.1");
        settings.put("unix_socket_directories", "");
        settings.put("max_connections", "100");
        settings.put("shared_buffers", "64MB");
        settings.put("io_method", "sync");
        settings.put("jit", "off");
        settings.put("fsync", "on");
        settings.put("synchronous_commit", "on");
        settings.put("full_page_writes", "on");
        settings.put("password_encryption", "scram-sha-256");
        // Statements and their values are not for the log: they hold the users' data.
        settings.put("log_min_error_statement", "panic");
        settings.put("log_error_verbosity", "terse");
        settings.put("log_line_prefix", "");
        settings.put("log_timezone", "UTC");
        settings.put("timezone", "UTC");
        settings.putAll(overrides);
        return settings;
    }
}
