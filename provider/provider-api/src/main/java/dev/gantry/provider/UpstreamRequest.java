package dev.gantry.provider;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * A request to a provider. It may be sent more than once.
 *
 * @param path what follows the base address, beginning with {@code /}, with its query
 * @param body what to POST; null for a GET
 */
public record UpstreamRequest(
        String path, UpstreamHeaders headers, @Nullable Buffer body) {}
