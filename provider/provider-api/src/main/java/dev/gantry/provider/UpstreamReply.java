package dev.gantry.provider;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;

/**
 * A successful reply that was read whole.
 *
 * @param status from 200 to 299
 */
public record UpstreamReply(int status, MultiMap headers, Buffer body) {}
