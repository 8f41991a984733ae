package dev.gantry.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What is asked of the queue.
 *
 * @param kind what is to be done
 * @param payload what it is about: identifiers and settings, neither secrets nor texts of users, at most
 *     {@value #PAYLOAD_BYTES_MAX} bytes
 * @param key names the job within its kind, so that asking again adds none; null for no name
 * @param due when it is to be begun; null for at once
 */
public record JobRequest(
        String kind,
        ObjectNode payload,
        JobPriority priority,
        @Nullable String key,
        @Nullable Instant due) {
    /** Longest payload. */
    public static final int PAYLOAD_BYTES_MAX = 65_536;

    /** A job of the usual priority, without a name, to be begun at once. */
    public JobRequest(String kind, ObjectNode payload) {
        this(kind, payload, JobPriority.NORMAL, null, null);
    }
}
