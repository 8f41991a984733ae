/**
 * The HTTP edge and the wiring of all modules: the only place that knows them all. {@link dev.gantry.server.Main} starts
 * it.
 */
@NullMarked
package dev.gantry.server;

import org.jspecify.annotations.NullMarked;
