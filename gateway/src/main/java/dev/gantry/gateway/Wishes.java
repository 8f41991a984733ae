package dev.gantry.gateway;

import dev.gantry.kernel.ErrorCode;
import dev.gantry.kernel.GantryException;
import org.jspecify.annotations.Nullable;

/**
 * What a caller wishes of the way that a request takes, as its headers say it. Read when it is needed, so that a mistake in
 * it is answered like any other. Null for what was not sent.
 *
 * @param region {@code X-Gantry-Region}: where the request must stay
 * @param task {@code X-Gantry-Task}: the kind of work, for the selection of a model
 * @param tags {@code X-Gantry-Tags}: words, commas between them
 * @param timeout {@code X-Request-Timeout}: how long the caller waits, in seconds or as a duration such as {@code 1500ms}
 * @param cacheControl {@code Cache-Control}: whether an earlier answer will do
 * @param cache {@code X-Gantry-Cache}: whether one is wanted where it is not given by default
 */
public record Wishes(
        @Nullable String region,
        @Nullable String task,
        @Nullable String tags,
        @Nullable String timeout,
        @Nullable String cacheControl,
        @Nullable String cache) {
    /** Nothing was sent. */
    public static final Wishes NONE = new Wishes(null, null, null, null);

    /** Wishes of the way alone. */
    public Wishes(@Nullable String region, @Nullable String task, @Nullable String tags, @Nullable String timeout) {
        this(region, task, tags, timeout, null, null);
    }

    /**
     * Returns the name of a region as it is compared.
     *
     * @param said in {@code X-Gantry-Region}
     * @throws GantryException {@link ErrorCode#INVALID_REQUEST} if it is none
     */
    public static String regionOf(String said) {
        return Residency.wished(said).name();
    }
}
