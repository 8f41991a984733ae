package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A client of one platform, with one key. Keep one and share it: it is thread-safe, and keeps its connections.
 *
 * <pre>{@code
 * try (GantryClient gantry = GantryClient.connect("https://gantry.example.com", System.getenv("GANTRY_API_KEY"))) {
 *     System.out.println(gantry.execute(Execution.of("summarize", text)).output());
 * }
 * }</pre>
 *
 * <p>Every method blocks, and throws {@link ClientException} and nothing else where the platform refuses or cannot be
 * reached. A call is sent again when it was refused before anything was done (no connection, 429, overload), and otherwise
 * only where a second arrival does no harm: what only reads, and what carries an {@code Idempotency-Key}. An execution is
 * never sent again once a provider may have been asked.
 */
public final class GantryClient implements AutoCloseable {
    private final Transport transport;
    private final ClientSettings settings;

    /** A client with settings of one's own. */
    public GantryClient(ClientSettings settings) {
        this.settings = settings;
        this.transport = new Transport(settings);
    }

    /**
     * A client with the usual settings.
     *
     * @param url such as {@code https://gantry.example.com}
     * @param key an API key
     * @throws IllegalArgumentException if the address is none
     */
    public static GantryClient connect(String url, String key) {
        return new GantryClient(ClientSettings.of(URI.create(url), Secret.of(key)));
    }

    /** Runs a pattern and waits for the whole answer. */
    public ExecutionResult execute(Execution execution) {
        return ExecutionResult.of(transport.send(call(execution, false)).body(), null);
    }

    /**
     * Runs a pattern; the answer comes piece by piece. Close the stream: that also cancels what is not finished.
     *
     * @throws ClientException if it is refused before its first piece; later failures come from the stream
     */
    public ExecutionStream stream(Execution execution) {
        return new ExecutionStream(transport.events(call(execution, true), settings.executionTimeout()));
    }

    private Transport.Call call(Execution execution, boolean stream) {
        return Transport.Call.of("POST", "/api/v1/execute", execution.json(stream))
                .within(settings.executionTimeout());
    }

    /** Returns the registry of patterns. */
    public RegistryClient registry() {
        return registry(AssetType.PATTERN);
    }

    /** Returns the registry of one kind of asset. */
    public RegistryClient registry(AssetType type) {
        return new RegistryClient(this, type);
    }

    /** Returns workflows and their runs. */
    public WorkflowsClient workflows() {
        return new WorkflowsClient(this);
    }

    /** Returns reviews of versions. */
    public ReviewsClient reviews() {
        return new ReviewsClient(this);
    }

    /** Returns what speaks to paths that have no method here. */
    public Transport transport() {
        return transport;
    }

    Transport.Reply send(Transport.Call call) {
        return transport.send(call.within(settings.timeout()));
    }

    Duration timeout() {
        return settings.timeout();
    }

    static @Nullable String text(JsonNode value) {
        return value.isTextual() ? value.textValue() : null;
    }

    static @Nullable Instant time(JsonNode value) {
        return value.isTextual() ? Instant.parse(value.textValue()) : null;
    }

    /** Breaks off what is under way and closes the connections. */
    @Override
    public void close() {
        transport.close();
    }
}
