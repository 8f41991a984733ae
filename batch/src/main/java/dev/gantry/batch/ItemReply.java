package dev.gantry.batch;

import java.time.Duration;

/**
 * What came of one request.
 *
 * @param status of HTTP, as the request would have got it alone
 * @param requestId under which log and audit log know it
 * @param body as the request would have got it alone, in JSON
 * @param retriable whether the same request may succeed later
 * @param retryAfter how long to wait at least before that; zero when nothing was said
 */
@SuppressWarnings("ArrayRecordComponent") // Never compared.
public record ItemReply(int status, String requestId, byte[] body, boolean retriable, Duration retryAfter) {
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;

    /** Returns whether it was answered. */
    public boolean succeeded() {
        return status >= 200 && status < 300;
    }

    /** Returns whether it has to wait, for its turn or until its organization may work again, which is no fault of its own. */
    boolean mustWait() {
        return (status == TOO_MANY_REQUESTS || status == FORBIDDEN) && retriable;
    }
}
