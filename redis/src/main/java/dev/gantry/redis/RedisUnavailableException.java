package dev.gantry.redis;

/** Redis cannot be used at the moment. What was asked may have been done all the same. */
public final class RedisUnavailableException extends Exception {
    RedisUnavailableException(String message, Throwable cause) {
        super(message, cause);
    }

    /** A reason without a cause. */
    public RedisUnavailableException(String message) {
        super(message);
    }
}
