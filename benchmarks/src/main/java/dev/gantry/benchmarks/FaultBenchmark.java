package dev.gantry.benchmarks;

import dev.gantry.kernel.Ids;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;

/**
 * What users see while PostgreSQL and Redis come and go under load and Gantry itself is killed, and what is left of it in the
 * ledger and in the audit log: with limits over Redis, budgets and the guard switched on.
 */
final class FaultBenchmark {
    /** The number of a test card, which the guard must never let out. */
    private static final String SECRET = "4111 1111 1111 1111";

    private static final int CLIENTS = 16;
    private static final Duration PAUSE = Duration.ofMillis(50);
    private static final Duration BETWEEN_FAULTS = Duration.ofSeconds(4);

    private static final String REPLY = """
            {"id":"chatcmpl-bench","object":"chat.completion","created":1760000000,"model":"bench","choices":[{"index":0,\
            "message":{"role":"assistant","content":"Noted."},"logprobs":null,"finish_reason":"stop"}],\
            "usage":{"prompt_tokens":34,"completion_tokens":2,"total_tokens":36}}""";

    private final Workplace workplace;
    private final Figures figures;
    private final Gantry gantry;
    private final int redisPort = Workplace.freePort();
    private final LongAdder asked = new LongAdder();
    private final LongAdder unguarded = new LongAdder();
    private final LongAdder unanswered = new LongAdder();
    private final Map<Integer, LongAdder> statuses = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> answered = new ConcurrentLinkedQueue<>();

    FaultBenchmark(Workplace workplace, Figures figures) throws IOException {
        this.workplace = workplace;
        this.figures = figures;
        this.gantry = new Gantry(workplace);
    }

    private String configuration(int provider) {
        return """
                redis: {host: 127.0.0.1, port: %d}
                providers:
                  bench: {type: openai, base_url: "http://127.0.0.1:%d/v1"}
                models:
                  bench-fault: {provider: bench, prices: {input: 1.25, output: 10.00}}
                data_governance:
                  pii_detection: {enabled: true, action: redact}
                budgets:
                  organization: {monthly_limit: 90000000, alert_threshold: 0.8}
                rate_limiting:
                  default_tier: enterprise
                  tiers: {enterprise: 100000000/minute}
                """.formatted(redisPort, provider);
    }

    /** Something that happens to the platform. */
    private interface Fault {
        void happen() throws Exception;
    }

    void run(int rounds) throws Exception {
        workplace.require("redis-server");
        gantry.configure(configuration(provider()));
        Process[] redis = {redis()};
        gantry.start(List.of());
        Gantry.awaitStartupCache();
        AtomicBoolean stop = new AtomicBoolean();
        List<Thread> clients = clients(stop);
        for (int round = 1; round <= rounds; round++) {
            Workplace.say("Round " + round + " of " + rounds);
            during("quiet", () -> {});
            during("Redis frozen for 2 s", () -> {
                signal("STOP", redis[0].pid());
                Thread.sleep(2_000);
                signal("CONT", redis[0].pid());
            });
            during("Redis killed and started again", () -> {
                signal("KILL", redis[0].pid());
                redis[0].waitFor();
                redis[0] = redis();
            });
            during("PostgreSQL killed", () -> signal("KILL", gantry.postgresPid()));
            during("PostgreSQL frozen for 2 s", () -> {
                long pid = gantry.groupWriterBackend();
                signal("STOP", pid);
                Thread.sleep(2_000);
                signal("CONT", pid);
            });
            during("Gantry killed and started again", () -> {
                signal("KILL", gantry.processes().root());
                gantry.start(List.of());
            });
        }
        stop.set(true);
        for (Thread client : clients) {
            client.join();
        }
        account();
    }

    /** Counts what users saw from the fault on until the next one. */
    private void during(String what, Fault fault) throws Exception {
        Workplace.say("  " + what);
        Map<Integer, Long> before = new ConcurrentHashMap<>();
        statuses.forEach((status, count) -> before.put(status, count.sum()));
        long cutBefore = unanswered.sum();
        fault.happen();
        Thread.sleep(BETWEEN_FAULTS);
        statuses.forEach((status, count) ->
                figures.add(what + ": status " + status, "gantry", count.sum() - before.getOrDefault(status, 0L)));
        figures.add(what + ": connections cut", "gantry", unanswered.sum() - cutBefore);
    }

    /** Asks the database, when all is over, for every request that a user was answered. */
    private void account() throws Exception {
        Set<String> ledger = new HashSet<>();
        Set<String> log = new HashSet<>();
        int ledgerLines = gantry.requestIds("usage", ledger);
        gantry.requestIds("audit_events", log);
        figures.add("answered with 200", "gantry", answered.size());
        figures.add(
                "… of these missing in the ledger",
                "gantry",
                answered.stream().filter(id -> !ledger.contains(id)).count());
        figures.add(
                "… of these missing in the audit log",
                "gantry",
                answered.stream().filter(id -> !log.contains(id)).count());
        figures.add("in the ledger twice", "gantry", ledgerLines - ledger.size());
        figures.add("requests that reached the provider", "gantry", asked.sum());
        figures.add("… of these unguarded", "gantry", unguarded.sum());
        figures.add("the audit log is sound (1 = yes)", "gantry", gantry.verifies() ? 1 : 0);
    }

    private List<Thread> clients(AtomicBoolean stop) {
        HttpClient http = HttpClient.newBuilder()
                .connectTimeout(Duration.ofSeconds(5))
                .version(HttpClient.Version.HTTP_1_1)
                .build();
        Target target = gantry.target("""
                {"model":"bench-fault","messages":[{"role":"user","content":"Note card %s"}],"max_tokens":20}""".formatted(SECRET));
        List<Thread> clients = new ArrayList<>();
        for (int number = 0; number < CLIENTS; number++) {
            clients.add(Thread.ofVirtual().start(() -> {
                while (!stop.get()) {
                    ask(http, target);
                }
            }));
        }
        return clients;
    }

    private void ask(HttpClient http, Target target) {
        String id = Ids.next().toString();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(target.url()))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .header("X-Request-Id", id)
                .POST(HttpRequest.BodyPublishers.ofString(target.body()));
        target.headers().forEach(request::header);
        try {
            int status = http.send(request.build(), HttpResponse.BodyHandlers.ofString())
                    .statusCode();
            statuses.computeIfAbsent(status, _ -> new LongAdder()).increment();
            if (status == 200) {
                answered.add(id);
            }
            Thread.sleep(PAUSE);
        } catch (IOException cut) {
            unanswered.increment();
            pause();
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException interruption) {
            Thread.currentThread().interrupt();
        }
    }

    private int provider() throws Exception {
        Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
        return vertx.createHttpServer(
                        new HttpServerOptions().setHost("127.0.0.1").setPort(0))
                .requestHandler(request -> request.body().onSuccess(body -> {
                    asked.increment();
                    if (body.toString().contains(SECRET)) {
                        unguarded.increment();
                    }
                    request.response()
                            .putHeader("Content-Type", "application/json")
                            .end(REPLY);
                }))
                .listen()
                .toCompletionStage()
                .toCompletableFuture()
                .get(10, TimeUnit.SECONDS)
                .actualPort();
    }

    private Process redis() throws IOException {
        return workplace.start(
                "redis",
                List.of("redis-server", "--bind", "127.0.0.1", "--port", Integer.toString(redisPort), "--save", ""));
    }

    private void signal(String name, long pid) throws IOException, InterruptedException {
        workplace.run(List.of("kill", "-" + name, Long.toString(pid)), workplace.folder());
    }
}
