package dev.gantry.gateway;

import dev.gantry.kernel.GantryException;
import dev.gantry.kernel.TokenUsage;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
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
 * @param attempts everything that was tried, this one included; empty when this is all
 * @param others the same without this one
 */
record Answered(
        Route route,
        TokenUsage usage,
        @Nullable Buffer body,
        @Nullable ChatAnswer answer,
        ReplyFormat.@Nullable StreamWriter writer,
        long providerNanos,
        @Nullable GantryException failure,
        List<Attempt> attempts,
        List<Attempt> others) {
    /** Copies the lists. */
    Answered {
        attempts = List.copyOf(attempts);
        others = List.copyOf(others);
    }

    /** Returns the same answer as the outcome of several attempts, which took some time together. */
    Answered after(List<Attempt> tried, long nanos) {
        List<Attempt> rest = new ArrayList<>(tried);
        boolean found = false;
        for (int index = 0; index < rest.size() && !found; index++) {
            Attempt attempt = rest.get(index);
            found = attempt.nanos() == providerNanos && attempt.model().equals(route.model());
            if (found) {
                rest.remove(index);
            }
        }
        return new Answered(route, usage, body, answer, writer, nanos, failure, tried, rest);
    }
}
