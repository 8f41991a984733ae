package dev.gantry.gateway;

import dev.gantry.identity.Caller;
import dev.gantry.kernel.ErrorCode;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Learns what the gateway does, for metrics and traces. Called on the request's own thread; must be quick. */
public interface GatewayObserver {
    /** A request entered the pipeline. */
    void entered(Origin origin);

    /**
     * A request left the pipeline after a provider was asked.
     *
     * @param timeToFirstByte of a stream; null for other replies
     */
    void settled(Origin origin, Settled settled, @Nullable Duration timeToFirstByte);

    /** A request left the pipeline that only wanted to know what would be asked. */
    void previewed(Origin origin);

    /**
     * The guard found something in a request or in its answer.
     *
     * @param kind such as {@code email}; from a bounded set
     * @param action what was done about it: {@code warn}, {@code redact} or {@code block}
     * @param count how often it was found
     */
    void found(String kind, String action, int count);

    /**
     * A request left the pipeline before a provider was asked.
     *
     * @param caller null when nobody could be authenticated
     */
    void refused(Origin origin, @Nullable Caller caller, ErrorCode code);
}
