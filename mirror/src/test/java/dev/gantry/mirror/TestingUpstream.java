package dev.gantry.mirror;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.gantry.kernel.Json;
import dev.gantry.testing.TestingAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Answers as another Gantry does, or as somebody who only pretends to be one. */
final class TestingUpstream implements AutoCloseable {
    static final String KEY = "gantry_key_of_the_test";

    private final HttpServer server;
    private final Map<String, Asset> assets = new LinkedHashMap<>();
    private final List<String> asked = new ArrayList<>();
    private UnaryOperator<ObjectNode> list = UnaryOperator.identity();
    private UnaryOperator<ObjectNode> texts = UnaryOperator.identity();
    private Answer instead = exchange -> false;
    private int changes;
    private int walks;

    /** Takes an exchange over; returns whether it did. */
    @FunctionalInterface
    interface Answer {
        boolean to(HttpExchange exchange) throws IOException;
    }

    private static final class Asset {
        private final UUID id = UUID.randomUUID();
        private final List<String> versions = new ArrayList<>();
        private final Map<String, Integer> labels = new LinkedHashMap<>();
        private boolean everybody;
    }

    TestingUpstream() throws IOException {
        this(null);
    }

    /**
     * Another Gantry.
     *
     * @param certificate what it shows over TLS; null for none of it
     */
    TestingUpstream(TestingAuthority.@Nullable Issued certificate) throws IOException {
        InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        if (certificate == null) {
            server = HttpServer.create(any, 0);
        } else {
            HttpsServer secured = HttpsServer.create(any, 0);
            secured.setHttpsConfigurator(new HttpsConfigurator(certificate.context()));
            server = secured;
        }
        server.createContext("/", this::serve);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    String url() {
        return (server instanceof HttpsServer ? "https" : "http") + "://127.0.0.1:"
                + server.getAddress().getPort();
    }

    synchronized void put(String name, String content) {
        assets.computeIfAbsent(name, _ -> new Asset()).versions.add(content);
        changes++;
    }

    synchronized void label(String name, String label, int version) {
        asset(name).labels.put(label, version);
        changes++;
    }

    /** Shows an asset to everybody there, or to its team only. */
    synchronized void show(String name, boolean everybody) {
        asset(name).everybody = everybody;
        changes++;
    }

    private Asset asset(String name) {
        return Objects.requireNonNull(assets.get(name), name);
    }

    synchronized void remove(String name) {
        assets.remove(name);
        changes++;
    }

    /** As after a restored backup: versions are as many as they once were. */
    synchronized void goBack(String name, int version) {
        List<String> versions = asset(name).versions;
        versions.subList(version, versions.size()).clear();
        changes++;
    }

    /** Changes what it answers about the list. */
    synchronized void lie(UnaryOperator<ObjectNode> about) {
        list = about;
        changes++;
    }

    /** Changes what it answers about texts. */
    synchronized void lieAboutTexts(UnaryOperator<ObjectNode> about) {
        texts = about;
        changes++;
    }

    /** Returns what stands for the state that it is in. */
    synchronized int tag() {
        return changes;
    }

    /** Says that everything is as it was once. */
    synchronized void goBackTo(int tag) {
        changes = tag;
    }

    synchronized void answer(Answer other) {
        instead = other;
        changes++;
    }

    /** Returns how often more was answered than that nothing is new, since {@link #asked}. */
    synchronized int walks() {
        return walks;
    }

    /** Returns the paths that were asked for since the last time. */
    synchronized List<String> asked() {
        List<String> since = List.copyOf(asked);
        asked.clear();
        walks = 0;
        return since;
    }

    private void serve(HttpExchange exchange) throws IOException {
        try (exchange) {
            synchronized (this) {
                asked.add(exchange.getRequestURI().getPath());
            }
            if (instead.to(exchange)) {
                return;
            }
            if (!("Bearer " + KEY).equals(exchange.getRequestHeaders().getFirst("Authorization"))) {
                exchange.sendResponseHeaders(401, -1);
                return;
            }
            String tag = "\"" + changes + "\"";
            if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
                exchange.sendResponseHeaders(304, -1);
                return;
            }
            synchronized (this) {
                walks++;
            }
            boolean wantsList = exchange.getRequestURI().getPath().endsWith("/assets");
            ObjectNode body = wantsList
                    ? list.apply(list())
                    : texts.apply(texts(exchange.getRequestURI().getQuery()));
            exchange.getResponseHeaders().set("ETag", tag);
            byte[] bytes = body.toString().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, bytes.length);
            exchange.getResponseBody().write(bytes);
        }
    }

    private synchronized ObjectNode list() {
        ObjectNode body = Json.object().putNull("next_cursor");
        ArrayNode items = body.putArray("items");
        assets.forEach((name, asset) -> {
            ObjectNode item = items.addObject()
                    .put("id", asset.id.toString())
                    .put("kind", "pattern")
                    .put("name", name)
                    .put("version", asset.versions.size())
                    .put("visibility", asset.everybody ? "organization" : "team")
                    .put("hash", Mirror.hash(asset.versions.getLast()));
            ObjectNode labels = item.putObject("labels");
            asset.labels.forEach((label, version) -> labels.putObject(label)
                    .put("version", version)
                    .put("hash", Mirror.hash(asset.versions.get(version - 1))));
        });
        return body;
    }

    private synchronized ObjectNode texts(String query) {
        ObjectNode body = Json.object().put("complete", true);
        ArrayNode items = body.putArray("items");
        for (String wanted : query.substring("assets=".length()).split(",")) {
            UUID id = UUID.fromString(wanted.substring(0, 36));
            int after = Integer.parseInt(wanted.substring(37));
            assets.forEach((name, asset) -> {
                for (int version = after + 1; asset.id.equals(id) && version <= asset.versions.size(); version++) {
                    String content = asset.versions.get(version - 1);
                    items.addObject()
                            .put("asset", id.toString())
                            .put("version", version)
                            .put("hash", Mirror.hash(content))
                            .put("author", "ann@hub.example.com")
                            .put("created_at", "2026-01-02T03:04:05Z")
                            .put("content", content);
                }
            });
        }
        return body;
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
