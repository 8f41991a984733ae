package dev.gantry.redis;

import io.lettuce.core.RedisException;
import io.lettuce.core.RedisFuture;
import io.lettuce.core.RedisNoScriptException;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.async.RedisAsyncCommands;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * One connection's life. A lost connection never comes back: the next one is another session, which may lead to another
 * server, or to one that has forgotten. Thread-safe; calls block for at most the configured timeout.
 */
public final class RedisSession {
    /** By how much the server's clock may go wrong between two readings. */
    private static final long CLOCK_TOLERANCE_MS = 2_000;

    /** A reading that took longer says too little about the moment. */
    private static final long READING_NANOS_MAX = TimeUnit.MILLISECONDS.toNanos(500);

    private final RedisLink link;
    private final StatefulRedisConnection<byte[], byte[]> connection;
    private final Server server;
    private final Duration timeout;
    private final long openedNanos = System.nanoTime();
    private volatile Reading reading;

    /**
     * What a server says of itself.
     *
     * @param runId another one after each start
     * @param version such as {@code 7.2.4}
     * @param millis its clock
     * @param reliable for how long it has forgotten nothing
     * @param evicts whether it may forget at any time to make room
     */
    record Server(String runId, String version, long millis, Duration reliable, boolean evicts) {}

    /** What the server's clock showed at some moment of ours. */
    private record Reading(long millis, long nanos) {}

    RedisSession(RedisLink link, StatefulRedisConnection<byte[], byte[]> connection, Server server, Duration timeout) {
        this.link = link;
        this.connection = connection;
        this.server = server;
        this.timeout = timeout;
        this.reading = new Reading(server.millis(), openedNanos);
    }

    Server server() {
        return server;
    }

    /** Returns whether the server still knows everything that nodes told it within a stretch of time that ends now. */
    public boolean remembers(Duration stretch) {
        return !server.evicts() && server.reliable().plus(age()).compareTo(stretch) >= 0;
    }

    /** Returns how long the session lasts. */
    public Duration age() {
        return Duration.ofNanos(System.nanoTime() - openedNanos);
    }

    /** Returns what the server's clock shows if nobody has set it since it was last read, a second or so ago. */
    public long expectedMillis() {
        Reading last = reading;
        return last.millis() + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - last.nanos());
    }

    /**
     * Runs a script on one key.
     *
     * @return the whole numbers that it returns
     * @throws RedisUnavailableException if there is no answer; the session is over then
     */
    public List<Long> run(RedisScript script, byte[] key, long... arguments) throws RedisUnavailableException {
        byte[][] values = new byte[arguments.length][];
        for (int index = 0; index < arguments.length; index++) {
            values[index] = Long.toString(arguments[index]).getBytes(StandardCharsets.US_ASCII);
        }
        return run(script, key, values);
    }

    /**
     * Runs a script on one key.
     *
     * @return the whole numbers that it returns
     * @throws RedisUnavailableException if there is no answer; the session is over then
     */
    public List<Long> run(RedisScript script, byte[] key, byte[]... arguments) throws RedisUnavailableException {
        byte[][] keys = {key};
        RedisAsyncCommands<byte[], byte[]> commands = connection.async();
        try {
            return await(commands.evalsha(script.digest(), ScriptOutputType.MULTI, keys, arguments));
        } catch (UnknownScriptException first) {
            try {
                return await(commands.eval(
                        script.text().getBytes(StandardCharsets.UTF_8), ScriptOutputType.MULTI, keys, arguments));
            } catch (UnknownScriptException impossible) {
                throw lost("does not take scripts", impossible);
            }
        }
    }

    /**
     * Returns the bytes under a key; empty when there is none.
     *
     * @throws RedisUnavailableException if there is no answer; the session is over then
     */
    public Optional<byte[]> get(byte[] key) throws RedisUnavailableException {
        try {
            return Optional.ofNullable(await(connection.async().get(key)));
        } catch (UnknownScriptException impossible) {
            throw lost("answers nonsense", impossible);
        }
    }

    /** Ends the session because the server's state cannot be believed; the next one is not taken for its continuation. */
    public void distrust(String reason) {
        link.drop(this, reason, true);
    }

    /** Asks for a sign of life: the server's clock, which must have gone on as ours has. */
    void ping() throws RedisUnavailableException {
        long asked = System.nanoTime();
        long shown;
        try {
            shown = RedisLink.millis(await(connection.async().time()));
        } catch (UnknownScriptException impossible) {
            throw lost("answers nonsense", impossible);
        }
        Reading last = reading;
        long earliest = last.millis() + TimeUnit.NANOSECONDS.toMillis(asked - last.nanos());
        // Between when it was asked and now: a node that stood still must not take its own pause for the server's.
        if (shown < earliest - CLOCK_TOLERANCE_MS || shown > expectedMillis() + CLOCK_TOLERANCE_MS) {
            distrust("clock was set");
        } else if (System.nanoTime() - asked < READING_NANOS_MAX) {
            // Read anew each time, so that two clocks that drift apart are not taken for one that was set.
            reading = new Reading(shown, asked);
        }
    }

    /** Returns whether the server may throw keys away to make room, as it is set now. */
    boolean evicts() throws RedisUnavailableException {
        try {
            return RedisLink.evicts(await(connection.async().info("memory")));
        } catch (UnknownScriptException impossible) {
            throw lost("answers nonsense", impossible);
        }
    }

    boolean isOpen() {
        return connection.isOpen();
    }

    void close() {
        if (connection.isOpen()) {
            Future<Void> _ = connection.closeAsync();
        }
    }

    private <T> T await(RedisFuture<T> reply) throws RedisUnavailableException, UnknownScriptException {
        try {
            return reply.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException late) {
            reply.cancel(false);
            throw lost("did not answer within " + timeout.toMillis() + " ms", late);
        } catch (ExecutionException failure) {
            if (failure.getCause() instanceof RedisNoScriptException) {
                throw new UnknownScriptException();
            }
            Throwable cause = failure.getCause();
            throw lost(words(cause == null ? failure : cause), failure);
        } catch (RedisException refused) {
            throw lost(words(refused), refused);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new RedisUnavailableException("Interrupted while waiting for Redis", interrupted);
        } catch (CancellationException closed) {
            throw lost("connection was closed", closed);
        }
    }

    private RedisUnavailableException lost(String reason, Throwable cause) {
        link.drop(this, reason, false);
        return new RedisUnavailableException("Redis " + reason, cause);
    }

    private static String words(Throwable failure) {
        return failure.getMessage() == null ? failure.getClass().getSimpleName() : failure.getMessage();
    }

    private static final class UnknownScriptException extends Exception {}
}
