package dev.gantry.guard;

/**
 * How often one kind of thing was found. Never holds what was found, so it may go into logs, metrics and audit events.
 *
 * @param kind such as {@code email}; from the bounded set of built-in kinds and the names of the operator's own patterns
 * @param action what was done about it
 * @param count how many there were, at least 1
 */
public record GuardFinding(String kind, Action action, int count) {}
