package dev.gantry.provider.testing;

import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServerOptions;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * A model provider that is not one: a real HTTP server on 127.0.0.1 that speaks the interfaces of OpenAI (chat
 * completions, responses, embeddings), Azure, Anthropic (messages, count of tokens), Gemini, Bedrock and Ollama (chat,
 * embeddings), answers as it is told to ({@link Scenario}), fails on demand ({@link Fault}) and keeps what it received. Its answers are the same
 * in every run. Thread-safe.
 *
 * <p>Which scenario a request gets: the first of those queued by {@link #next}; otherwise the one that was set for its model or
 * that its model name asks for ({@code simulate:…}); otherwise the one set by {@link #always}.
 */
public final class Simulator implements AutoCloseable {
    /** How long tests wait before they say that something does not happen: there is room for a machine that is slow. */
    public static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final long POLL_NANOS = 1_000_000;
    private static final int REQUESTS_KEPT_MAX = 1_000;

    private final Vertx vertx;
    private final ConcurrentLinkedDeque<ReceivedRequest> received = new ConcurrentLinkedDeque<>();
    private final ConcurrentLinkedDeque<Scenario> queued = new ConcurrentLinkedDeque<>();
    private final Map<String, Scenario> models = new ConcurrentHashMap<>();
    private final Set<String> refusedKeys = ConcurrentHashMap.newKeySet();
    private final AtomicInteger connections = new AtomicInteger();
    private final AtomicInteger connectionsMade = new AtomicInteger();
    private final AtomicInteger underWay = new AtomicInteger();
    private final AtomicInteger cancelled = new AtomicInteger();
    private final AtomicInteger heldBack = new AtomicInteger();
    private final AtomicLong answers = new AtomicLong();
    private volatile Scenario always = Scenario.ECHO;
    private volatile boolean recording = true;
    private volatile int port;

    private Simulator(int port, int instances) {
        this.port = port;
        this.vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(instances));
    }

    /** Starts a simulator on a free port. */
    public static Simulator start() {
        return start(0, 1);
    }

    /** Starts a simulator on a port, 0 for a free one, with some event loops. */
    public static Simulator start(int port, int instances) {
        Simulator simulator = new Simulator(port, instances);
        try {
            await(simulator.vertx.deployVerticle(simulator.new Listener(), new DeploymentOptions()));
            for (int further = 1; further < instances; further++) {
                await(simulator.vertx.deployVerticle(simulator.new Listener(), new DeploymentOptions()));
            }
            return simulator;
        } catch (Exception failure) {
            simulator.close();
            throw new IllegalStateException("The simulator could not listen", failure);
        }
    }

    private static void await(Future<?> future) throws Exception {
        future.toCompletionStage().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    }

    private final class Listener extends VerticleBase {
        @Override
        public Future<?> start() {
            Context own = context;
            SimulatorHandler handler = new SimulatorHandler(Simulator.this, own);
            return vertx.createHttpServer(new HttpServerOptions()
                            .setHost("127.0.0.1")
                            .setPort(port)
                            .setTcpNoDelay(true)
                            .setMaxHeaderSize(64 * 1024))
                    .connectionHandler(connection -> {
                        connections.incrementAndGet();
                        connectionsMade.incrementAndGet();
                        connection.closeHandler(closed -> connections.decrementAndGet());
                    })
                    .requestHandler(handler)
                    .listen()
                    .onSuccess(server -> port = server.actualPort());
        }
    }

    /** Returns the port. */
    public int port() {
        return port;
    }

    /** Returns the address of the server. */
    public URI address() {
        return URI.create("http://127.0.0.1:" + port);
    }

    /** Returns the base address of OpenAI's interface. */
    public URI openAiAddress() {
        return URI.create(address() + "/v1");
    }

    /** Queues scenarios for the next requests. */
    public void next(Scenario... scenarios) {
        queued.addAll(List.of(scenarios));
    }

    /** Sets what requests get for which nothing is queued. */
    public void always(Scenario scenario) {
        always = scenario;
    }

    /** Sets what requests for a model get, until further notice. */
    public void model(String name, Scenario scenario) {
        models.put(name, scenario);
    }

    /** Refuses a key with status 401 from now on. */
    public void refuseKey(String key) {
        refusedKeys.add(key);
    }

    /** Accepts a key again. */
    public void acceptKey(String key) {
        refusedKeys.remove(key);
    }

    /** Forgets scenarios, refused keys and received requests. */
    public void reset() {
        queued.clear();
        refusedKeys.clear();
        received.clear();
        cancelled.set(0);
        heldBack.set(0);
        always = Scenario.ECHO;
    }

    /** Sets whether requests are kept, which costs memory and time. */
    public void record(boolean on) {
        recording = on;
    }

    /** Returns the requests that were received, oldest first; at most the last thousand. */
    public List<ReceivedRequest> requests() {
        return new ArrayList<>(received);
    }

    /** Returns the last request that was received. */
    public ReceivedRequest lastRequest() {
        return received.getLast();
    }

    /** Returns how many connections are open. */
    public int connections() {
        return connections.get();
    }

    /** Returns how many connections were ever made. */
    public int connectionsMade() {
        return connectionsMade.get();
    }

    /** Returns how many requests are being answered. */
    public int underWay() {
        return underWay.get();
    }

    /** Returns how many answers the other side did not wait for. */
    public int cancelled() {
        return cancelled.get();
    }

    /** Returns how often a stream had to wait because the other side did not read. */
    public int heldBack() {
        return heldBack.get();
    }

    /** Waits until something is so, for as long as {@link #PATIENCE}. */
    public static void awaitUntil(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("After " + PATIENCE + " still not: " + what);
            }
            LockSupport.parkNanos(POLL_NANOS);
        }
    }

    @Override
    public void close() {
        vertx.close().toCompletionStage().toCompletableFuture().join();
    }

    // For the handler

    void keep(ReceivedRequest request) {
        if (recording) {
            received.add(request);
            while (received.size() > REQUESTS_KEPT_MAX) {
                received.poll();
            }
        }
    }

    boolean isRefused(String key) {
        return refusedKeys.contains(key);
    }

    Scenario scenarioFor(String model) {
        Scenario first = queued.poll();
        if (first != null) {
            return first;
        }
        Scenario known = models.get(model);
        Scenario named = known != null ? known : Scenario.ofModel(model);
        return named != null ? named : always;
    }

    String nextId() {
        return Long.toString(answers.incrementAndGet());
    }

    void begun() {
        underWay.incrementAndGet();
    }

    void ended(boolean completely) {
        if (!completely) {
            cancelled.incrementAndGet();
        }
        underWay.decrementAndGet(); // Last: who waits for this to be 0 may set the other number to 0.
    }

    void waits() {
        heldBack.incrementAndGet();
    }
}
