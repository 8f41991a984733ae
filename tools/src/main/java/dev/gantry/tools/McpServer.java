package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.gantry.kernel.Json;
import dev.gantry.kernel.Text;
import dev.gantry.outbound.Deadline;
import dev.gantry.tools.ToolException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One MCP server: connected when it is first needed, and again when it was lost. Thread-safe, blocking. Written to the
 * specification of 2025-06-18; of it this client uses tools alone.
 */
final class McpServer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(McpServer.class);
    static final String IDEMPOTENCY_KEY = "dev.gantry/idempotency-key";
    private static final String VERSION = "2025-06-18";
    private static final Set<String> VERSIONS = Set.of("2025-11-25", VERSION, "2025-03-26", "2024-11-05");
    private static final Duration TOOLS_KEPT = Duration.ofMinutes(5);
    private static final Duration WORD = Duration.ofSeconds(2);

    /** Within which a program that has let a request wait must answer a ping; half its timeout, if that is less. */
    private static final Duration SIGN_OF_LIFE = Duration.ofSeconds(5);

    private static final Duration PAUSE_MIN = Duration.ofSeconds(1);
    private static final Duration PAUSE_MAX = Duration.ofMinutes(1);
    private static final int TOOLS_MAX = 500;
    private static final int PAGES_MAX = 50;
    private static final int DESCRIPTION_MAX = 4_000;
    private static final int ARGUMENTS_BYTES_MAX = 4 << 20;

    private final String name;
    private final ToolSettings.McpServer settings;
    private final Connector connector;
    private final ReentrantLock connecting = new ReentrantLock();
    private final AtomicLong ids = new AtomicLong();
    private volatile @Nullable McpTransport connection;
    private volatile @Nullable Listed listed;
    private final AtomicBoolean checking = new AtomicBoolean();

    /** Starts of the program since it answered last. */
    private final AtomicInteger startsInVain = new AtomicInteger();

    private volatile long startedAtNanos;

    /** Requests that wait for their answers, by their ids. */
    private final Map<Long, Waiting> waiting = new ConcurrentHashMap<>();

    /** When the server answered something last. */
    private volatile long heardAtNanos = System.nanoTime();

    private record Waiting(McpTransport on, Deadline until) {}

    /** Makes connections. */
    @FunctionalInterface
    interface Connector {
        McpTransport connect() throws ToolException;
    }

    private record Listed(List<McpTool> tools, long untilNanos) {}

    McpServer(String name, ToolSettings.McpServer settings, Connector connector) {
        this.name = name;
        this.settings = settings;
        this.connector = connector;
    }

    boolean mayCall(String tool) {
        return settings.tools().contains("*") || settings.tools().contains(tool);
    }

    /** Returns the tools that may be called, as the server listed them at most five minutes ago. */
    List<McpTool> tools(Duration most) throws ToolException {
        Listed known = listed;
        if (known != null && System.nanoTime() - known.untilNanos() < 0) {
            return known.tools();
        }
        List<McpTool> tools = new ArrayList<>();
        Deadline deadline = deadline(most);
        String cursor = null;
        for (int page = 0; page < PAGES_MAX && tools.size() < TOOLS_MAX; page++) {
            ObjectNode params = Json.object();
            if (cursor != null) {
                params.put("cursor", cursor);
            }
            JsonNode result = result(request("tools/list", params, deadline));
            for (JsonNode tool : result.path("tools")) {
                add(tool, tools);
            }
            cursor = result.path("nextCursor").textValue();
            if (cursor == null) {
                break;
            }
        }
        listed = new Listed(List.copyOf(tools), System.nanoTime() + TOOLS_KEPT.toNanos());
        return List.copyOf(tools);
    }

    private void add(JsonNode tool, List<McpTool> tools) {
        String toolName = tool.path("name").asText();
        if (toolName.isEmpty() || toolName.length() > 128 || !mayCall(toolName) || tools.size() >= TOOLS_MAX) {
            return;
        }
        ObjectNode parameters = tool.path("inputSchema") instanceof ObjectNode schema
                ? schema
                : Json.object().put("type", "object");
        tools.add(new McpTool(
                name, toolName, Text.shorten(tool.path("description").asText(), DESCRIPTION_MAX), parameters));
    }

    /**
     * Calls a tool.
     *
     * @param key the same at every attempt at the same piece of work
     */
    McpResult call(String tool, ObjectNode arguments, String key, Duration most) throws ToolException {
        if (Json.write(arguments).length > ARGUMENTS_BYTES_MAX) {
            throw new ToolException(Reason.INVALID, "the arguments have more than " + ARGUMENTS_BYTES_MAX + " bytes");
        }
        ObjectNode params = Json.object().put("name", tool);
        params.set("arguments", arguments);
        params.putObject("_meta").put(IDEMPOTENCY_KEY, key);
        JsonNode result = result(request("tools/call", params, deadline(most)));
        StringJoiner text = new StringJoiner("\n\n");
        for (JsonNode part : result.path("content")) {
            text.add(words(part));
        }
        JsonNode structured = result.get("structuredContent");
        return new McpResult(
                structured == null || structured.isNull() ? TextNode.valueOf(text.toString()) : structured,
                text.toString(),
                result.path("isError").asBoolean());
    }

    private static String words(JsonNode part) {
        String type = part.path("type").asText();
        return switch (type) {
            case "text" -> part.path("text").asText();
            case "resource" ->
                part.path("resource").has("text")
                        ? part.path("resource").path("text").asText()
                        : "[resource " + part.path("resource").path("uri").asText() + "]";
            case "resource_link" -> "[resource " + part.path("uri").asText() + "]";
            default -> "[" + type + " " + part.path("mimeType").asText() + "]";
        };
    }

    private Deadline deadline(Duration most) {
        return Deadline.in(most.compareTo(settings.timeout()) < 0 ? most : settings.timeout());
    }

    private JsonNode result(ObjectNode answer) throws ToolException {
        JsonNode error = answer.get("error");
        if (error != null) {
            throw new ToolException(
                    Reason.REFUSED,
                    "the MCP server '" + name + "' refused: "
                            + Text.storable(error.path("message").asText(), 300));
        }
        return answer.path("result");
    }

    private ObjectNode request(String method, ObjectNode params, Deadline deadline) throws ToolException {
        McpTransport used = connected(deadline);
        long id = ids.incrementAndGet();
        try {
            return ask(used, id, method, params, deadline);
        } catch (ToolException failure) {
            if (used.isForgotten()) {
                McpTransport anew = connected(deadline);
                return ask(anew, ids.incrementAndGet(), method, params, deadline);
            }
            if (failure.reason() == Reason.TIMEOUT || Thread.currentThread().isInterrupted()) {
                giveUp(used, id);
            }
            throw failure;
        }
    }

    private ObjectNode ask(McpTransport used, long id, String method, ObjectNode params, Deadline deadline)
            throws ToolException {
        waiting.put(id, new Waiting(used, deadline));
        try {
            ObjectNode answer = used.request(McpMessages.request(id, method, params), deadline);
            heardAtNanos = System.nanoTime();
            startsInVain.set(0);
            return answer;
        } finally {
            waiting.remove(id);
        }
    }

    /**
     * Tells the server that nobody waits any more, and finds out whether a program is still alive; from another thread, since
     * this one has no time left.
     */
    private void giveUp(McpTransport used, long id) {
        ObjectNode params = Json.object().put("requestId", id).put("reason", "given up");
        Thread.ofVirtual().name("mcp-give-up").start(() -> {
            try {
                used.tell(McpMessages.notification("notifications/cancelled", params), Deadline.in(WORD));
            } catch (ToolException gone) {
                // It was told as well as possible.
            }
            if (isProgram() && checking.compareAndSet(false, true)) {
                try {
                    endIfSilent(used);
                } finally {
                    checking.set(false);
                }
            }
        });
    }

    /**
     * Ends a program that does not even say that it is there; it is started anew when it is needed. One that does one thing at
     * a time cannot say so before it has done what others asked earlier, for which they wait no longer than they would anyway.
     */
    private void endIfSilent(McpTransport used) {
        long asked = System.nanoTime();
        Duration others = Duration.ofNanos(waiting.values().stream()
                .filter(other -> other.on().equals(used))
                .mapToLong(other -> other.until().remainingNanos())
                .max()
                .orElse(0));
        try {
            used.request(
                    McpMessages.request(ids.incrementAndGet(), "ping", Json.object()),
                    Deadline.in(others.plus(patience())));
        } catch (ToolException silent) {
            if (used.isOpen() && heardAtNanos - asked < 0) {
                LOG.warn("The MCP server '{}' shows no sign of life, and is ended", name);
                used.close();
            }
        }
    }

    private Duration patience() {
        Duration half = settings.timeout().dividedBy(2);
        return half.compareTo(SIGN_OF_LIFE) < 0 ? half : SIGN_OF_LIFE;
    }

    private boolean isProgram() {
        return settings.url().isEmpty();
    }

    /** A program that ends again and again without an answer is not started all the time. */
    private void requireStartDue() throws ToolException {
        if (!isProgram()) {
            return;
        }
        long now = System.nanoTime();
        int inVain = startsInVain.get();
        if (inVain > 1) {
            Duration pause = PAUSE_MIN.multipliedBy(1L << Math.min(inVain - 2, 10));
            long left = startedAtNanos + (pause.compareTo(PAUSE_MAX) < 0 ? pause : PAUSE_MAX).toNanos() - now;
            if (left > 0) {
                throw new ToolException(
                        Reason.UNAVAILABLE,
                        "the MCP server '" + name + "' ended " + inVain
                                + " times without an answer, and is started again in "
                                + (TimeUnit.NANOSECONDS.toSeconds(left) + 1) + " s");
            }
        }
        startsInVain.incrementAndGet();
        startedAtNanos = now;
    }

    private McpTransport connected(Deadline deadline) throws ToolException {
        McpTransport known = connection;
        if (known != null && known.isOpen()) {
            return known;
        }
        try {
            if (!connecting.tryLock(deadline.remainingNanos(), TimeUnit.NANOSECONDS)) {
                throw new ToolException(Reason.TIMEOUT, "the MCP server '" + name + "' did not answer in time");
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ToolException(Reason.UNAVAILABLE, "the call was given up", stopping);
        }
        try {
            known = connection;
            if (known != null && known.isOpen()) {
                return known;
            }
            if (known != null) {
                known.close();
            }
            requireStartDue();
            McpTransport made = connector.connect();
            try {
                greet(made, deadline);
            } catch (ToolException failure) {
                made.close();
                throw failure;
            }
            connection = made;
            return made;
        } finally {
            connecting.unlock();
        }
    }

    private void greet(McpTransport made, Deadline deadline) throws ToolException {
        ObjectNode params = Json.object().put("protocolVersion", VERSION);
        params.putObject("capabilities");
        params.putObject("clientInfo").put("name", "gantry").put("version", "1");
        JsonNode result =
                result(made.request(McpMessages.request(ids.incrementAndGet(), "initialize", params), deadline));
        String spoken = result.path("protocolVersion").asText();
        if (!VERSIONS.contains(spoken)) {
            throw new ToolException(
                    Reason.BAD_ANSWER,
                    "the MCP server '" + name + "' speaks the version '" + Text.storable(spoken, 40)
                            + "' of the protocol, which is not known here");
        }
        made.agreed(spoken);
        made.tell(McpMessages.notification("notifications/initialized", Json.object()), deadline);
    }

    @Override
    public void close() {
        McpTransport known = connection;
        if (known != null) {
            known.close();
        }
    }
}
