package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Lets random workflows run on three nodes that are killed and frozen all the while, and looks afterwards whether every law
 * of durable runs was kept.
 */
public final class WorkflowFaults {
    private static final int NODES = 3;
    private static final int STARTERS = 3;
    private static final Duration ALL_OVER_MAX = Duration.ofMinutes(4);

    private final Options options;
    private final RandomFlows flows;
    private final Random dice;
    private final List<Accepted> accepted = new CopyOnWriteArrayList<>();

    /**
     * What is done.
     *
     * @param folder where everything lies
     * @param runs how many runs are started
     * @param faults how often a process is killed or frozen
     * @param heartbeat of the nodes; another takes over after five of them
     * @param seed of the dice
     * @param binaries where PostgreSQL's programs are unpacked
     * @param postgres settings of PostgreSQL
     */
    public record Options(
            Path folder,
            int runs,
            int faults,
            Duration heartbeat,
            long seed,
            Path binaries,
            Map<String, String> postgres) {
        /** Copies the map. */
        public Options {
            postgres = Map.copyOf(postgres);
        }
    }

    /**
     * What was found.
     *
     * @param broken the laws that were broken, each with its case; empty when all is well
     * @param counts what happened, by name
     */
    public record Report(List<String> broken, Map<String, Long> counts) {
        /** Copies both. */
        public Report {
            broken = List.copyOf(broken);
            counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
        }
    }

    /** A run that a node has accepted, and what must come of it; empty if it must fail. */
    record Accepted(UUID run, Flow flow, Optional<ObjectNode> outputs) {}

    private WorkflowFaults(Options options) {
        this.options = options;
        this.dice = new Random(options.seed());
        this.flows = new RandomFlows(new Random(options.seed() + 1));
    }

    /** Does it all. */
    public static Report run(Options options) throws Exception {
        return new WorkflowFaults(options).run();
    }

    private Report run() throws Exception {
        try (RecordingProvider provider = RecordingProvider.start();
                Cluster cluster = Cluster.start(
                        options.folder(),
                        NODES,
                        configuration(provider.port()),
                        options.binaries(),
                        options.postgres())) {
            publish(cluster);
            Mischief mischief = new Mischief(
                    cluster, new Random(options.seed() + 2), options.heartbeat().multipliedBy(5));
            AtomicBoolean done = new AtomicBoolean();
            AtomicReference<@Nullable Throwable> failure = new AtomicReference<@Nullable Throwable>(null);
            List<Thread> threads = starters(cluster, failure);
            Thread approver = started(failure, () -> approve(cluster, done));
            Thread faults = started(failure, () -> mischief.happen(options.faults()));
            for (Thread thread : threads) {
                thread.join();
            }
            faults.join();
            Workplace.say("  all is quiet; " + accepted.size() + " runs were accepted");
            List<String> broken = new ArrayList<>();
            if (failure.get() == null) {
                awaitEnd(cluster, broken);
            }
            done.set(true);
            approver.join();
            Throwable thrown = failure.get();
            if (thrown != null) {
                throw new IllegalStateException("The test itself failed: " + thrown.getMessage(), thrown);
            }
            RunLaws laws = new RunLaws(cluster, provider.calls(), mischief.faults(), accepted, broken);
            laws.check();
            return new Report(broken, laws.counts());
        }
    }

    private String configuration(int port) {
        return """
                jobs: {heartbeat: %dms}
                workflows: {output_inline_max: 1Ki}
                cache: {enabled: false}
                routing:
                  attempts_max: 1
                  retry: {rounds: 0}
                  circuit: {failures: 1000}
                providers:
                  recorder: {type: openai, base_url: "http://127.0.0.1:%d/v1"}
                models:
                  recorded: {provider: recorder, prices: {input: 1.25, output: 10.00}}
                gateway: {default_model: recorded}
                """.formatted(options.heartbeat().toMillis(), port);
    }

    private void publish(Cluster cluster) throws InterruptedException {
        put(cluster, "/api/v1/patterns/" + FlowStep.PATTERN, """
                ---
                version: 1
                description: Answers with what the provider makes of it.
                ---
                Answer.
                """);
        for (Flow child : flows.children()) {
            put(cluster, "/api/v1/workflows/" + child.name(), child.file());
        }
    }

    private static void put(Cluster cluster, String path, String content) throws InterruptedException {
        Cluster.Answer answer =
                cluster.ask("PUT", path, Json.object().put("content", content).toString(), Map.of());
        if (answer.status() >= 300) {
            throw new IllegalStateException(path + " was refused: " + answer.text() + "\n" + content);
        }
    }

    /** Something that may fail. */
    private interface Task {
        void run() throws Exception;
    }

    private static Thread started(AtomicReference<@Nullable Throwable> failure, Task task) {
        return Thread.ofVirtual().start(() -> {
            try {
                task.run();
            } catch (Exception | AssertionError thrown) {
                failure.compareAndSet(null, thrown);
            }
        });
    }

    /** What is started does not depend on the nodes' speed: all dice are thrown before. */
    private List<Thread> starters(Cluster cluster, AtomicReference<@Nullable Throwable> failure) {
        record Start(Flow flow, String x, int n) {}
        List<List<Start>> shares = new ArrayList<>();
        for (int index = 0; index < STARTERS; index++) {
            shares.add(new ArrayList<>());
        }
        int number = 0;
        for (int count = 0; count < options.runs(); number++) {
            Flow flow = flows.next(number);
            for (int copies = flow.oneAtATime() ? 3 : 1; copies > 0 && count < options.runs(); copies--, count++) {
                shares.get(number % STARTERS).add(new Start(flow, "x" + dice.nextInt(1_000), dice.nextInt(11)));
            }
        }
        List<Thread> threads = new ArrayList<>();
        for (List<Start> share : shares) {
            threads.add(started(failure, () -> {
                Flow last = null;
                for (Start start : share) {
                    if (!start.flow().equals(last)) {
                        put(
                                cluster,
                                "/api/v1/workflows/" + start.flow().name(),
                                start.flow().file());
                        last = start.flow();
                    }
                    start(cluster, start.flow(), start.x(), start.n());
                }
            }));
        }
        return threads;
    }

    private void start(Cluster cluster, Flow flow, String x, int n) throws InterruptedException {
        ObjectNode request = Json.object();
        request.putObject("inputs").put("x", x).put("n", n);
        Cluster.Answer answer = cluster.ask(
                "POST",
                "/api/v1/workflows/" + flow.name() + "/runs",
                request.toString(),
                Map.of("Idempotency-Key", UUID.randomUUID().toString()));
        if (answer.status() != 200 && answer.status() != 201) {
            throw new IllegalStateException("A run was refused: " + answer.text() + "\n" + flow.file());
        }
        accepted.add(new Accepted(
                UUID.fromString(answer.body().path("id").asText()), flow, FlowReference.outputs(flow, x, n)));
    }

    /** Decides whatever waits for it, as the text of the question says. */
    private void approve(Cluster cluster, AtomicBoolean done) throws Exception {
        while (!done.get()) {
            for (UUID run : waiting(cluster)) {
                JsonNode view =
                        cluster.get("/api/v1/runs/" + run + "?outputs=false").body();
                for (JsonNode step : view.path("steps")) {
                    String message = step.path("waits_for").path("message").asText();
                    if (!message.isEmpty()) {
                        cluster.ask(
                                "POST",
                                "/api/v1/runs/" + run + (RecordingProvider.approves(message) ? "/approve" : "/reject"),
                                Json.object()
                                        .put("step", step.path("path").asText())
                                        .toString(),
                                Map.of());
                    }
                }
            }
            Thread.sleep(200);
        }
    }

    private static List<UUID> waiting(Cluster cluster) {
        List<UUID> runs = new ArrayList<>();
        try (Connection connection = cluster.superuser();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("""
                        SELECT DISTINCT run_id FROM gantry.run_steps
                        WHERE state = 'waiting' AND child_run IS NULL AND due_at > now() + interval '1 minute'
                        """)) {
            while (rows.next()) {
                runs.add(rows.getObject(1, UUID.class));
            }
        } catch (SQLException away) {
            // The database was killed just now.
        }
        return runs;
    }

    private static void awaitEnd(Cluster cluster, List<String> broken)
            throws SQLException, IOException, InterruptedException {
        long deadline = System.nanoTime() + ALL_OVER_MAX.toNanos();
        while (true) {
            List<String> open = new ArrayList<>();
            try (Connection connection = cluster.superuser();
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery(
                            "SELECT id, workflow, state, strands FROM gantry.runs WHERE NOT closed LIMIT 20")) {
                while (rows.next()) {
                    open.add("%s of %s is %s with %d strands"
                            .formatted(rows.getString(1), rows.getString(2), rows.getString(3), rows.getInt(4)));
                }
            }
            if (open.isEmpty()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                open.forEach(run -> broken.add("Every accepted run ends: " + run));
                return;
            }
            Thread.sleep(200);
        }
    }
}
