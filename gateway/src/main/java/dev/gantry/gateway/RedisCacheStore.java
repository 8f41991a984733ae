package dev.gantry.gateway;

import dev.gantry.redis.RedisLink;
import dev.gantry.redis.RedisScript;
import dev.gantry.redis.RedisSession;
import dev.gantry.redis.RedisUnavailableException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sealed answers in Redis, for all nodes. While it is away there are none. */
final class RedisCacheStore implements CacheStore {
    private static final byte[] PREFIX = "gantry:answer:".getBytes(StandardCharsets.US_ASCII);

    /** Rate limits may live in the same Redis and need room; so answers leave a quarter of it free. */
    private static final RedisScript PUT = RedisScript.of("""
            local memory = redis.call('INFO', 'memory')
            local used = tonumber(string.match(memory, 'used_memory:(%d+)'))
            local max = tonumber(string.match(memory, '\\nmaxmemory:(%d+)'))
            if used and max and max > 0 and used + #ARGV[1] > max * 0.75 then
                return {0}
            end
            local reply = redis.pcall('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
            return {reply.err and 0 or 1}
            """);

    private final RedisLink link;

    RedisCacheStore(RedisLink link) {
        this.link = link;
    }

    @Override
    public boolean isAvailable() {
        return link.session().isPresent();
    }

    @Override
    public byte @Nullable [] get(byte[] key) {
        Optional<RedisSession> session = link.session();
        if (session.isEmpty()) {
            return null;
        }
        try {
            return session.get().get(place(key)).orElse(null);
        } catch (RedisUnavailableException away) {
            return null;
        }
    }

    @Override
    public void put(byte[] key, byte[] sealed, Duration ttl) {
        Optional<RedisSession> session = link.session();
        if (session.isEmpty()) {
            return;
        }
        try {
            byte[] millis = Long.toString(ttl.toMillis()).getBytes(StandardCharsets.US_ASCII);
            session.get().run(PUT, place(key), sealed, millis);
        } catch (RedisUnavailableException away) {
            // The answer is not kept; the link tells of the loss in the log.
        }
    }

    private static byte[] place(byte[] key) {
        byte[] place = new byte[PREFIX.length + key.length];
        System.arraycopy(PREFIX, 0, place, 0, PREFIX.length);
        System.arraycopy(key, 0, place, PREFIX.length, key.length);
        return place;
    }
}
