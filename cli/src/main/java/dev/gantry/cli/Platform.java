package dev.gantry.cli;

import dev.gantry.kernel.FileProblem;
import dev.gantry.kernel.Secret;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The platform that commands talk to: the one of {@code GANTRY_URL}, or the one of a data folder on this machine. */
final class Platform {
    private static final Duration START_PATIENCE = Duration.ofMinutes(3);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(5);

    private final Context context;
    private final Path dataDir;
    private final LocalServer server;

    Platform(Context context, Path dataDir) {
        this.context = context;
        this.dataDir = dataDir;
        this.server = new LocalServer(context, dataDir);
    }

    Path dataDir() {
        return dataDir;
    }

    LocalServer server() {
        return server;
    }

    /** Returns the address that the environment names. */
    Optional<URI> remote() {
        return context.variable("GANTRY_URL").map(url -> Credentials.address(url, "GANTRY_URL"));
    }

    /**
     * Returns a client of the running platform.
     *
     * @throws CommandFailure if none runs, with how to start it
     */
    ApiClient client() {
        Optional<URI> remote = remote();
        if (remote.isPresent()) {
            return remoteClient(remote.get());
        }
        LocalServer.Running running = running();
        noteOtherBuild(running);
        return localClient(running);
    }

    private LocalServer.Running running() {
        return server.find()
                .orElseThrow(() -> new CommandFailure(
                        "No platform runs here", "Start one: gantry up", "Or name one elsewhere by GANTRY_URL"));
    }

    /** Returns a client, after starting a local platform when none runs and the environment names no other. */
    ApiClient clientStarted() {
        if (remote().isEmpty() && server.find().isEmpty()) {
            start(new LocalServer.Launch(standingConfig(), null, null));
        }
        return client();
    }

    /** The configuration of a platform that is started on the way: never a folder that merely lies around here. */
    private @Nullable Path standingConfig() {
        Path beside = dataDir.resolve("config");
        return context.variable("GANTRY_CONFIG")
                .map(Path::of)
                .map(Path::toAbsolutePath)
                .orElse(Files.isDirectory(beside) ? beside : null);
    }

    /** Returns the folder that {@code gantry up} reads when none is given; null when there is none. */
    @Nullable
    Path defaultConfig() {
        Path here = Path.of("config").toAbsolutePath();
        return context.variable("GANTRY_CONFIG").isEmpty() && holdsConfiguration(here) ? here : standingConfig();
    }

    /** A folder of that name may be anybody's; with a file that a server would read it is ours. */
    private static boolean holdsConfiguration(Path folder) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{yaml,yml}")) {
            return files.iterator().hasNext();
        } catch (NotDirectoryException | NoSuchFileException none) {
            return false;
        } catch (IOException unreadable) {
            // The server says why.
            return true;
        }
    }

    /** Returns a client of the running platform that presents nothing. */
    ApiClient clientWithoutKey() {
        return clientWith(null);
    }

    /** Returns a client of the running platform that presents a token, or nothing. */
    ApiClient clientWith(@Nullable Secret token) {
        URI url = remote().orElseGet(() -> running().address());
        return new ApiClient(url, token, Trust.at(url, context, remote().isPresent() ? null : dataDir));
    }

    private ApiClient remoteClient(URI url) {
        Secret key = context.variable("GANTRY_API_KEY")
                .map(Secret::of)
                .or(() -> ClientCertificate.isShownAt(url, context) ? Optional.empty() : new Logins(context).token(url))
                .orElse(null);
        return new ApiClient(url, key, Trust.at(url, context, null));
    }

    /** Returns a client without a key, for probes. */
    ApiClient prober(URI url) {
        return new ApiClient(url, null, Trust.at(url, context, remote().isPresent() ? null : dataDir));
    }

    private ApiClient localClient(LocalServer.Running running) {
        URI url = running.address();
        Secret key = context.variable("GANTRY_API_KEY")
                .map(Secret::of)
                .or(() -> ClientCertificate.isShownAt(url, context) ? Optional.empty() : leftHere(url))
                .orElse(null);
        return new ApiClient(url, key, Trust.at(url, context, dataDir));
    }

    private Optional<Secret> leftHere(URI url) {
        return new Logins(context).token(url).or(() -> Credentials.key(dataDir));
    }

    /** Returns whether commands present the key that the local platform left for them, and no other. */
    boolean keyIsFromCredentials() {
        if (remote().isPresent() || context.variable("GANTRY_API_KEY").isPresent()) {
            return false;
        }
        URI url = server.find().map(LocalServer.Running::url).orElse(null);
        return url == null
                || (!ClientCertificate.isShownAt(url, context)
                        && new Logins(context).token(url).isEmpty());
    }

    private void noteOtherBuild(LocalServer.Running running) {
        if (isOtherBuild(running)) {
            context.terminal()
                    .note(context.terminal()
                            .styledNote(
                                    Terminal.Style.DIM,
                                    "The running platform is another build than this command; gantry up restarts it"));
        }
    }

    boolean isOtherBuild(LocalServer.Running running) {
        return !context.build().isEmpty() && !running.build().equals(context.build());
    }

    /**
     * Starts the local server and waits until it is ready. Of several commands that start it at once one does, the
     * others wait for it.
     *
     * @throws CommandFailure if it does not become ready, with its last words
     */
    void start(LocalServer.Launch launch) {
        try (Spinner spinner = announce();
                FileChannel channel = openLock();
                FileLock lock = channel.lock()) {
            if (lock.isValid() && server.find().isEmpty()) {
                awaitReady(server.startDetached(launch), spinner);
                ServerTraining.inBackground(context, server);
            }
        } catch (IOException failed) {
            throw new CommandFailure(
                    "The data folder " + dataDir + " cannot be used: " + FileProblem.of(failed),
                    "Choose another with --data-dir or GANTRY_DATA_DIR");
        }
    }

    private Spinner announce() {
        if (!context.terminal().errIsTerminal()) {
            context.terminal().note("Starting Gantry …");
        }
        return Spinner.start(context.terminal(), "Starting Gantry (server)");
    }

    private FileChannel openLock() throws IOException {
        server.createFolders();
        return FileChannel.open(dataDir.resolve("start.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    }

    private void awaitReady(Process process, Spinner spinner) {
        long deadline = System.nanoTime() + START_PATIENCE.toNanos();
        while (!ready(process, spinner)) {
            if (!process.isAlive()) {
                List<String> details = new ArrayList<>(server.lastWords());
                throw new CommandFailure("Gantry did not start (exit code " + process.exitValue() + ")", details);
            }
            if (System.nanoTime() > deadline) {
                List<String> details = new ArrayList<>(server.lastWords());
                details.add("It is still running as pid " + process.pid() + "; gantry status tells what it waits for");
                throw new CommandFailure("Gantry was not ready within " + Format.duration(START_PATIENCE), details);
            }
            LocalServer.pause();
        }
    }

    private boolean ready(Process process, Spinner spinner) {
        URI url = server.find()
                .filter(running -> running.process().pid() == process.pid())
                .map(LocalServer.Running::url)
                .orElse(null);
        if (url == null) {
            return false;
        }
        try {
            ApiClient.Probe probe = prober(url).probe("/ready", PROBE_TIMEOUT);
            spinner.say("Starting Gantry (" + Readiness.waitingFor(probe.body()) + ")");
            return probe.status() == 200;
        } catch (IOException notYet) {
            return false;
        }
    }
}
