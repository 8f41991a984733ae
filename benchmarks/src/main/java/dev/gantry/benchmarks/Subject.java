package dev.gantry.benchmarks;

import java.util.Locale;

/** Something that requests are sent to; it runs already. */
interface Subject {
    /** The upstreams that it is measured with. */
    enum Upstream {
        /** Answers at once. */
        FAST,
        /** Answers after 50 ms. */
        SLOW,
        /** Streams 50 chunks, one every 10 ms. */
        STREAM
    }

    /** Returns the name of its column. */
    String name();

    /** Returns the request that it passes on to an upstream. */
    Target target(Upstream upstream);

    /** Returns the name of an upstream in paths and models. */
    static String lower(Upstream upstream) {
        return upstream.name().toLowerCase(Locale.ROOT);
    }
}
