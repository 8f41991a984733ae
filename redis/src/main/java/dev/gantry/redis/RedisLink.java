package dev.gantry.redis;

import io.lettuce.core.ClientOptions;
import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.SocketOptions;
import io.lettuce.core.SslOptions;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.codec.ByteArrayCodec;
import io.lettuce.core.resource.ClientResources;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a connection to Redis, or tries to get one. Whoever uses it asks for the {@link #session} each time and goes
 * without when there is none: nobody waits for a server that is away. Reconnecting is done here and not by the client
 * library, which would send again what may have been done already, and would hide that the server has forgotten.
 * Thread-safe.
 */
public final class RedisLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
    private static final Duration PING_INTERVAL = Duration.ofSeconds(1);
    private static final Duration RETRY_MIN = Duration.ofMillis(50);
    private static final Duration RETRY_MAX = Duration.ofSeconds(1);
    private static final int VERSION_MIN = 7;
    private static final int FAILURES_TO_TELL = 3;
    /** How many signs of life lie between two looks at whether the server evicts. */
    private static final int POLICY_ROUNDS = 15;

    private static final String EVICTS = "may evict what nodes count; set its maxmemory-policy to noeviction";
    private static final byte[] MARK = "gantry:reliable-since".getBytes(StandardCharsets.US_ASCII);
    private static final int QUEUE_MAX = 20_000;

    private final RedisClient client;
    private final ClientResources resources;
    private final Duration timeout;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread keeper;

    private volatile @Nullable RedisSession session;
    private volatile String state = "is not connected yet";
    private @Nullable String lastRunId;
    private boolean distrusted;
    private int failures;
    private int watched;
    private volatile boolean closed;

    private RedisLink(RedisSettings settings) {
        resources = ClientResources.builder()
                .ioThreadPoolSize(2)
                .computationThreadPoolSize(2)
                .build();
        RedisURI uri = RedisAddress.of(settings);
        client = RedisClient.create(resources, uri);
        client.setOptions(options(settings));
        timeout = settings.timeout();
        keeper = Thread.ofVirtual().name("redis").unstarted(this::keep);
    }

    /** Begins to connect; returns when connected, or after {@code patience}, whatever came of it. */
    public static RedisLink open(RedisSettings settings, Duration patience) {
        RedisLink link = new RedisLink(settings);
        link.keeper.start();
        link.awaitSession(patience);
        return link;
    }

    private static ClientOptions options(RedisSettings settings) {
        SslOptions.Builder ssl = SslOptions.builder();
        settings.caFile().ifPresent(file -> ssl.trustManager(file.toFile()));
        return ClientOptions.builder()
                .autoReconnect(false)
                .disconnectedBehavior(ClientOptions.DisconnectedBehavior.REJECT_COMMANDS)
                .requestQueueSize(QUEUE_MAX)
                .sslOptions(ssl.build())
                .socketOptions(SocketOptions.builder()
                        .connectTimeout(CONNECT_TIMEOUT)
                        .tcpNoDelay(true)
                        .build())
                .build();
    }

    /** Returns the present session, or nothing while Redis cannot be used. */
    public Optional<RedisSession> session() {
        return Optional.ofNullable(session);
    }

    /** Returns whether there is a session, and a few words about it, for probes. */
    public String state() {
        return state;
    }

    /** Waits until there is a session, for at most a while. */
    public boolean awaitSession(Duration patience) {
        long end = System.nanoTime() + patience.toNanos();
        lock.lock();
        try {
            while (session == null && !closed) {
                long left = end - System.nanoTime();
                if (left <= 0 || changed.awaitNanos(left) <= 0) {
                    break;
                }
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
        return session != null;
    }

    void drop(RedisSession lost, String reason, boolean forget) {
        lock.lock();
        try {
            if (session != lost) {
                return;
            }
            session = null;
            lastRunId = lost.server().runId();
            distrusted = forget;
            state = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        lost.close();
        if (!closed) {
            LOG.warn("The connection to Redis is lost: {}", reason);
        }
    }

    private void keep() {
        Duration pause = RETRY_MIN;
        while (!closed) {
            RedisSession present = session;
            if (present != null) {
                pause = RETRY_MIN;
                watch(present);
            } else if (connect()) {
                continue;
            } else {
                pause = min(pause.multipliedBy(2), RETRY_MAX);
            }
            sleep(session == null ? pause : PING_INTERVAL);
        }
    }

    private void watch(RedisSession present) {
        try {
            if (present.isOpen()) {
                present.ping();
                if (++watched % POLICY_ROUNDS == 0) {
                    watchPolicy(present);
                }
            } else {
                drop(present, "connection was closed", false);
            }
        } catch (RedisUnavailableException _) {
            // The session is dropped, and the reason logged.
        }
    }

    private void watchPolicy(RedisSession present) throws RedisUnavailableException {
        boolean evicts = present.evicts();
        if (evicts != present.server().evicts()) {
            drop(present, evicts ? EVICTS : "does not evict keys any more", true);
        }
    }

    private boolean connect() {
        StatefulRedisConnection<byte[], byte[]> connection = null;
        try {
            connection = client.connect(ByteArrayCodec.INSTANCE);
            RedisSession.Server server = server(connection);
            lock.lock();
            try {
                session = new RedisSession(this, connection, server, timeout);
                distrusted = false;
                state = "answers (version " + server.version() + ")" + (server.evicts() ? "; " + EVICTS : "");
                changed.signalAll();
            } finally {
                lock.unlock();
            }
            failures = 0;
            LOG.info("Connected to Redis {}", server.version());
            if (server.evicts()) {
                LOG.warn("Redis {}; until then each node goes by its share of each limit", EVICTS);
            }
            return true;
        } catch (RuntimeException | ExecutionException | TimeoutException failure) {
            Throwable cause = failure.getCause() == null ? failure : failure.getCause();
            String reason = "does not answer: " + cause.getMessage();
            failures++;
            if (failures == FAILURES_TO_TELL && !closed) {
                LOG.warn("Redis {}", reason);
            }
            state = reason;
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        }
        if (connection != null) {
            Future<Void> _ = connection.closeAsync();
        }
        return false;
    }

    private RedisSession.Server server(StatefulRedisConnection<byte[], byte[]> connection)
            throws ExecutionException, TimeoutException, InterruptedException {
        Map<String, String> info = info(connection, "server")
                .lines()
                .filter(line -> line.contains(":"))
                .collect(Collectors.toMap(
                        line -> line.substring(0, line.indexOf(':')),
                        line -> line.substring(line.indexOf(':') + 1).strip(),
                        (first, _) -> first));
        long millis = millis(connection.async().time().get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS));
        String version = info.getOrDefault("valkey_version", info.getOrDefault("redis_version", ""));
        requireVersion(version);
        String runId = info.getOrDefault("run_id", "");
        boolean evicts = evicts(info(connection, "memory"));
        return new RedisSession.Server(runId, version, millis, reliable(connection, runId, millis, evicts), evicts);
    }

    private static String info(StatefulRedisConnection<byte[], byte[]> connection, String section)
            throws ExecutionException, TimeoutException, InterruptedException {
        return connection.async().info(section).get(CONNECT_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** Returns whether a server that describes its memory so may throw keys away to make room. */
    static boolean evicts(String memory) {
        return !memory.contains("maxmemory_policy:noeviction");
    }

    /** Converts the reply to {@code TIME}. */
    static long millis(List<byte[]> time) {
        return number(time.get(0)) * 1_000 + number(time.get(1)) / 1_000;
    }

    /**
     * Returns for how long the server has forgotten nothing. A node that meets another server than before (restarted, or a
     * replica that took over), or one whose clock was set or that evicts, leaves a mark with the time, for all nodes to see.
     */
    private Duration reliable(
            StatefulRedisConnection<byte[], byte[]> connection, String runId, long now, boolean evicts)
            throws ExecutionException, TimeoutException, InterruptedException {
        long patience = CONNECT_TIMEOUT.toMillis();
        boolean forgot = evicts || distrusted || (lastRunId != null && !lastRunId.equals(runId));
        if (!forgot) {
            connection.async().setnx(MARK, bytes(0)).get(patience, TimeUnit.MILLISECONDS);
            byte[] mark = connection.async().get(MARK).get(patience, TimeUnit.MILLISECONDS);
            long since = mark == null ? now : number(mark);
            if (since <= now) {
                return Duration.ofMillis(now - since);
            }
        }
        connection.async().set(MARK, bytes(now)).get(patience, TimeUnit.MILLISECONDS);
        return Duration.ZERO;
    }

    private static byte[] bytes(long number) {
        return Long.toString(number).getBytes(StandardCharsets.US_ASCII);
    }

    private static long number(byte[] digits) {
        return Long.parseLong(new String(digits, StandardCharsets.US_ASCII));
    }

    private static void requireVersion(String version) {
        int dot = version.indexOf('.');
        if (dot < 1 || Integer.parseInt(version.substring(0, dot)) < VERSION_MIN) {
            throw new IllegalStateException("version " + version + " is too old; Redis 7 or Valkey 7.2 is needed");
        }
    }

    /** Waits, unless a session ends meanwhile. */
    private void sleep(Duration pause) {
        long left = pause.toNanos();
        lock.lock();
        try {
            RedisSession before = session;
            while (!closed && left > 0 && session == before) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } finally {
            lock.unlock();
        }
    }

    private static Duration min(Duration left, Duration right) {
        return left.compareTo(right) < 0 ? left : right;
    }

    /** Ends the session and stops trying. */
    @Override
    public void close() {
        closed = true;
        RedisSession present = session;
        if (present != null) {
            drop(present, "is closed", false);
        }
        keeper.interrupt();
        client.shutdown(Duration.ZERO, Duration.ofSeconds(1));
        Future<Boolean> _ = resources.shutdown(0, 1, TimeUnit.SECONDS);
    }
}
