package dev.gantry.server;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/**
 * As much of a server as the commands see of one: it serves, writes its address and pid, and ends when told to. A file
 * {@code broken} in its configuration lets it fail, a file {@code stubborn} lets it refuse to end.
 */
public final class Main {
    private Main() {}

    /** Takes the arguments of the real one. */
    public static void main(String[] arguments) throws IOException, InterruptedException {
        List<String> line = List.of(arguments);
        Path config = Path.of(value(line, "--config"));
        if (line.getFirst().equals("config")) {
            System.out.println("checked " + String.join(" ", line.subList(1, line.size())));
            System.exit(Files.exists(config.resolve("broken")) ? 1 : 0);
        }
        if (Files.exists(config.resolve("broken"))) {
            System.out.println("gantry.yaml:3: unknown key 'prot'");
            System.exit(3);
        }
        Path dataDir = Path.of(value(line, "--data-dir"));
        System.out.println("printed before there is a log");
        Files.writeString(Path.of(System.getenv("GANTRY_LOG_FILE")), "logged\n", CREATE, APPEND);
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/health", exchange -> reply(exchange, "{\"status\":\"up\",\"version\":\"9.9.9\"}"));
        server.createContext(
                "/ready",
                exchange -> reply(
                        exchange,
                        "{\"status\":\"ready\",\"dependencies\":{\"database\":{\"status\":\"up\",\"detail\":\"embedded\"}}}"));
        server.createContext(
                "/api/v1/models",
                exchange -> reply(
                        exchange,
                        "{\"items\":[{\"name\":\""
                                + exchange.getRequestHeaders().getFirst("Authorization")
                                + "\"}],\"next_cursor\":null}"));
        server.start();
        Files.writeString(dataDir.resolve("credentials"), "url=http://127.0.0.1:1\napi_key=gk_local\n");
        Path draft = Files.writeString(
                dataDir.resolve("server.pid.new"),
                ProcessHandle.current().pid() + "\nhttp://127.0.0.1:"
                        + server.getAddress().getPort() + "\n");
        Files.move(draft, dataDir.resolve("server.pid"), StandardCopyOption.ATOMIC_MOVE);
        if (Files.exists(config.resolve("stubborn"))) {
            Runtime.getRuntime().addShutdownHook(new Thread(Main::waitForever));
        }
        waitForever();
    }

    private static void waitForever() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static String value(List<String> line, String option) {
        return line.get(line.indexOf(option) + 1);
    }

    private static void reply(HttpExchange exchange, String body) throws IOException {
        try (exchange) {
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }
}
