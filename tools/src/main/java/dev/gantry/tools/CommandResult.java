package dev.gantry.tools;

/** What a command gave; bytes that are no UTF-8 are replaced. */
public record CommandResult(int exitCode, String stdout, String stderr) {}
