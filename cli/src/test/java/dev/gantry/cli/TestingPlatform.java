package dev.gantry.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A platform that answers what a test told it to, and remembers what it was asked. */
final class TestingPlatform implements AutoCloseable {
    private static final String ENDLESS = "endless";

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final CountDownLatch asked = new CountDownLatch(1);
    private final CountDownLatch hungUp = new CountDownLatch(1);
    private final List<Request> requests = new CopyOnWriteArrayList<>();

    /**
     * What to answer.
     *
     * @param headers besides the content type
     */
    record Answer(int status, String contentType, String body, Map<String, String> headers) {}

    /**
     * What was asked.
     *
     * @param target path with query
     * @param body null when there was none
     */
    record Request(String method, String target, Map<String, List<String>> headers, String body) {
        JsonNode json() {
            return Json.read(body);
        }

        String header(String name) {
            return headers.getOrDefault(name, List.of("")).getFirst();
        }
    }

    TestingPlatform() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** Answers a method and path, whatever its query, with JSON. */
    void answer(String methodAndPath, String json) {
        answers.put(methodAndPath, new Answer(200, "application/json", json, Map.of()));
    }

    void answer(String methodAndPath, Answer answer) {
        answers.put(methodAndPath, answer);
    }

    void refuse(String methodAndPath, int status, String problem) {
        answers.put(
                methodAndPath,
                new Answer(status, "application/problem+json", problem, Map.of("X-Request-Id", "request-7")));
    }

    /** Answers a method and path with bytes that never end, until the caller hangs up. */
    void answerForEver(String methodAndPath) {
        answers.put(methodAndPath, new Answer(200, "text/event-stream", ENDLESS, Map.of()));
    }

    /** Waits until a caller has hung up on an endless answer. */
    boolean callerHungUp() throws InterruptedException {
        return hungUp.await(4, TimeUnit.MINUTES);
    }

    /** Waits until a request has arrived. */
    boolean asked() throws InterruptedException {
        return asked.await(4, TimeUnit.MINUTES);
    }

    List<Request> requests() {
        return requests;
    }

    Request lastRequest() {
        return requests.getLast();
    }

    private void serve(HttpExchange exchange) {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String method = exchange.getRequestMethod();
            requests.add(new Request(method, exchange.getRequestURI().toString(), exchange.getRequestHeaders(), body));
            asked.countDown();
            String path = exchange.getRequestURI().getRawPath();
            Answer answer = answers.getOrDefault(
                    method + " " + path,
                    new Answer(
                            404, "application/problem+json", "{\"title\":\"No such path: " + path + "\"}", Map.of()));
            exchange.getResponseHeaders().set("Content-Type", answer.contentType());
            answer.headers().forEach(exchange.getResponseHeaders()::set);
            byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
            if (answer.body().equals(ENDLESS)) {
                writeForEver(exchange);
            }
            exchange.sendResponseHeaders(answer.status(), bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    private void writeForEver(HttpExchange exchange) throws IOException {
        exchange.sendResponseHeaders(200, 0);
        try {
            while (true) {
                exchange.getResponseBody()
                        .write("event: delta\ndata: {\"text\":\"x\"}\n\n".getBytes(StandardCharsets.UTF_8));
                exchange.getResponseBody().flush();
            }
        } finally {
            hungUp.countDown();
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
