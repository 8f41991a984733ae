package dev.gantry.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.gantry.kernel.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A model provider in OpenAI's words that keeps every call. What it answers follows from the prompt alone: its first word says
 * whether it answers ({@code steady}), fails once ({@code flaky}), always ({@code broken}), or by the text ({@code perhaps}).
 * Thread-safe.
 */
final class RecordingProvider implements AutoCloseable {
    private static final int SLOW_ONE_IN = 12;
    private static final int SLOW_MS = 1_500;
    private static final int QUICK_MS = 80;

    private final HttpServer server;
    private final ConcurrentLinkedQueue<Call> calls = new ConcurrentLinkedQueue<>();
    private final Map<String, AtomicInteger> failures = new ConcurrentHashMap<>();

    /**
     * A call as it was answered.
     *
     * @param key the idempotency key
     * @param endedAt when all of the answer had been sent; null if the caller was gone or was not waited for
     */
    record Call(
            String key,
            String prompt,
            Instant begunAt,
            @Nullable Instant endedAt,
            int status,
            long tokens) {}

    private RecordingProvider(HttpServer server) {
        this.server = server;
    }

    static RecordingProvider start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 100);
        RecordingProvider provider = new RecordingProvider(server);
        server.createContext("/", provider::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        return provider;
    }

    int port() {
        return server.getAddress().getPort();
    }

    /** Returns what it was asked, in the order in which calls ended. */
    List<Call> calls() {
        return new ArrayList<>(calls);
    }

    /** Returns what it says to a prompt in the end; empty if it never answers. */
    static Optional<String> answer(String prompt) {
        String manner = prompt.substring(0, Math.max(0, prompt.indexOf(' ')));
        boolean fails = manner.equals("broken") || (manner.equals("perhaps") && digest(prompt)[0] % 3 == 0);
        return fails ? Optional.empty() : Optional.of("said " + letters(digest(prompt)));
    }

    /** Returns what is decided about a question. */
    static boolean approves(String message) {
        return digest(message)[1] % 4 != 0;
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Letters only, in which no guard finds a number of anything. */
    private static String letters(byte[] digest) {
        StringBuilder word = new StringBuilder();
        for (char digit : HexFormat.of().formatHex(digest, 0, 6).toCharArray()) {
            word.append((char) ('g' + Character.digit(digit, 16)));
        }
        return word.toString();
    }

    private void answer(HttpExchange exchange) throws IOException {
        Instant begun = Instant.now();
        String key = String.valueOf(exchange.getRequestHeaders().getFirst("Idempotency-Key"));
        String prompt = lastUserText(Json.read(exchange.getRequestBody().readAllBytes()));
        Optional<String> answer = answer(prompt);
        int status = answer.isEmpty() ? 400 : isFirstOfFlaky(key, prompt) ? 503 : 200;
        Instant ended = null;
        long tokens = status == 200 ? 11 + prompt.length() % 7 : 0;
        try (exchange) {
            pause();
            byte[] body = (status == 200 ? reply(answer.get(), tokens) : error(status))
                    .toString()
                    .getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/json");
            exchange.sendResponseHeaders(status, body.length);
            exchange.getResponseBody().write(body);
            ended = Instant.now();
        } catch (IOException gone) {
            // The caller was killed or has given up.
        } finally {
            calls.add(new Call(key, prompt, begun, ended, status, tokens));
        }
    }

    private boolean isFirstOfFlaky(String key, String prompt) {
        return prompt.startsWith("flaky ")
                && failures.computeIfAbsent(key, _ -> new AtomicInteger()).getAndIncrement() == 0;
    }

    private static void pause() {
        ThreadLocalRandom dice = ThreadLocalRandom.current();
        try {
            Thread.sleep(dice.nextInt(SLOW_ONE_IN) == 0 ? dice.nextInt(SLOW_MS) : dice.nextInt(QUICK_MS));
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
    }

    private static String lastUserText(JsonNode request) {
        String last = "";
        for (JsonNode message : request.path("messages")) {
            JsonNode content = message.path("content");
            if (message.path("role").asText().equals("user")) {
                last = content.isTextual()
                        ? content.textValue()
                        : content.path(0).path("text").asText();
            }
        }
        return last;
    }

    private static ObjectNode reply(String text, long tokens) {
        ObjectNode reply = Json.object()
                .put("id", "chatcmpl-recorded")
                .put("object", "chat.completion")
                .put("created", 1_760_000_000L)
                .put("model", "recorded");
        ObjectNode choice =
                reply.putArray("choices").addObject().put("index", 0).put("finish_reason", "stop");
        choice.putObject("message").put("role", "assistant").put("content", text);
        reply.putObject("usage")
                .put("prompt_tokens", tokens - 3)
                .put("completion_tokens", 3)
                .put("total_tokens", tokens);
        return reply;
    }

    private static ObjectNode error(int status) {
        ObjectNode error = Json.object();
        error.putObject("error").put("message", "No answer today").put("type", "error " + status);
        return error;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
