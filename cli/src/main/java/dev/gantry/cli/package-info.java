/**
 * The commands of {@code gantry}: a thin client of the REST API. It starts and stops a local platform as another
 * process and knows nothing of its classes.
 */
@NullMarked
package dev.gantry.cli;

import org.jspecify.annotations.NullMarked;
