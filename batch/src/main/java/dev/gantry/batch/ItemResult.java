package dev.gantry.batch;

import org.jspecify.annotations.Nullable;

/**
 * A request of a batch that is over.
 *
 * @param state {@code succeeded}, {@code failed}, {@code cancelled} or {@code expired}
 * @param status of HTTP; null when the request was never made
 * @param body the reply in JSON; null likewise
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ItemResult(
        int number,
        String customId,
        String state,
        @Nullable Integer status,
        @Nullable String requestId,
        byte @Nullable [] body) {}
