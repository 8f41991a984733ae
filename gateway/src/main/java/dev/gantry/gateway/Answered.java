package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * What came back from a provider, complete or cut off.
 *
 * @param usage what was consumed, to be paid even if the answer failed
 * @param body a reply that goes out as it is: a native one that is not a stream, vectors, a count; null otherwise
 * @param answer a translated answer of a conversation; null otherwise
 * @param writer the open stream that is still to be closed; null when there is none
 * @param providerNanos time spent waiting for the provider
 * @param failure why the answer is not complete; null when it is
 */
record Answered(
        Route route,
        TokenUsage usage,
        @Nullable Buffer body,
        @Nullable ChatAnswer answer,
        ReplyFormat.@Nullable StreamWriter writer,
        long providerNanos,
        @Nullable GantryException failure) {}
