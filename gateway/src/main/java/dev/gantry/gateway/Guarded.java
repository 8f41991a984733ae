package dev.gantry.gateway;

/** A request whose text has passed the guard; {@code admitted} holds the text as the guard left it. */
public record Guarded(Admitted admitted) {}
