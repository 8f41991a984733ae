package dev.gantry.runs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;

/**
 * Something that happened in a run.
 *
 * @param sequence counts from 1 within the run, without gaps
 * @param kind such as {@code step.done}; see the documentation of runs
 * @param step path of the step; empty for the run itself
 * @param data facts by name; no outputs
 */
public record RunEvent(long sequence, Instant at, String kind, String step, ObjectNode data) {}
