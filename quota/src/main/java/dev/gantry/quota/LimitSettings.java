package dev.gantry.quota;

import dev.gantry.config.Setting;
import java.util.Optional;

/**
 * Limits of one team, user, key, model or pattern.
 *
 * @param requests as {@link Rate#parse} reads it
 * @param tokens likewise
 */
public record LimitSettings(
        @Setting("Requests in a length of time, such as 100/minute; a bare number is by the minute.")
        Optional<String> requests,

        @Setting(
                "Tokens of prompts and answers in a length of time, such as 50000/minute. An estimate is held while a request runs and corrected at its end.")
        Optional<String> tokens,

        @Setting(value = "Requests that may run at the same time.", min = 1, max = 1_000_000)
        Optional<Integer> parallel) {}
