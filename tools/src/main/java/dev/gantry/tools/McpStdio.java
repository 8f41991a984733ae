package dev.gantry.tools;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.Json;
import dev.gantry.outbound.Deadline;
import dev.gantry.tools.ToolException.Reason;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** An MCP server that is a program of this machine: messages are lines on its standard input and output. */
final class McpStdio implements McpTransport {
    private static final Logger LOG = LoggerFactory.getLogger(McpStdio.class);
    private static final String PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    private static final int WORDS_KEPT = 2_000;
    private static final int LINES_MAX = 64;
    private static final long LAST_WORDS_NANOS = Duration.ofSeconds(2).toNanos();

    private final String name;
    private final long lineBytesMax;
    private final ProcessGroup group;
    private final OutputStream input;
    private final BlockingQueue<Line> lines = new ArrayBlockingQueue<>(LINES_MAX);

    /** Lines of which somebody waits to hear that they were sent. */
    private final Set<Line> unsent = ConcurrentHashMap.newKeySet();

    private final Thread writer;
    private final Map<Long, CompletableFuture<ObjectNode>> waiting = new ConcurrentHashMap<>();
    private final CountDownLatch heardOut = new CountDownLatch(1);
    private volatile ToolException reason;
    private volatile boolean open = true;

    /** A message on its way. A program that does not read holds up whoever writes, which is a thread of its own here. */
    private static final class Line {
        private final byte[] bytes;
        private final CountDownLatch over = new CountDownLatch(1);
        private volatile boolean sent;

        private Line(byte[] bytes) {
            this.bytes = bytes;
        }
    }

    private McpStdio(String name, long lineBytesMax, ProcessGroup group) {
        this.name = name;
        this.lineBytesMax = lineBytesMax;
        this.group = group;
        this.reason = gone(null);
        this.input = group.process().getOutputStream();
        this.writer = Thread.ofVirtual().name("mcp-" + name + "-writer").unstarted(this::write);
    }

    /** Starts the program. */
    static McpStdio start(String name, ToolSettings.McpServer settings, Path directory) throws ToolException {
        Map<String, String> environment = new HashMap<>(Map.of("PATH", PATH));
        environment.putAll(settings.environment());
        settings.secretEnvironment().forEach((variable, secret) -> environment.put(variable, secret.reveal()));
        try {
            Files.createDirectories(directory);
            McpStdio started = new McpStdio(
                    name,
                    settings.answerSizeMax().bytes(),
                    ProcessGroup.start(settings.command(), environment, directory));
            started.writer.start();
            Thread.ofVirtual().name("mcp-" + name).start(started::listen);
            Thread.ofVirtual().name("mcp-" + name + "-log").start(started::drain);
            return started;
        } catch (IOException failure) {
            throw new ToolException(Reason.UNAVAILABLE, "the MCP server '" + name + "' could not be started", failure);
        }
    }

    @Override
    public ObjectNode request(ObjectNode request, Deadline deadline) throws ToolException {
        long id = request.path("id").asLong();
        CompletableFuture<ObjectNode> answer = new CompletableFuture<>();
        waiting.put(id, answer);
        try {
            tell(request, deadline);
            if (!open) {
                throw ended(deadline);
            }
            return answer.get(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            throw new ToolException(Reason.TIMEOUT, "the MCP server '" + name + "' did not answer in time", late);
        } catch (ExecutionException failure) {
            throw failure.getCause() instanceof ToolException known ? known : gone(failure);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ToolException(Reason.UNAVAILABLE, "the call was given up", stopping);
        } finally {
            waiting.remove(id);
        }
    }

    @Override
    public void tell(ObjectNode notification, Deadline deadline) throws ToolException {
        Line line = new Line((notification + "\n").getBytes(StandardCharsets.UTF_8));
        unsent.add(line);
        try {
            if (!open) {
                throw ended(deadline);
            }
            boolean over = lines.offer(line, deadline.remainingNanos(), TimeUnit.NANOSECONDS)
                    && line.over.await(deadline.remainingNanos(), TimeUnit.NANOSECONDS);
            if (!over) {
                throw new ToolException(Reason.TIMEOUT, "the MCP server '" + name + "' does not read what it is sent");
            }
            if (!line.sent) {
                throw ended(deadline);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new ToolException(Reason.UNAVAILABLE, "the call was given up", stopping);
        } finally {
            // What has not been begun is not sent any more; half a message would make the rest unreadable.
            lines.remove(line);
            unsent.remove(line);
        }
    }

    /** Returns why it ended, as soon as who listens knows. */
    private ToolException ended(Deadline deadline) throws InterruptedException {
        return heardOut.await(Math.min(deadline.remainingNanos(), LAST_WORDS_NANOS), TimeUnit.NANOSECONDS)
                ? reason
                : gone(null);
    }

    private void write() {
        try {
            while (open) {
                Line line = lines.take();
                input.write(line.bytes);
                input.flush();
                line.sent = true;
                line.over.countDown();
            }
        } catch (IOException | InterruptedException ended) {
            // Who listens finds out why it ended; those who send find out now that it did.
            unsent.forEach(line -> line.over.countDown());
        }
    }

    /** Ends the program; whoever waits for it hears why. */
    private void end(ToolException why) {
        reason = why;
        open = false;
        heardOut.countDown();
        group.close();
        writer.interrupt();
        unsent.forEach(line -> line.over.countDown());
        for (CompletableFuture<ObjectNode> request : List.copyOf(waiting.values())) {
            request.completeExceptionally(why);
        }
    }

    private ToolException gone(@Nullable Throwable cause) {
        return new ToolException(Reason.UNAVAILABLE, "the MCP server '" + name + "' has ended", cause);
    }

    private void listen() {
        ToolException end = gone(null);
        try (InputStream output = new BufferedInputStream(group.process().getInputStream())) {
            byte[] line = line(output);
            while (line.length > 0) {
                receive(line);
                line = line(output);
            }
        } catch (IOException failure) {
            end = gone(failure);
        } catch (ToolException unusable) {
            end = unusable;
        } finally {
            end(end);
        }
    }

    /** Returns the next line with anything on it, at the end nothing. */
    private byte[] line(InputStream output) throws IOException, ToolException {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        for (int next = output.read(); next >= 0; next = output.read()) {
            if (next != '\n') {
                line.write(next);
            } else if (line.size() > 0) {
                break;
            }
            if (line.size() > lineBytesMax) {
                throw new ToolException(
                        Reason.BAD_ANSWER,
                        "the MCP server '" + name + "' said more than " + lineBytesMax + " bytes at a time"
                                + " (setting tools.mcp." + name + ".answer_size_max)");
            }
        }
        return line.toByteArray();
    }

    private void receive(byte[] line) throws ToolException {
        JsonNode message;
        try {
            message = Json.read(line);
        } catch (GantryException noJson) {
            // Some servers greet people before they begin.
            return;
        }
        ObjectNode reply = McpMessages.replyTo(message);
        if (reply != null) {
            // Not waited for: a program that reads nothing before its words are read would wait for us, and we for it.
            if (!lines.offer(new Line((reply + "\n").getBytes(StandardCharsets.UTF_8)))) {
                throw new ToolException(
                        Reason.BAD_ANSWER, "the MCP server '" + name + "' asks more than it reads answers of");
            }
        } else if (message instanceof ObjectNode answer && !answer.has("method")) {
            CompletableFuture<ObjectNode> request =
                    waiting.get(answer.path("id").asLong(-1));
            if (request != null) {
                request.complete(answer);
            }
        }
    }

    /** Reads what it says for people, so that it is not held up; the beginning goes into the log at the level debug. */
    private void drain() {
        try (InputStream words = group.process().getErrorStream()) {
            byte[] start = words.readNBytes(WORDS_KEPT);
            LOG.debug("MCP server {}: {}", name, new String(start, StandardCharsets.UTF_8));
            words.transferTo(OutputStream.nullOutputStream());
        } catch (IOException ended) {
            // With the program.
        }
    }

    @Override
    public void agreed(String protocolVersion) {}

    @Override
    public boolean isOpen() {
        return open;
    }

    @Override
    public boolean isForgotten() {
        return false;
    }

    @Override
    public void close() {
        end(gone(null));
    }
}
