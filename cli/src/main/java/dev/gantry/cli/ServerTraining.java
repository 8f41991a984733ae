package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.client.EventStream;
import dev.gantry.kernel.Json;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Makes the server's start-up cache: starts a server over an empty data folder, sends it what servers are usually sent,
 * and lets the JDK write down what it loaded (JEP 483, 514). Runs once for each build, at low priority beside the first
 * server that was started; until it is done, and when it fails, servers only start more slowly.
 */
public final class ServerTraining {
    private static final String CACHE = "server.aot";
    private static final String LOG = "server.aot.log";
    private static final Duration PATIENCE = Duration.ofMinutes(5);

    private final Context context;
    private final Path home;

    private ServerTraining(Context context, Path home) {
        this.context = context;
        this.home = home;
    }

    /** Starts the training in a process of its own unless it is done, has failed, or is switched off. */
    static void inBackground(Context context, LocalServer server) {
        Path home = context.home();
        if (home == null
                || "off".equals(context.variable("GANTRY_AOT").orElse(""))
                || !Files.isWritable(home)
                || Files.exists(home.resolve(CACHE))
                || Files.exists(home.resolve(LOG))) {
            return;
        }
        List<String> command = new ArrayList<>(server.detacher());
        command.addAll(List.of("nice", "-n", "19"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.add("@" + home.resolve("cli.jvm"));
        command.add("-Dgantry.home=" + home);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), ServerTraining.class.getName()));
        try {
            new ProcessBuilder(command)
                    .directory(home.toFile())
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(home.resolve(LOG).toFile())
                    .start();
        } catch (IOException failed) {
            // A start-up cache is no reason to let a command fail.
            context.terminal().note("The server's start-up cache cannot be made: " + failed.getMessage());
        }
    }

    /** Trains; what it prints is the log. The arguments are not read. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        Context context = Context.ofProcess();
        Path home = context.home();
        if (home == null) {
            throw new IllegalStateException("The system property gantry.home names no folder");
        }
        try (FileChannel channel = FileChannel.open(
                        home.resolve("server.aot.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null) {
                new ServerTraining(context, home).train();
            }
        } catch (CommandFailure failure) {
            context.terminal().note(failure.what() + "\n" + String.join("\n", failure.details()));
        } finally {
            context.terminal().flush();
        }
    }

    private void train() throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("gantry-training");
        Path draft = folder.resolve(CACHE);
        LocalServer server = new LocalServer(context, folder.resolve("data"));
        Process process = server.startDetached(new LocalServer.Launch(null, "127.0.0.1", freePort(), draft));
        try {
            exercise(await(server, process), folder.resolve("data"));
            process.destroy();
            if (process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) && Files.exists(draft)) {
                Path staged = home.resolve(CACHE + ".new");
                Files.copy(draft, staged, StandardCopyOption.REPLACE_EXISTING);
                Files.move(staged, home.resolve(CACHE), StandardCopyOption.ATOMIC_MOVE);
                context.terminal().note("Made " + home.resolve(CACHE));
            }
        } finally {
            process.destroyForcibly().waitFor();
            delete(folder);
        }
    }

    /** A port that nothing listens at now; another program may take it before the server does, and training fails. */
    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static LocalServer.Running await(LocalServer server, Process process) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            LocalServer.Running running = server.find().orElse(null);
            if (running != null && running.url() != null) {
                return running;
            }
            LocalServer.pause();
        }
        throw new CommandFailure("The server to train with did not start", server.lastWords());
    }

    /** Sends each kind of request a few times, refusals among them. */
    private void exercise(LocalServer.Running running, Path dataDir) throws IOException {
        if (running.url() == null) {
            return;
        }
        ApiClient client = new ApiClient(running.url(), Credentials.key(dataDir).orElse(null));
        String text = "Gantry runs patterns. It governs them. It meters what they cost. ".repeat(10);
        ObjectNode run = Json.object().put("pattern", "summarize").put("input", text);
        ObjectNode chat = Json.object().put("model", "offline/extract").put("max_tokens", 200);
        chat.putArray("messages").addObject().put("role", "user").put("content", text);
        for (int round = 0; round < 20; round++) {
            send(client, "POST", "/api/v1/execute", run);
            send(client, "POST", "/v1/chat/completions", chat);
            send(client, "POST", "/v1/messages", chat);
            send(client, "POST", "/api/v1/execute", Json.object().put("pattern", "no such pattern"));
            stream(client, "/api/v1/execute", run);
            stream(client, "/v1/chat/completions", chat);
            stream(client, "/v1/messages", chat);
            for (String path : List.of("patterns", "models", "keys", "users", "usage", "audit/events")) {
                send(client, "GET", "/api/v1/" + path, null);
            }
            send(client, "GET", "/ready", null);
        }
    }

    private static void send(ApiClient client, String method, String path, @Nullable JsonNode body) {
        try {
            client.send(new ApiClient.Call(method, path, Map.of(), body, PATIENCE));
        } catch (ApiProblem | CommandFailure refused) {
            // Refusals are trained as well.
            return;
        }
    }

    private static void stream(ApiClient client, String path, ObjectNode body) throws IOException {
        ObjectNode streaming = body.deepCopy().put("stream", true);
        try (EventStream events = client.stream(new ApiClient.Call("POST", path, Map.of(), streaming, PATIENCE))) {
            events.drain();
        } catch (ApiProblem refused) {
            // Refusals are trained as well.
            return;
        }
    }

    private static void delete(Path folder) throws IOException {
        try (Stream<Path> paths = Files.walk(folder)) {
            for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(path);
            }
        }
    }
}
