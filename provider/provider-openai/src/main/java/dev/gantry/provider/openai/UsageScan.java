package dev.gantry.provider.openai;

import com.fasterxml.jackson.databind.JsonNode;
import dev.gantry.kernel.TokenUsage;
import dev.gantry.provider.JsonCursor;
import dev.gantry.provider.ReplyJson;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the {@code usage} object of chats, responses and embeddings; responses call the prompt's tokens input and the
 * generated ones output. {@code prompt_tokens} includes the tokens read from the cache and written to
 * it, which are priced apart; {@code completion_tokens} should include reasoning, but some compatible servers count that in {@code total_tokens} only.
 */
final class UsageScan {
    private static final byte[] PROMPT = ascii("prompt_tokens");
    private static final byte[] COMPLETION = ascii("completion_tokens");
    private static final byte[] TOTAL = ascii("total_tokens");
    private static final byte[] PROMPT_DETAILS = ascii("prompt_tokens_details");
    private static final byte[] COMPLETION_DETAILS = ascii("completion_tokens_details");
    private static final byte[] INPUT = ascii("input_tokens");
    private static final byte[] OUTPUT = ascii("output_tokens");
    private static final byte[] INPUT_DETAILS = ascii("input_tokens_details");
    private static final byte[] OUTPUT_DETAILS = ascii("output_tokens_details");
    private static final byte[] CACHED = ascii("cached_tokens");
    private static final byte[] CACHE_WRITE = ascii("cache_write_tokens");
    private static final byte[] CACHE_HIT = ascii("prompt_cache_hit_tokens");
    private static final byte[] REASONING = ascii("reasoning_tokens");

    private long prompt;
    private long completion;
    private long total;
    private long cached;
    private long written;
    private long reasoning;

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    /** Reads the object at the cursor; null when it has no counts. */
    @Nullable
    TokenUsage read(JsonCursor cursor) throws JsonCursor.Malformed {
        prompt = -1;
        completion = -1;
        total = -1;
        cached = 0;
        written = 0;
        reasoning = 0;
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.atObject()) {
                if (isDetails(cursor)) {
                    details(cursor);
                } else {
                    cursor.skip();
                }
            } else if (!cursor.atNumber()) {
                cursor.skip();
            } else if (cursor.nameIs(PROMPT) || cursor.nameIs(INPUT)) {
                prompt = cursor.readLong();
            } else if (cursor.nameIs(COMPLETION) || cursor.nameIs(OUTPUT)) {
                completion = cursor.readLong();
            } else if (cursor.nameIs(TOTAL)) {
                total = cursor.readLong();
            } else if (cursor.nameIs(CACHE_HIT)) {
                cached = Math.max(cached, cursor.readLong());
            } else {
                cursor.skip();
            }
        }
        return usage(prompt, completion, total, cached, written, reasoning);
    }

    private static boolean isDetails(JsonCursor cursor) {
        return cursor.nameIs(PROMPT_DETAILS)
                || cursor.nameIs(COMPLETION_DETAILS)
                || cursor.nameIs(INPUT_DETAILS)
                || cursor.nameIs(OUTPUT_DETAILS);
    }

    private void details(JsonCursor cursor) throws JsonCursor.Malformed {
        cursor.enterObject();
        while (cursor.nextField()) {
            if (cursor.nameIs(CACHED) && cursor.atNumber()) {
                cached = Math.max(0, cursor.readLong());
            } else if (cursor.nameIs(CACHE_WRITE) && cursor.atNumber()) {
                written = Math.max(0, cursor.readLong());
            } else if (cursor.nameIs(REASONING) && cursor.atNumber()) {
                reasoning = Math.max(0, cursor.readLong());
            } else {
                cursor.skip();
            }
        }
    }

    /** Reads the object of a tree; null when it is absent or has no counts. */
    static @Nullable TokenUsage read(@Nullable JsonNode usage) {
        if (usage == null || !usage.path("prompt_tokens").isIntegralNumber()) {
            return null;
        }
        long cached = Math.max(
                ReplyJson.count(usage.path("prompt_tokens_details"), "cached_tokens"),
                ReplyJson.count(usage, "prompt_cache_hit_tokens"));
        return usage(
                ReplyJson.count(usage, "prompt_tokens"),
                ReplyJson.count(usage, "completion_tokens"),
                ReplyJson.count(usage, "total_tokens"),
                cached,
                ReplyJson.count(usage.path("prompt_tokens_details"), "cache_write_tokens"),
                ReplyJson.count(usage.path("completion_tokens_details"), "reasoning_tokens"));
    }

    private static @Nullable TokenUsage usage(
            long prompt, long completion, long total, long cached, long written, long reasoning) {
        if (prompt < 0) {
            return null;
        }
        long output = Math.max(Math.max(completion, 0), total - prompt);
        long cacheRead = Math.min(cached, prompt);
        long cacheWrite = Math.min(written, prompt - cacheRead);
        return new TokenUsage(
                prompt - cacheRead - cacheWrite, output, cacheRead, cacheWrite, Math.min(reasoning, output), false);
    }
}
