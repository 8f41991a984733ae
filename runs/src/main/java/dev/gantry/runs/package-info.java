/**
 * How workflows run: a state machine over rows, driven by durable tasks. Nothing is replayed; what waits is a row and costs
 * nothing; what took effect took effect once.
 */
@NullMarked
package dev.gantry.runs;

import org.jspecify.annotations.NullMarked;
