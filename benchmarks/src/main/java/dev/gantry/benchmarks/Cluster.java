package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import dev.gantry.database.ConnectionTarget;
import dev.gantry.database.EmbeddedPostgres;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Some nodes on one database, which belongs to none of them, and a client that asks whichever answers. */
final class Cluster implements AutoCloseable {
    private static final Duration ANSWER_MAX = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    private final EmbeddedPostgres postgres;
    private final List<Node> nodes = new ArrayList<>();
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(ANSWER_MAX)
            .build();

    /** An answer of whichever node gave one. */
    record Answer(int status, JsonNode body, String text) {}

    private Cluster(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Starts everything.
     *
     * @param configuration of each node, without its database
     * @param settings of PostgreSQL
     */
    static Cluster start(Path folder, int size, String configuration, Path binaries, Map<String, String> settings)
            throws IOException, InterruptedException, SQLException {
        Cluster cluster = new Cluster(
                EmbeddedPostgres.start(Files.createDirectories(folder.resolve("database")), binaries, settings));
        try {
            Path config = Files.createDirectories(folder.resolve("config"));
            Path secret = Files.writeString(folder.resolve("database-url"), cluster.address());
            Files.setPosixFilePermissions(secret, PosixFilePermissions.fromString("rw-------"));
            Files.writeString(
                    config.resolve("gantry.yaml"),
                    "database: {url: 'file:" + secret.toAbsolutePath() + "'}\n" + configuration);
            for (int number = 1; number <= size; number++) {
                cluster.nodes.add(new Node("node-" + number, folder, config));
            }
            cluster.letOwnerServe();
            cluster.startNodes();
            return cluster;
        } catch (IOException | InterruptedException | SQLException | RuntimeException failure) {
            cluster.close();
            throw failure;
        }
    }

    /** To the nodes this is a server of an operator's, who gives them one login for everything. */
    private void letOwnerServe() throws SQLException {
        try (Connection connection = superuser();
                Statement statement = connection.createStatement()) {
            statement.execute("GRANT " + ConnectionTarget.APPLICATION_ROLE + " TO "
                    + postgres.target().owner().user());
        }
    }

    private String address() {
        ConnectionTarget.Login owner = postgres.target().owner();
        String address = postgres.jdbcUrl("gantry").replaceFirst("^jdbc:postgresql://([^?]*).*$", "$1");
        return "postgresql://%s:%s@%s".formatted(owner.user(), owner.password().reveal(), address);
    }

    /** The first node makes the keys that the others need. */
    private void startNodes() throws IOException, InterruptedException {
        Node first = nodes.getFirst();
        first.start();
        first.awaitReady();
        Path objects = Files.createDirectories(first.data().resolve("objects"));
        for (Node node : nodes.subList(1, nodes.size())) {
            Files.createDirectories(node.data().resolve("audit"));
            for (String file : List.of("master.key", "audit/signing.key")) {
                Files.copy(first.data().resolve(file), node.data().resolve(file));
            }
            Files.createSymbolicLink(node.data().resolve("objects"), objects);
            node.start();
        }
        for (Node node : nodes) {
            node.awaitReady();
        }
    }

    List<Node> nodes() {
        return nodes;
    }

    EmbeddedPostgres postgres() {
        return postgres;
    }

    /** Logs in as one whom neither privileges nor row-level security bind. */
    Connection superuser() throws SQLException {
        ConnectionTarget.Login superuser = postgres.superuser();
        return DriverManager.getConnection(
                postgres.jdbcUrl("gantry"),
                superuser.user(),
                superuser.password().reveal());
    }

    /** Asks one node after the other until one answers with anything but trouble of its own. */
    Answer ask(String method, String path, String body, Map<String, String> headers) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int turn = ThreadLocalRandom.current().nextInt(nodes.size());
        while (true) {
            Answer answer = tryOnce(nodes.get(turn++ % nodes.size()), method, path, body, headers);
            // What a node had begun for the same key before it died is under way until its time is over.
            boolean underWay = answer.status() == 409 && headers.containsKey("Idempotency-Key");
            if (answer.status() != 0 && answer.status() < 500 && !underWay) {
                return answer;
            }
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException(method + " " + path + " got no answer: " + answer.text());
            }
            Thread.sleep(100);
        }
    }

    Answer get(String path) throws InterruptedException {
        return ask("GET", path, "", Map.of());
    }

    /** Asks one node; status 0 if it does not answer. */
    private Answer tryOnce(Node node, String method, String path, String body, Map<String, String> headers)
            throws InterruptedException {
        try {
            node.look();
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(node.url() + path))
                    .timeout(ANSWER_MAX)
                    .header("X-API-Key", nodes.getFirst().key())
                    .header("Content-Type", "application/json")
                    .method(method, HttpRequest.BodyPublishers.ofString(body));
            headers.forEach(request::header);
            HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            boolean json = response.headers()
                    .firstValue("Content-Type")
                    .filter(type -> type.contains("json"))
                    .isPresent();
            return new Answer(
                    response.statusCode(),
                    json && response.body().startsWith("{") ? Json.read(response.body()) : MissingNode.getInstance(),
                    response.body());
        } catch (IOException gone) {
            return new Answer(0, MissingNode.getInstance(), String.valueOf(gone));
        }
    }

    @Override
    public void close() {
        List<Thread> closing = nodes.stream()
                .map(node -> Thread.ofVirtual().start(node::close))
                .toList();
        try {
            for (Thread thread : closing) {
                thread.join();
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        http.close();
        postgres.close();
    }
}
