package dev.gantry.quota;

import dev.gantry.quota.RateLimitRules.Limit;

/** Makes what counts. */
interface Meters extends AutoCloseable {
    Meter meter(Limit limit);

    Occupancy occupancy(Limit limit);

    /** Does what is to be done from time to time: called about four times a second, by one thread. */
    void tick();

    @Override
    void close();
}
