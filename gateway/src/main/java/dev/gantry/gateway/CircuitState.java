package dev.gantry.gateway;

import java.time.Duration;

/**
 * How the circuit of a model is on this node.
 *
 * @param state {@code closed}: it is asked; {@code open}: it is not, after failures in a row; {@code half_open}: one request tries it
 * @param rest how long it is not asked yet; zero unless it is open
 */
public record CircuitState(String state, Duration rest) {}
