package dev.gantry.workflow;

/**
 * A value that a finished run answers with.
 *
 * @param value evaluated when all steps have ended
 */
public record Output(String name, ValueTemplate value) {}
