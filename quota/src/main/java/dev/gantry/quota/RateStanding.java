package dev.gantry.quota;

import java.time.Duration;

/**
 * Where a caller stands with one limit.
 *
 * @param scope whom or what it is about: {@code global, organization, tier, team, user, key, model, pattern}
 * @param name of that; empty for the global one
 * @param measure {@code requests}, {@code tokens} or {@code parallel}
 * @param limit as configured
 * @param remaining what is left, as far as this node knows
 * @param window the stretch of time that the limit is about; zero for parallel requests
 * @param reset how long until all of it is left again, if nothing more is sent; zero for parallel requests
 */
public record RateStanding(
        String scope, String name, String measure, long limit, long remaining, Duration window, Duration reset) {}
