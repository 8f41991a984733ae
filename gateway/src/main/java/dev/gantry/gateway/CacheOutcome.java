package dev.gantry.gateway;

import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/**
 * What the cache of answers had to do with a request, as headers, metrics and the audit log tell it.
 *
 * @param kind what came of it
 * @param detail why, or how; empty when the kind says it all. From a closed list, but for the similarity of messages.
 * @param age of the answer that was given again
 * @param ttl for how long it would be given again from now on
 */
public record CacheOutcome(Kind kind, String detail, Duration age, Duration ttl) {
    /** There is no cache, or the request is of a kind that it has nothing to do with. */
    public static final CacheOutcome NONE = new CacheOutcome(Kind.NONE, "", Duration.ZERO, Duration.ZERO);

    /** The header that says in a word what came of the cache. */
    static final String HEADER = "X-Gantry-Cache";

    private static final CacheOutcome MISS = of(Kind.MISS, "uri-miss");
    private static final CacheOutcome REFRESH = of(Kind.MISS, "request");
    private static final CacheOutcome STALE = of(Kind.MISS, "stale");

    /** What came of it. */
    public enum Kind {
        /** Nothing was looked for. */
        NONE,
        /** The answer to an identical request was given again. */
        HIT,
        /** The answer was that to an identical request which was under way. */
        SHARED_HIT,
        /** The answer to a request that means the same was given again. */
        SEMANTIC_HIT,
        /** A model was asked, and its answer is kept if it is fit for that. */
        MISS,
        /** A model was asked, and nothing is kept. */
        BYPASS;

        /** Returns the name as metrics have it. */
        public String id() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private static CacheOutcome of(Kind kind, String detail) {
        return new CacheOutcome(kind, detail, Duration.ZERO, Duration.ZERO);
    }

    static CacheOutcome hit(Kind kind, String detail, Duration age, Duration ttl) {
        return new CacheOutcome(kind, detail, age, ttl);
    }

    /** There was no such answer. */
    static CacheOutcome miss() {
        return MISS;
    }

    /** The caller wanted a new answer. */
    static CacheOutcome refresh() {
        return REFRESH;
    }

    /** There was an answer, older than the caller wanted. */
    static CacheOutcome stale() {
        return STALE;
    }

    /** Nothing was looked for; {@code reason} in a few words of ASCII. */
    static CacheOutcome bypass(String reason) {
        return of(Kind.BYPASS, reason);
    }

    /** Returns whether the answer came from the cache and cost nothing. */
    public boolean isHit() {
        return kind == Kind.HIT || kind == Kind.SHARED_HIT || kind == Kind.SEMANTIC_HIT;
    }

    /** Adds {@code X-Gantry-Cache}, {@code Cache-Status} (RFC 9211) and, for what came from the cache, {@code Age}. */
    void addHeaders(Map<String, String> headers) {
        switch (kind) {
            case NONE -> {
                // The caller learns nothing of a cache that is not there.
            }
            case HIT, SHARED_HIT, SEMANTIC_HIT -> {
                headers.put(HEADER, "hit");
                headers.put("Age", Long.toString(age.toSeconds()));
                headers.put(
                        "Cache-Status",
                        "Gantry; hit; ttl=" + ttl.toSeconds()
                                + (detail.isEmpty() ? "" : "; detail=\"" + detail + "\""));
            }
            case MISS -> {
                headers.put(HEADER, "miss");
                headers.put("Cache-Status", "Gantry; fwd=" + detail);
            }
            case BYPASS -> {
                headers.put(HEADER, "bypass");
                headers.put("Cache-Status", "Gantry; fwd=bypass; detail=\"" + detail + "\"");
            }
        }
    }
}
