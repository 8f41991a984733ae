package dev.gantry.audit;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the verifications have found that nodes do by themselves.
 *
 * @param at when the last one of everything ended; before the first one, when the wait for it began
 * @param events how many events it verified; 0 before the first one
 * @param findings how much was wrong, with what one that is under way has found so far
 * @param running since when one is under way; null when none is
 */
public record Verified(
        Instant at, long events, long findings, @Nullable Instant running) {}
