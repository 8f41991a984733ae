package dev.gantry.benchmarks;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** How long signing in by password takes when many do at once, and what others feel of it. */
final class LoginBenchmark {
    private static final int PEOPLE = 20;
    private static final int LOGINS_EACH = 15;
    private static final int LOGINS_SPREAD = 200;
    private static final Duration SPACING = Duration.ofMillis(50);
    private static final Duration OTHERS_EVERY = Duration.ofMillis(10);
    private static final String PASSWORD = "mighty walrus sings again";

    private final Workplace workplace;
    private final Figures figures;
    private final int rounds;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    LoginBenchmark(Workplace workplace, Figures figures, int rounds) {
        this.workplace = workplace;
        this.figures = figures;
        this.rounds = rounds;
    }

    void run() throws Exception {
        Gantry gantry = new Gantry(workplace);
        gantry.configure("accounts: {mfa: {required: false}, password: {parallel_hashes: " + processors() + "}}\n");
        gantry.start(List.of("taskset", "-c", "0-" + System.getProperty("gantry.lastProcessor", "0")));
        try {
            Target target = gantry.target("");
            String base = "http://127.0.0.1:" + target.port();
            String key = target.headers().getOrDefault("Authorization", "");
            for (int person = 0; person < PEOPLE; person++) {
                send(base + "/api/v1/users", "POST", key, "{\"name\":\"" + name(person) + "\"}", 201);
                send(
                        base + "/api/v1/users/" + name(person) + "/password",
                        "PUT",
                        key,
                        "{\"password\":\"" + PASSWORD + "\",\"must_change\":false}",
                        204);
            }
            atOnce(base, false);
            others(base, key, "alone", () -> TimeUnit.SECONDS.sleep(5));
            for (int round = 0; round < rounds; round++) {
                others(base, key, "beside 20 who sign in without pause", () -> atOnce(base, true));
                others(base, key, "beside 20 sign-ins a second", () -> spread(base));
            }
        } finally {
            gantry.stop();
        }
    }

    private static int processors() {
        return Integer.parseInt(System.getProperty("gantry.lastProcessor", "0")) + 1;
    }

    private static String name(int person) {
        return "person-" + person + "@example.com";
    }

    private void send(String address, String method, String key, String body, int expected)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body));
        if (!key.isEmpty()) {
            request.header("Authorization", key);
        }
        var reply = http.send(request.build(), BodyHandlers.ofString());
        if (reply.statusCode() != expected) {
            throw new IllegalStateException(address + " answers " + reply.statusCode() + " " + reply.body());
        }
    }

    /** Returns how long it took, in milliseconds. */
    private double signIn(String base, int person) throws IOException, InterruptedException {
        long begin = System.nanoTime();
        send(
                base + "/api/v1/auth/sessions",
                "POST",
                "",
                "{\"username\":\"" + name(person) + "\",\"password\":\"" + PASSWORD + "\"}",
                201);
        return (System.nanoTime() - begin) / 1e6;
    }

    private void atOnce(String base, boolean counts) throws Exception {
        List<Double> times = new ArrayList<>();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<List<Double>>> running = new ArrayList<>();
            for (int person = 0; person < PEOPLE; person++) {
                int who = person;
                running.add(people.submit(() -> {
                    List<Double> own = new ArrayList<>();
                    for (int login = 0; login < LOGINS_EACH; login++) {
                        own.add(signIn(base, who));
                    }
                    return own;
                }));
            }
            for (Future<List<Double>> one : running) {
                times.addAll(one.get());
            }
        }
        if (counts) {
            record("sign-in, 20 without pause", times);
        }
    }

    private void spread(String base) throws Exception {
        List<Double> times = new ArrayList<>();
        try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Double>> running = new ArrayList<>();
            for (int login = 0; login < LOGINS_SPREAD; login++) {
                int who = login % PEOPLE;
                running.add(people.submit(() -> signIn(base, who)));
                TimeUnit.MILLISECONDS.sleep(SPACING.toMillis());
            }
            for (Future<Double> one : running) {
                times.add(one.get());
            }
        }
        record("sign-in, 20 a second", times);
    }

    private interface Work {
        void run() throws Exception;
    }

    /** Has others ask who they are meanwhile. */
    private void others(String base, String key, String line, Work work) throws Exception {
        AtomicBoolean ended = new AtomicBoolean();
        List<Double> times = new ArrayList<>();
        Thread asking = Thread.startVirtualThread(() -> {
            try {
                while (!ended.get()) {
                    long begin = System.nanoTime();
                    send(base + "/api/v1/whoami", "GET", key, "", 200);
                    times.add((System.nanoTime() - begin) / 1e6);
                    TimeUnit.MILLISECONDS.sleep(OTHERS_EVERY.toMillis());
                }
            } catch (IOException | InterruptedException failed) {
                throw new IllegalStateException(failed);
            }
        });
        work.run();
        ended.set(true);
        asking.join();
        record("whoami " + line, times);
    }

    private void record(String line, List<Double> times) {
        double[] sorted = times.stream().mapToDouble(Double::doubleValue).toArray();
        Arrays.sort(sorted);
        figures.add(line + ", p50 ms", "gantry", sorted[sorted.length / 2]);
        figures.add(line + ", p95 ms", "gantry", sorted[sorted.length * 95 / 100]);
    }
}
