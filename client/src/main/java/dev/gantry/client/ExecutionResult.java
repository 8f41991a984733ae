package dev.gantry.client;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.MicroDollars;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What came of an execution.
 *
 * @param id of the execution, as in the usage and the audit log
 * @param pattern its qualified name
 * @param version the pattern's version that ran
 * @param model that answered
 * @param provider that served it
 * @param output the answer
 * @param finishReason {@code stop}, {@code length}, {@code refusal} or {@code tool_calls}
 * @param inputTokens tokens of the prompt, those that a provider's cache served included
 * @param outputTokens tokens of the answer
 * @param cost what it cost
 * @param duration how long it took
 * @param warnings what its author should know, such as a redacted address or a deprecated pattern
 */
public record ExecutionResult(
        String id,
        String pattern,
        int version,
        String model,
        String provider,
        String output,
        String finishReason,
        long inputTokens,
        long outputTokens,
        MicroDollars cost,
        Duration duration,
        List<String> warnings) {
    /** Copies the warnings. */
    public ExecutionResult {
        warnings = List.copyOf(warnings);
    }

    /**
     * Reads a reply.
     *
     * @param streamed the answer where it came piece by piece; null where the reply holds it
     */
    static ExecutionResult of(JsonNode reply, @Nullable String streamed) {
        JsonNode usage = reply.path("usage");
        JsonNode metadata = reply.path("metadata");
        List<String> warnings = new ArrayList<>();
        metadata.path("warnings").forEach(warning -> warnings.add(warning.asText()));
        return new ExecutionResult(
                reply.path("id").asText(""),
                reply.path("pattern").asText(""),
                reply.path("version").asInt(),
                reply.path("model").asText(""),
                metadata.path("provider").asText(""),
                streamed == null ? reply.path("output").asText("") : streamed,
                reply.path("finish_reason").asText(""),
                usage.path("input_tokens").asLong()
                        + usage.path("cache_read_tokens").asLong()
                        + usage.path("cache_write_tokens").asLong()
                        + usage.path("cache_write_long_tokens").asLong(),
                usage.path("output_tokens").asLong(),
                new MicroDollars(reply.path("cost").path("micro_usd").asLong()),
                Duration.ofMillis(metadata.path("duration_ms").asLong()),
                warnings);
    }
}
